"""Row-level security of muted tickets: they follow their ticket into a compartment."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_preferences"), ("tickets", "0007_restricted")]

    operations = [
        Isolate("TicketMute", Ownership.OWNED, compartment=True),
        ScopedForeignKey("TicketMute", "ticket", "tickets.Ticket", compartment=True),
    ]
