"""Custom fields in typed rows, caller verification, isolated like all that hangs on a ticket."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
from django.db import migrations, models

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_absence"),
        ("catalogue", "0003_category_scope"),
        ("cmdb", "0002_isolation"),
        ("customers", "0002_isolation"),
        ("tickets", "0011_surveys_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                ("kind", models.CharField(max_length=20)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("long_text", "Long text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("instant", "Date and time"),
                            ("choice", "One of a list"),
                            ("choices", "Several of a list"),
                            ("person", "Person"),
                            ("item", "Configuration item"),
                            ("flag", "Yes or no"),
                        ],
                        max_length=10,
                    ),
                ),
                ("label", models.CharField(max_length=120)),
                ("help", models.CharField(blank=True, max_length=300)),
                ("options", models.TextField(blank=True, help_text="One choice a line.")),
                (
                    "required_at",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Never"),
                            ("open", "When the desk opens a ticket"),
                            ("resolve", "Before it is resolved"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "is_on_form",
                    models.BooleanField(default=True, help_text="Asked when the desk opens a ticket."),
                ),
                (
                    "is_folded",
                    models.BooleanField(
                        default=False, help_text="Hidden behind “more fields” on the ticket."
                    ),
                ),
                ("position", models.PositiveIntegerField(default=100)),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "category",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.category",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CustomFieldVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("definition", models.JSONField(help_text="Every column of the definition as it stood.")),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="tickets.customfield",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FieldValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0, editable=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "version",
                    models.PositiveIntegerField(
                        help_text="The version of the definition that it was given under."
                    ),
                ),
                ("text", models.TextField(null=True)),
                ("number", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("day", models.DateField(null=True)),
                ("instant", models.DateTimeField(null=True)),
                ("flag", models.BooleanField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.customfield",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cmdb.configurationitem",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.person",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="field_values",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VerificationCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0, editable=False)),
                (
                    "nonce",
                    models.CharField(
                        help_text="What the code is computed from, with the installation's key.",
                        max_length=64,
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.person",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CallerVerification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("compartment", models.BigIntegerField(default=0, editable=False)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("call_back", "Called back on the number we know"),
                            ("code", "By a code sent to the address we know"),
                            ("manager", "The manager vouches"),
                            ("in_person", "In person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=200)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.person",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifications",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["customer", "ticket", "id"], name="verification_of_ticket")],
            },
        ),
        migrations.AddIndex(
            model_name="customfield",
            index=models.Index(fields=["kind", "position", "id"], name="custom_field_order"),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.UniqueConstraint(fields=("kind", "key"), name="custom_field_once"),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("type__in", ["choice", "choices"]), _negated=True),
                    models.Q(("options", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_choice_has_options",
            ),
        ),
        migrations.AddConstraint(
            model_name="customfieldversion",
            constraint=models.UniqueConstraint(fields=("field", "version"), name="custom_field_version_once"),
        ),
        migrations.AddConstraint(
            model_name="fieldvalue",
            constraint=models.UniqueConstraint(
                fields=("customer", "ticket", "field", "position"), name="field_value_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldvalue",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    models.Func(
                        models.F("text"),
                        models.F("number"),
                        models.F("day"),
                        models.F("instant"),
                        models.F("flag"),
                        models.F("person"),
                        models.F("item"),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="a_value_lies_in_one_column",
            ),
        ),
        migrations.AddIndex(
            model_name="verificationcode",
            index=models.Index(fields=["customer", "ticket", "-id"], name="code_of_ticket"),
        ),
        migrations.AddConstraint(
            model_name="verificationcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("tries__lte", 5)), name="a_code_is_tried_five_times"
            ),
        ),
        Isolate("CustomField", Ownership.REFERENCE),
        Isolate("CustomFieldVersion", Ownership.REFERENCE, append_only=True),
        Isolate("FieldValue", Ownership.OWNED, compartment=True),
        Isolate("CallerVerification", Ownership.OWNED, compartment=True, append_only=True),
        Isolate("VerificationCode", Ownership.OWNED, compartment=True),
        *(
            ScopedForeignKey(model, "ticket", "tickets.Ticket", compartment=True)
            for model in ("FieldValue", "CallerVerification", "VerificationCode")
        ),
        *(
            ScopedForeignKey(model, "person", "accounts.Person")
            for model in ("FieldValue", "CallerVerification", "VerificationCode")
        ),
    ]
