"""Agreements as documents in versions; inner agreements with a team or a supplier; targets by type of item."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

import slas.models.agreements


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_outbox"),
        ("calendars", "0002_isolation"),
        ("catalogue", "0004_requirements"),
        ("cmdb", "0002_isolation"),
        ("customers", "0003_setup"),
        ("slas", "0003_life"),
        ("tickets", "0024_forms"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("offered", "Waiting for approval"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("agreed", "Agreed"),
                            ("superseded", "Replaced"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                (
                    "covers_all",
                    models.BooleanField(
                        default=True, help_text="All services of the customer; else those listed."
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(blank=True, help_text="First local day; null = always.", null=True),
                ),
                (
                    "valid_to",
                    models.DateField(blank=True, help_text="Last local day; null = open end.", null=True),
                ),
                (
                    "moves_running",
                    models.BooleanField(
                        default=False,
                        help_text="Clocks that run move to this version when it comes into force.",
                    ),
                ),
                ("scope", models.TextField(blank=True, help_text="What is delivered or supplied, in words.")),
                (
                    "responsibilities",
                    models.TextField(blank=True, help_text="Who does and decides what, on both sides."),
                ),
                (
                    "exceptions",
                    models.TextField(blank=True, help_text="When targets do not hold; one to a line."),
                ),
                ("no_exceptions_reason", models.CharField(blank=True, max_length=300)),
                (
                    "no_limits_reason",
                    models.CharField(blank=True, help_text="Why the workload has no limits.", max_length=300),
                ),
                (
                    "agreed_at",
                    models.DateTimeField(help_text="When the last of both sides approved.", null=True),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnsweredRequirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="WorkloadLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "ticket_kind",
                    models.CharField(blank=True, help_text="A process's kind; blank = any.", max_length=20),
                ),
                ("priority", models.PositiveSmallIntegerField(help_text="Null = any.", null=True)),
                ("most", models.PositiveIntegerField(help_text="Tickets opened in a calendar month.")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="agreement",
            name="only_the_default_has_no_customer",
        ),
        migrations.RemoveConstraint(
            model_name="agreement",
            name="agreement_ends_later",
        ),
        migrations.RemoveConstraint(
            model_name="agreementservice",
            name="agreement_lists_once",
        ),
        migrations.RemoveConstraint(
            model_name="target",
            name="one_target_for_each_case",
        ),
        migrations.AddField(
            model_name="agreement",
            name="supplier",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.organization",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="team",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.team",
            ),
        ),
        migrations.AddField(
            model_name="agreementservice",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="target",
            name="item_type",
            field=models.ForeignKey(
                help_text="Of a thing that is affected.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cmdb.itemtype",
            ),
        ),
        migrations.AddField(
            model_name="timer",
            name="supplier",
            field=models.ForeignKey(
                db_index=False,
                help_text="Whose hands a contract measures.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.organization",
            ),
        ),
        migrations.AddField(
            model_name="timer",
            name="team",
            field=models.ForeignKey(
                db_index=False,
                help_text="Whose hands an operational agreement measures.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.team",
            ),
        ),
        migrations.AlterField(
            model_name="agreementservice",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="listed", to="slas.agreement"
            ),
        ),
        migrations.AddIndex(
            model_name="timer",
            index=models.Index(
                condition=models.Q(("state__in", ("running", "paused"))),
                fields=["agreement", "agreement_version", "id"],
                name="timer_of_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("customer", None), ("is_default", True), ("kind", "sla")),
                    models.Q(
                        ("is_default", False),
                        models.Q(
                            ("customer__isnull", False),
                            models.Q(("kind", "sla"), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="only_the_default_has_no_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("team", None), ("kind", "ola"), _connector="OR"),
                name="only_an_ola_is_with_a_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("supplier", None), ("kind__in", ("uc", "internal")), _connector="OR"),
                name="only_a_contract_is_with_a_supplier",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementservice",
            constraint=models.UniqueConstraint(
                fields=("customer", "agreement", "version", "service"),
                name="agreement_lists_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "sla"), ("supplier", None), ("team", None)),
                    models.Q(("kind", "ola"), ("supplier", None), ("team__isnull", False)),
                    models.Q(("kind__in", ("uc", "internal")), ("supplier__isnull", False), ("team", None)),
                    _connector="OR",
                ),
                name="timer_says_whose_hands",
            ),
        ),
        migrations.AddField(
            model_name="agreementversion",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="slas.agreement"
            ),
        ),
        migrations.AddField(
            model_name="agreementversion",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="slas.agreement",
            ),
        ),
        migrations.AddField(
            model_name="agreementversion",
            name="calendar",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="calendars.calendar"
            ),
        ),
        migrations.AddField(
            model_name="agreementversion",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="target",
            name="document",
            field=models.ForeignObject(
                default=None,
                from_fields=("agreement", "version"),
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="targets",
                to="slas.agreementversion",
                to_fields=("agreement", "number"),
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                fields=(
                    "customer",
                    "agreement",
                    "version",
                    "metric",
                    "ticket_kind",
                    "priority",
                    "category",
                    "item_type",
                ),
                name="one_target_for_each_case",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="answeredrequirement",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="slas.agreement"
            ),
        ),
        migrations.AddField(
            model_name="answeredrequirement",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="answeredrequirement",
            name="requirement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalogue.servicerequirement",
            ),
        ),
        migrations.AddField(
            model_name="workloadlimit",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="slas.agreement"
            ),
        ),
        migrations.AddField(
            model_name="workloadlimit",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.UniqueConstraint(
                fields=("customer", "id"), name="agreement_version_customer_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.UniqueConstraint(fields=("agreement", "number"), name="agreement_version_once"),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None),
                    ("valid_from", None),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="version_ends_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_at__isnull", False), ("state__in", ("agreed", "superseded"))),
                    models.Q(
                        models.Q(("state__in", ("agreed", "superseded")), _negated=True), ("agreed_at", None)
                    ),
                    _connector="OR",
                ),
                name="agreed_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "agreed")),
                expressions=(
                    ("agreement", "="),
                    (slas.models.agreements.Days("valid_from", "valid_to", models.Value("[]")), "&&"),
                ),
                name="one_version_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="answeredrequirement",
            constraint=models.UniqueConstraint(
                fields=("customer", "agreement", "version", "requirement"),
                name="requirement_answered_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="workloadlimit",
            constraint=models.UniqueConstraint(
                fields=("customer", "agreement", "version", "ticket_kind", "priority"),
                name="one_limit_for_each_case",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="workloadlimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("most__gt", 0)), name="limit_allows_something"
            ),
        ),
    ]
