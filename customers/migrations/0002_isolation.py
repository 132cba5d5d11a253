"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO customers_installation (id, name, phone, email, hours) VALUES (1, 'Clause8', '', '', '')",
            migrations.RunSQL.noop,
        ),
        Isolate("Customer", Ownership.OWNED, key="id"),
        Isolate("Organization", Ownership.OWNED),
    ]
