"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("accounts", "0002_isolation"),
        ("journal", "0002_isolation"),
    ]

    operations = [
        Isolate("Message", Ownership.OWNED, compartment=True),
        ScopedForeignKey("Message", "entry", "journal.Entry", compartment=True),
        ScopedForeignKey("Message", "person", "accounts.Person"),
        ScopedForeignKey("Message", "merged_into", "notifications.Message"),
    ]
