"""What customers need of services."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0003_category_scope"),
        ("cmdb", "0002_isolation"),
        ("customers", "0003_setup"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceRequirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(help_text="Like REQ-7: how people refer to it.", max_length=40)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="Where it was said: a meeting, a contract.", max_length=200
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("current", "Current"), ("retired", "No longer needed")],
                        default="current",
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cmdb.configurationitem",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "service", "id"], name="requirement_of_service")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "id"), name="requirement_customer_id"),
                    models.UniqueConstraint(fields=("customer", "key"), name="requirement_key_once"),
                ],
            },
        ),
    ]
