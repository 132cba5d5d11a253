"""Row-level security, scoped foreign keys, the number sequence and the default reference data of the ticket core."""

from django.db import migrations

from customers.isolation import HistoryFollows, Isolate, ScopedForeignKey
from customers.models import Ownership

_OWNED = ("Message", "Attachment", "Link", "AffectedItem", "ExternalReference", "Handover")

_SEQUENCE = "CREATE SEQUENCE ticket_number START 1001"

# Restricting a ticket hides all of it: what hangs on it by a foreign key follows by ON UPDATE CASCADE; entries point
# at it by kind and number only, so they follow here.
_FOLLOW = """
CREATE FUNCTION itsm_entries_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
    customers text := current_setting('itsm.customers', true);
    compartments text := current_setting('itsm.compartments', true);
BEGIN
    PERFORM set_config('itsm.customers', '{' || NEW.customer_id || '}', true),
            set_config('itsm.compartments', '{' || OLD.compartment || ',' || NEW.compartment || '}', true);
    UPDATE journal_entry SET compartment = NEW.compartment
     WHERE customer_id = NEW.customer_id AND subject_kind = NEW.kind AND subject_id = NEW.id;
    PERFORM set_config('itsm.customers', coalesce(customers, ''), true),
            set_config('itsm.compartments', coalesce(compartments, ''), true);
    RETURN NULL;
END $$;
CREATE TRIGGER entries_follow AFTER UPDATE OF compartment ON tickets_ticket
FOR EACH ROW WHEN (OLD.compartment IS DISTINCT FROM NEW.compartment) EXECUTE FUNCTION itsm_entries_follow();
"""


def seed(apps, _schema_editor):
    """Four priorities, the usual matrix, one reason of each kind: data that a provider may tune later."""
    model = apps.get_model
    names = {1: "Critical", 2: "High", 3: "Medium", 4: "Low"}
    model("tickets", "Priority")._base_manager.bulk_create(
        model("tickets", "Priority")(level=level, name=name) for level, name in names.items()
    )
    cells = {"1": {"1": 1, "2": 2, "3": 3}, "2": {"1": 2, "2": 3, "3": 4}, "3": {"1": 3, "2": 4, "3": 4}}
    model("tickets", "Matrix")._base_manager.create(version=1, cells=cells, reason="As installed")
    reasons = (
        ("with-customer", "Waiting for the customer's answer", "customer"),
        ("with-supplier", "Waiting for a supplier", "supplier"),
        ("scheduled", "Scheduled with the customer", "scheduled"),
        ("for-change", "Waiting for a change", "change"),
        ("for-problem", "Waiting for a problem's solution", "problem"),
    )
    model("tickets", "HoldReason")._base_manager.bulk_create(
        model("tickets", "HoldReason")(slug=slug, name=name, kind=kind, is_default=True)
        for slug, name, kind in reasons
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0001_initial"),
        ("accounts", "0002_isolation"),
        ("cmdb", "0002_isolation"),
        ("journal", "0002_isolation"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(_SEQUENCE, "DROP SEQUENCE ticket_number"),
        Isolate("Ticket", Ownership.OWNED, compartment=True),
        Isolate("HistoricalTicket", Ownership.OWNED, compartment=True, append_only=True),
        Isolate("Message", Ownership.OWNED, compartment=True),
        Isolate("Attachment", Ownership.OWNED, compartment=True),
        Isolate("Link", Ownership.OWNED, compartment=True, write_also="other_customer_id"),
        Isolate("AffectedItem", Ownership.OWNED, compartment=True),
        Isolate("ExternalReference", Ownership.OWNED, compartment=True),
        Isolate("Handover", Ownership.OWNED, compartment=True),
        Isolate("Upload", Ownership.CALLER),
        Isolate("Priority", Ownership.REFERENCE),
        Isolate("Matrix", Ownership.REFERENCE, append_only=True),
        Isolate("HoldReason", Ownership.REFERENCE),
        *(ScopedForeignKey(model, "ticket", "tickets.Ticket", compartment=True) for model in _OWNED),
        ScopedForeignKey("Attachment", "message", "tickets.Message", compartment=True),
        ScopedForeignKey("Message", "person", "accounts.Person"),
        ScopedForeignKey("Ticket", "requester", "accounts.Person"),
        ScopedForeignKey("Ticket", "site", "accounts.Site"),
        ScopedForeignKey("Ticket", "service", "cmdb.Subscription", to_columns=("customer_id", "service_id")),
        ScopedForeignKey(
            "Link",
            "other",
            "tickets.Ticket",
            compartment=True,
            columns=("other_customer_id", "other_id", "other_compartment"),
            to_columns=("customer_id", "id", "compartment"),
        ),
        HistoryFollows("Ticket"),
        migrations.RunSQL(_FOLLOW, "DROP FUNCTION itsm_entries_follow CASCADE"),
    ]
