"""Whose uploads nobody took: the only question about uploads that is asked for every caller at once.

An upload is seen by its caller alone, by the sweep too. So one function, owned by the role `itsm_search`, names the
callers that have old ones, and nothing else about them; the sweep then enters the scope of each and drops his own.
"""

from django.db import migrations

_CALLERS = """
SET LOCAL ROLE itsm_search;
CREATE FUNCTION itsm_callers_with_old_uploads(before timestamptz) RETURNS TABLE (caller text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT u.caller::text FROM tickets_upload u WHERE u.created_at < before ORDER BY 1
$$;
REVOKE ALL ON FUNCTION itsm_callers_with_old_uploads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION itsm_callers_with_old_uploads TO itsm_app, itsm_all;
RESET ROLE;
"""
_DROP = "SET LOCAL ROLE itsm_search; DROP FUNCTION itsm_callers_with_old_uploads; RESET ROLE;"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_search")]

    operations = [migrations.RunSQL(_CALLERS, _DROP)]
