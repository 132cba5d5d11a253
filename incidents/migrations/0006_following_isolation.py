"""Row-level security of who follows the status by mail."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_following")]

    operations = [
        Isolate("StatusSubscription", Ownership.OWNED),
        ScopedForeignKey("StatusSubscription", "person", "accounts.Person"),
    ]
