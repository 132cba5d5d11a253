"""Row-level security of the published notices: a customer reads its own and those to all, never another's."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_notices"), ("cmdb", "0002_isolation")]

    operations = [
        Isolate("StatusNotice", Ownership.REFERENCE, append_only=True),
        Isolate("NoticeService", Ownership.REFERENCE, append_only=True),
        ScopedForeignKey("NoticeService", "notice", "incidents.StatusNotice"),
        ScopedForeignKey(
            "NoticeService", "service", "cmdb.Subscription", to_columns=("customer_id", "service_id")
        ),
    ]
