"""Row-level security of surveys and their answers."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("tickets", "0010_surveys")]

    operations = [
        Isolate("Survey", Ownership.REFERENCE),
        Isolate("Answer", Ownership.OWNED, compartment=True),
        ScopedForeignKey("Answer", "ticket", "tickets.Ticket", compartment=True),
    ]
