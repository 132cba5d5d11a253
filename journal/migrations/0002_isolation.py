"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial"), ("customers", "0002_isolation")]

    operations = [
        Isolate("Entry", Ownership.OWNED, compartment=True, append_only=True),
        Isolate("Delivery", Ownership.OWNED, compartment=True),
        Isolate("IdempotencyKey", Ownership.CALLER),
        ScopedForeignKey("Delivery", "entry", "journal.Entry", compartment=True),
    ]
