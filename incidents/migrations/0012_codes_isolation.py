"""Resolution codes are reference data; a new installation starts with the ten that the product knows."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership

CODES = (
    "fixed", "workaround", "known_error", "by_customer", "no_fault", "not_reproducible", "third_party", "no_answer",
    "duplicate", "out_of_scope",
)  # fmt: skip


def seed(apps, _schema_editor):
    model = apps.get_model("incidents", "ResolutionCode")
    model._base_manager.bulk_create(
        model(slug=slug, name="", position=10 * place) for place, slug in enumerate(CODES, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0011_codes"), ("customers", "0002_isolation")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        Isolate("ResolutionCode", Ownership.REFERENCE),
    ]
