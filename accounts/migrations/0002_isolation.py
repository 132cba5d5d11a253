"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("customers", "0002_isolation")]

    operations = [
        Isolate("Site", Ownership.OWNED),
        Isolate("Person", Ownership.OWNED),
        Isolate("HistoricalPerson", Ownership.OWNED, append_only=True),
        Isolate("Team", Ownership.REFERENCE),
        ScopedForeignKey("Person", "site", "accounts.Site"),
    ]
