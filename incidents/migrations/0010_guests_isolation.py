"""Row-level security of guests' reports."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_guests")]

    operations = [
        Isolate("GuestReport", Ownership.OWNED, compartment=True),
        ScopedForeignKey("GuestReport", "ticket", "tickets.Ticket", compartment=True),
    ]
