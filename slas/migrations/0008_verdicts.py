"""Indexes for reports: what got its verdict in a period, and what ended without one."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calendars", "0002_isolation"),
        ("customers", "0003_setup"),
        ("slas", "0007_corrections_isolation"),
        ("tickets", "0024_forms"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="timer",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce("breached_at", "stopped_at"),
                models.F("customer"),
                condition=models.Q(
                    ("kind", "sla"),
                    models.Q(("breached_at__isnull", False), ("stopped_at__isnull", False), _connector="OR"),
                ),
                name="timer_verdict",
            ),
        ),
        migrations.AddIndex(
            model_name="timer",
            index=models.Index(
                condition=models.Q(("breached_at", None), ("kind", "sla"), ("state", "cancelled")),
                fields=["customer", "used_at"],
                name="timer_excluded",
            ),
        ),
    ]
