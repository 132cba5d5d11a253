"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("customers", "0002_isolation")]

    operations = [
        Isolate("Category", Ownership.REFERENCE),
        Isolate("ServiceProfile", Ownership.REFERENCE),
    ]
