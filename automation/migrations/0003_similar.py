"""Open tickets of one customer that resemble what is being written, past the policies: ids and how well words match.

As in search (tickets 0003): the operators of full text are not leakproof. Everything that may count is named to the
function, and every branch stops at a fixed number of candidates, so that a common word in the biggest customer costs
no more than a rare one in a small.
"""

from django.db import migrations

_SIMILAR = """
SET LOCAL ROLE itsm_search;
CREATE FUNCTION itsm_duplicate_tickets(
    words text, customer bigint, compartments bigint[], audiences text[], requesters bigint[], most integer
) RETURNS TABLE (ticket_id bigint, weight real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    query tsquery := to_tsquery('simple', words);
    said text[] := audiences;
BEGIN
    RETURN QUERY
    WITH titled AS (
        SELECT t.id, ts_rank(t.search, query) * 4 AS rank FROM tickets_ticket t
         WHERE t.search @@ query AND t.customer_id = customer AND t.compartment = ANY (compartments)
           AND t.phase IN ('open', 'waiting') AND (requesters IS NULL OR t.requester_id = ANY (requesters))
         ORDER BY t.id DESC LIMIT 500
    ), said_of AS (
        SELECT t.id, ts_rank(m.search, query) AS rank FROM tickets_message m
          JOIN tickets_ticket t ON t.id = m.ticket_id
         WHERE m.search @@ query AND m.customer_id = customer AND m.compartment = ANY (compartments)
           AND m.kind = 'opening' AND m.audience = ANY (said) AND t.phase IN ('open', 'waiting')
           AND (requesters IS NULL OR t.requester_id = ANY (requesters))
         ORDER BY m.id DESC LIMIT 500
    ), found AS (SELECT * FROM titled UNION ALL SELECT * FROM said_of)
    SELECT f.id, max(f.rank)::real FROM found f GROUP BY f.id ORDER BY 2 DESC, 1 DESC LIMIT most;
END $$;
REVOKE ALL ON FUNCTION itsm_duplicate_tickets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION itsm_duplicate_tickets TO itsm_app, itsm_all;
RESET ROLE;
"""
_DROP = "SET LOCAL ROLE itsm_search; DROP FUNCTION itsm_duplicate_tickets; RESET ROLE;"


class Migration(migrations.Migration):
    dependencies = [("automation", "0002_isolation"), ("tickets", "0003_search")]

    operations = [migrations.RunSQL(_SIMILAR, _DROP)]
