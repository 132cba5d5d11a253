"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("tickets", "0002_isolation")]

    operations = [
        Isolate("ImportedRecord", Ownership.OWNED, compartment=True),
        ScopedForeignKey("ImportedRecord", "ticket", "tickets.Ticket", compartment=True),
    ]
