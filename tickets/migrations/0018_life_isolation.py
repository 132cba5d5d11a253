"""Row-level security and scoped foreign keys of those who follow a ticket and of merges; the installation's deadlines."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


def seed(apps, _schema_editor):
    """The usual deadlines, which a provider may tune in the Settings."""
    apps.get_model("tickets", "LifeRule")._base_manager.create()


class Migration(migrations.Migration):
    dependencies = [("tickets", "0017_life")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        Isolate("LifeRule", Ownership.REFERENCE),
        Isolate("Watcher", Ownership.OWNED, compartment=True),
        Isolate("Participant", Ownership.OWNED, compartment=True),
        Isolate("Merge", Ownership.OWNED, compartment=True),
        *(
            ScopedForeignKey(model, "ticket", "tickets.Ticket", compartment=True)
            for model in ("Watcher", "Participant", "Merge")
        ),
        ScopedForeignKey("Participant", "person", "accounts.Person"),
        ScopedForeignKey(
            "Merge",
            "into",
            "tickets.Ticket",
            compartment=True,
            columns=("customer_id", "into_id", "into_compartment"),
            to_columns=("customer_id", "id", "compartment"),
        ),
    ]
