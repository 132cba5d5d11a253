"""Restricted tickets from outside: a count, and the keys behind a number, for whom the caller of the function names."""

from django.db import migrations

_FUNCTIONS = """
SET LOCAL ROLE itsm_search;
CREATE FUNCTION itsm_restricted_open(everyone boolean, customers bigint[], compartments bigint[]) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT count(*) FROM tickets_ticket t
     WHERE t.compartment <> 0 AND t.phase IN ('open', 'waiting') AND t.compartment <> ALL (compartments)
       AND (everyone OR t.customer_id = ANY (customers))
$$;
CREATE FUNCTION itsm_find_restricted(wanted text, everyone boolean, customers bigint[])
RETURNS TABLE (ticket_id bigint, customer_id bigint, compartment bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT t.id, t.customer_id, t.compartment FROM tickets_ticket t
     WHERE t.number = wanted AND t.compartment <> 0 AND (everyone OR t.customer_id = ANY (customers))
$$;
REVOKE ALL ON FUNCTION itsm_restricted_open, itsm_find_restricted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION itsm_restricted_open, itsm_find_restricted TO itsm_app, itsm_all;
RESET ROLE;
"""
_DROP = """
SET LOCAL ROLE itsm_search; DROP FUNCTION itsm_restricted_open; DROP FUNCTION itsm_find_restricted; RESET ROLE;
"""
# Few tickets are restricted, so counting them may not walk the others.
_INDEX = (
    "CREATE INDEX ticket_restricted ON tickets_ticket (customer_id, compartment)"
    " WHERE compartment <> 0 AND phase IN ('open', 'waiting')"
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0006_views_isolation"), ("accounts", "0005_membership_for_a_time")]

    operations = [
        migrations.RunSQL(_FUNCTIONS, _DROP),
        migrations.RunSQL(_INDEX, "DROP INDEX ticket_restricted"),
    ]
