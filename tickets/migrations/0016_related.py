"""What was dismissed at a ticket is isolated like it; and the search for similar tickets past the policies.

As with `itsm_search_tickets`: full text is not leakproof, so a function owned by `itsm_search` is told whose rows
count before it counts any, and answers ids only; the caller joins them back to the protected table.
"""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership

_SIMILAR = """
SET LOCAL ROLE itsm_search;
CREATE FUNCTION itsm_similar_tickets(
    words text, said text, everyone boolean, customers bigint[], compartments bigint[], but bigint, most integer
) RETURNS TABLE (ticket_id bigint, weight real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    query tsquery := to_tsquery('simple', words);
BEGIN
    RETURN QUERY
    WITH hits AS MATERIALIZED (
        SELECT t.id FROM tickets_ticket t
         WHERE t.search @@ query AND (everyone OR t.customer_id = ANY (customers))
           AND t.compartment = ANY (compartments) AND t.id <> but
    ), told AS MATERIALIZED (
        SELECT m.id, m.ticket_id AS about FROM tickets_message m
         WHERE m.search @@ query AND (everyone OR m.customer_id = ANY (customers))
           AND m.compartment = ANY (compartments) AND m.ticket_id <> but
    ), found AS (
        SELECT n.id, (ts_rank(t.search, query) * 2 + similarity(t.title, said))::real AS rank
          FROM (SELECT h.id FROM hits h ORDER BY h.id DESC LIMIT 300) n JOIN tickets_ticket t ON t.id = n.id
        UNION ALL
        SELECT n.about, ts_rank(m.search, query)
          FROM (SELECT h.id, h.about FROM told h ORDER BY h.id DESC LIMIT 300) n JOIN tickets_message m ON m.id = n.id
    )
    SELECT f.id, max(f.rank)::real FROM found f GROUP BY f.id ORDER BY 2 DESC, 1 DESC LIMIT most;
END $$;
REVOKE ALL ON FUNCTION itsm_similar_tickets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION itsm_similar_tickets TO itsm_app, itsm_all;
RESET ROLE;
"""
_DROP = "SET LOCAL ROLE itsm_search; DROP FUNCTION itsm_similar_tickets; RESET ROLE;"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0015_related_rows")]

    operations = [
        Isolate("Dismissal", Ownership.OWNED, compartment=True),
        ScopedForeignKey("Dismissal", "ticket", "tickets.Ticket", compartment=True),
        migrations.RunSQL(_SIMILAR, _DROP),
    ]
