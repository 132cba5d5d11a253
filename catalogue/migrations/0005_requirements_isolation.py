"""Row-level security and scoped foreign keys of service requirements."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_requirements"), ("cmdb", "0002_isolation")]

    operations = [
        Isolate("ServiceRequirement"),
        ScopedForeignKey(
            "ServiceRequirement", "service", "cmdb.Subscription", to_columns=("customer_id", "service_id")
        ),
    ]
