"""Search past the policies, by a function that is told whose rows count before it counts any (isolation.md).

The operators of full-text search are not leakproof: under a policy they cannot use an index. So one function, owned
by the role `itsm_search`, takes customers, compartments, audiences and requesters, and answers ids only; the caller
joins them back to the protected table.
"""

from django.db import migrations

_SEARCH = """
SET LOCAL ROLE itsm_search;
CREATE FUNCTION itsm_search_tickets(
    words text, everyone boolean, customers bigint[], compartments bigint[], audiences text[], requesters bigint[],
    most integer
) RETURNS TABLE (ticket_id bigint, weight real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    query tsquery := websearch_to_tsquery('simple', words);
    said text[] := audiences;
BEGIN
    -- Two branches, not one condition: only then does each use its own index.
    IF everyone THEN
        RETURN QUERY
        WITH found AS (
            SELECT t.id, ts_rank(t.search, query) * 4 AS rank FROM tickets_ticket t
             WHERE t.search @@ query AND t.compartment = ANY (compartments)
            UNION ALL
            SELECT m.ticket_id, ts_rank(m.search, query) FROM tickets_message m
             WHERE m.search @@ query AND m.compartment = ANY (compartments) AND m.audience = ANY (said)
        )
        SELECT f.id, max(f.rank)::real FROM found f GROUP BY f.id ORDER BY 2 DESC, 1 DESC LIMIT most;
    ELSE
        RETURN QUERY
        WITH found AS (
            SELECT t.id, ts_rank(t.search, query) * 4 AS rank FROM tickets_ticket t
             WHERE t.search @@ query AND t.customer_id = ANY (customers) AND t.compartment = ANY (compartments)
               AND (requesters IS NULL OR t.requester_id = ANY (requesters))
            UNION ALL
            SELECT m.ticket_id, ts_rank(m.search, query) FROM tickets_message m
             WHERE m.search @@ query AND m.customer_id = ANY (customers) AND m.compartment = ANY (compartments)
               AND m.audience = ANY (said)
               AND (requesters IS NULL OR EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.id = m.ticket_id
                    AND t.requester_id = ANY (requesters)))
        )
        SELECT f.id, max(f.rank)::real FROM found f GROUP BY f.id ORDER BY 2 DESC, 1 DESC LIMIT most;
    END IF;
END $$;
REVOKE ALL ON FUNCTION itsm_search_tickets FROM PUBLIC;
GRANT EXECUTE ON FUNCTION itsm_search_tickets TO itsm_app, itsm_all;
RESET ROLE;
"""
_DROP = "SET LOCAL ROLE itsm_search; DROP FUNCTION itsm_search_tickets; RESET ROLE;"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_isolation")]

    operations = [migrations.RunSQL(_SEARCH, _DROP)]
