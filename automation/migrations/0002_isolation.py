"""Row-level security and scoped foreign keys of this room, and the load of people across all customers."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership

# How many open tickets each of these logins has in hand, whoever asks: a customer's report must not go to the busiest
# agent because the customer sees only his own tickets. Counts by login, and nothing else.
_LOAD = """
SET LOCAL ROLE itsm_search;
CREATE FUNCTION itsm_open_load(users bigint[]) RETURNS TABLE (user_id bigint, tickets bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT t.assignee_id, count(*) FROM tickets_ticket t
     WHERE t.assignee_id = ANY (users) AND t.phase IN ('open', 'waiting') GROUP BY t.assignee_id
$$;
REVOKE ALL ON FUNCTION itsm_open_load FROM PUBLIC;
GRANT EXECUTE ON FUNCTION itsm_open_load TO itsm_app, itsm_all;
RESET ROLE;
"""
_DROP = "SET LOCAL ROLE itsm_search; DROP FUNCTION itsm_open_load; RESET ROLE;"


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0001_initial"),
        ("accounts", "0002_isolation"),
        ("tickets", "0002_isolation"),
    ]

    operations = [
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        *(Isolate(model, Ownership.REFERENCE) for model in ("Macro", "SavedText", "TicketTemplate", "Rule")),
        Isolate("MacroUse", Ownership.OWNED),
        Isolate("Schedule", Ownership.OWNED),
        Isolate("Occurrence", Ownership.OWNED, append_only=True),
        Isolate("Decision", Ownership.OWNED, compartment=True, append_only=True),
        ScopedForeignKey("Decision", "ticket", "tickets.Ticket", compartment=True),
        ScopedForeignKey("Occurrence", "schedule", "automation.Schedule"),
        ScopedForeignKey("Schedule", "requester", "accounts.Person"),
        migrations.RunSQL(_LOAD, _DROP),
    ]
