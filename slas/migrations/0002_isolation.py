"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership


class Migration(migrations.Migration):
    dependencies = [
        ("slas", "0001_initial"),
        ("tickets", "0002_isolation"),
        ("cmdb", "0002_isolation"),
        ("calendars", "0002_isolation"),
    ]

    operations = [
        Isolate("Agreement", Ownership.REFERENCE),
        Isolate("AgreementService", Ownership.REFERENCE),
        Isolate("Target", Ownership.REFERENCE, append_only=True),
        Isolate("Step", Ownership.REFERENCE, append_only=True),
        Isolate("Timer", Ownership.OWNED, compartment=True),
        Isolate("Segment", Ownership.OWNED, compartment=True, append_only=True),
        Isolate("Escalation", Ownership.OWNED, compartment=True, append_only=True),
        ScopedForeignKey("AgreementService", "agreement", "slas.Agreement"),
        ScopedForeignKey(
            "AgreementService", "service", "cmdb.Subscription", to_columns=("customer_id", "service_id")
        ),
        ScopedForeignKey("Target", "agreement", "slas.Agreement"),
        ScopedForeignKey("Timer", "ticket", "tickets.Ticket", compartment=True),
        ScopedForeignKey("Segment", "timer", "slas.Timer", compartment=True),
        ScopedForeignKey("Escalation", "timer", "slas.Timer", compartment=True),
    ]
