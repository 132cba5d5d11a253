"""Row-level security of gaps: each is its customer's, though nobody outside the provider reads it."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("slas", "0009_gaps")]

    operations = [Isolate("Gap", Ownership.OWNED)]
