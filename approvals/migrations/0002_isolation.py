"""Row-level security of approvals: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("customers", "0002_isolation")]

    operations = [Isolate("Approval", Ownership.REFERENCE)]
