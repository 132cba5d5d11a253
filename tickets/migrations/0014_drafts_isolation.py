"""A draft is its author's alone; a reply in the outbox is its ticket's, and follows it into a compartment."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_drafts")]

    operations = [
        Isolate("Draft", Ownership.CALLER),
        Isolate("PendingSend", Ownership.OWNED, compartment=True),
        ScopedForeignKey("PendingSend", "ticket", "tickets.Ticket", compartment=True),
    ]
