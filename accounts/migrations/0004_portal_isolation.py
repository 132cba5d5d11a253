"""Row-level security of the portals' settings."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_portal")]

    operations = [Isolate("Portal", Ownership.OWNED)]
