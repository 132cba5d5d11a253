"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("cmdb", "0001_initial"), ("customers", "0002_isolation")]

    operations = [
        Isolate("ItemType", Ownership.REFERENCE),
        Isolate("Share", Ownership.OWNED, read_also="other_customer_id"),
        Isolate("ConfigurationItem", Ownership.SHARED, shares=("cmdb_share", "item")),
        Isolate("HistoricalConfigurationItem", Ownership.OWNED, append_only=True),
        Isolate("Subscription", Ownership.OWNED),
        Isolate("Relation", Ownership.OWNED, write_also="other_customer_id"),
        ScopedForeignKey("Share", "item", "cmdb.ConfigurationItem", on_delete="CASCADE"),
        ScopedForeignKey("Relation", "item", "cmdb.ConfigurationItem", on_delete="CASCADE"),
        ScopedForeignKey("Relation", "to", "cmdb.ConfigurationItem", columns=("other_customer_id", "to_id")),
    ]
