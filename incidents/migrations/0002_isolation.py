"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import HistoryFollows, Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("tickets", "0002_isolation")]

    operations = [
        Isolate("Incident", Ownership.OWNED, compartment=True),
        Isolate("HistoricalIncident", Ownership.OWNED, compartment=True, append_only=True),
        HistoryFollows("Incident"),
        ScopedForeignKey("Incident", "ticket", "tickets.Ticket", compartment=True),
    ]
