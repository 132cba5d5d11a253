"""A common word costs no more than a rare one: of more hits than anybody reads the newest are ranked, not all of them.

Where the newest rows say that a word is common, the rows are walked from the newest backwards until there are enough;
else the index of words answers, which has few to give. Whose rows count is told to every one of these reads.
"""

from django.db import migrations

# How many hits are ranked at least; what is looked at to tell a common word; how far back a common word is looked for.
RANKED, SAMPLE, IS_COMMON, WALK = 500, 2_000, 50, 40_000

_SCOPE = "{0}.compartment = ANY (compartments) AND (everyone OR {0}.customer_id = ANY (customers))"
_ASKED = "(requesters IS NULL OR t.requester_id = ANY (requesters))"
_TITLE = f"{_SCOPE.format('t')} AND {_ASKED}"
_WHOSE = "SELECT 1 FROM tickets_ticket t WHERE t.id = m.ticket_id AND t.requester_id = ANY (requesters)"
_SAID = f"{_SCOPE.format('m')} AND m.audience = ANY (audiences) AND (requesters IS NULL OR EXISTS ({_WHOSE}))"


def _ids(into: str, table: str, alias: str, where: str) -> str:
    """The ids of the newest hits in one table. `IS TRUE` keeps the walk off the index of words, MATERIALIZED keeps the
    other read on it; that has two branches, because under one condition for both the index would not know the customer."""
    by_words = "WITH hit AS MATERIALIZED (SELECT {a}.id FROM {t} {a} WHERE {a}.search @@ query AND {more}{w})"
    by_words += " SELECT id FROM hit ORDER BY id DESC LIMIT many"
    everybody, some = (
        by_words.format(a=alias, t=table, w=where, more=more)
        for more in ("", f"{alias}.customer_id = ANY (customers) AND ")
    )
    return f"""
    {into} := NULL;
    IF requesters IS NULL THEN
        SELECT max(id) INTO newest FROM {table};
        SELECT count(*) INTO met FROM {table} {alias}
         WHERE {alias}.id > newest - {SAMPLE} AND ({alias}.search @@ query) IS TRUE AND {where};
        IF met >= {IS_COMMON} THEN
            {into} := ARRAY(SELECT {alias}.id FROM {table} {alias} WHERE {alias}.id > newest - {WALK}
                AND ({alias}.search @@ query) IS TRUE AND {where} ORDER BY {alias}.id DESC LIMIT many);
            IF cardinality({into}) < many THEN {into} := NULL; END IF;
        END IF;
    END IF;
    IF {into} IS NULL AND everyone THEN {into} := ARRAY({everybody});
    ELSIF {into} IS NULL THEN {into} := ARRAY({some});
    END IF;
"""  # noqa: S608 - names of this file


_SEARCH = f"""
SET LOCAL ROLE itsm_search;
CREATE OR REPLACE FUNCTION itsm_search_tickets(
    words text, everyone boolean, customers bigint[], compartments bigint[], audiences text[], requesters bigint[],
    most integer
) RETURNS TABLE (ticket_id bigint, weight real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    query tsquery := websearch_to_tsquery('simple', words);
    many integer := greatest(most, {RANKED});
    newest bigint; met integer; titles bigint[]; said bigint[];
BEGIN
    {_ids("titles", "tickets_ticket", "t", _TITLE)}
    {_ids("said", "tickets_message", "m", _SAID)}
    RETURN QUERY
    WITH found AS (
        SELECT t.id, ts_rank(t.search, query) * 4 AS rank FROM tickets_ticket t WHERE t.id = ANY (titles)
        UNION ALL
        SELECT m.ticket_id, ts_rank(m.search, query) FROM tickets_message m WHERE m.id = ANY (said)
    )
    SELECT f.id, max(f.rank)::real FROM found f GROUP BY f.id ORDER BY 2 DESC, 1 DESC LIMIT most;
END $$;
RESET ROLE;
"""  # noqa: S608 - names of this file


class Migration(migrations.Migration):
    dependencies = [("tickets", "0021_ending")]

    operations = [migrations.RunSQL(_SEARCH, migrations.RunSQL.noop)]
