"""Row-level security of what jobs did to tickets."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("tickets", "0019_bulk")]

    operations = [
        Isolate("BulkChange", Ownership.OWNED, compartment=True),
        ScopedForeignKey("BulkChange", "ticket", "tickets.Ticket", compartment=True),
    ]
