"""A notice is its customer's and follows its ticket and its entry into a compartment."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_notices"), ("tickets", "0018_life_isolation")]

    operations = [
        Isolate("Notice", Ownership.OWNED, compartment=True),
        ScopedForeignKey("Notice", "entry", "journal.Entry", compartment=True),
        ScopedForeignKey("Notice", "ticket", "tickets.Ticket", compartment=True),
    ]
