"""The queue's other orders, and what was closed last, read from the front of an index by who sees all customers."""

from django.db import migrations, models

_OPEN = models.Q(phase__in=("open", "waiting"))


def _index(name: str, fields: list[str], condition: models.Q) -> migrations.AddIndex:
    return migrations.AddIndex(
        model_name="ticket", index=models.Index(condition=condition, fields=fields, name=name)
    )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0022_search_newest")]

    operations = [
        _index("ticket_by_priority", ["priority", "id"], _OPEN),
        _index("ticket_by_change", ["updated_at", "id"], _OPEN),
        _index("ticket_by_opening", ["opened_at", "id"], _OPEN),
        _index("ticket_last_closed", ["-closed_at", "-id"], models.Q(phase="closed")),
    ]
