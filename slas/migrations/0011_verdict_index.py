"""The index on verdicts as a CASE: under row-level security no COALESCE comes down to an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_rota"),
        ("calendars", "0002_isolation"),
        ("customers", "0003_setup"),
        ("slas", "0010_gaps_isolation"),
        ("tickets", "0024_forms"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="timer",
            name="timer_verdict",
        ),
        migrations.AddIndex(
            model_name="timer",
            index=models.Index(
                models.Case(models.When(breached_at__isnull=False, then="breached_at"), default="stopped_at"),
                models.F("customer"),
                condition=models.Q(
                    ("kind", "sla"),
                    models.Q(("breached_at__isnull", False), ("stopped_at__isnull", False), _connector="OR"),
                ),
                name="timer_verdict_at",
            ),
        ),
    ]
