"""Row-level security of what each login has read; it follows its ticket into a compartment."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_saved_views")]

    operations = [
        Isolate("TicketRead", Ownership.OWNED, compartment=True),
        ScopedForeignKey("TicketRead", "ticket", "tickets.Ticket", compartment=True),
    ]
