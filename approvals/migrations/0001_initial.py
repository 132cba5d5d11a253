"""What was asked of whom, and the answer."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0003_setup"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("subject_version", models.PositiveIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("provider", "Provider"),
                            ("customer", "Customer"),
                            ("team", "Team"),
                            ("supplier", "Supplier"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("pending", "Asked"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("void", "No longer asked"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_by_label", models.CharField(max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_label", models.CharField(blank=True, max_length=200)),
                ("comment", models.TextField(blank=True)),
                ("evidence", models.CharField(blank=True, max_length=300)),
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
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "subject_kind", "subject_id", "subject_version", "side"),
                        name="each_side_is_asked_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("verdict__in", ("approved", "declined")),
                                models.Q(("decided_label", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("verdict__in", ("approved", "declined")), _negated=True),
                                ("decided_at", None),
                                ("decided_by", None),
                                ("decided_label", ""),
                            ),
                            _connector="OR",
                        ),
                        name="decision_says_who_and_when",
                    ),
                ],
            },
        ),
    ]
