"""Row-level security of this room, and the one function that lists what nobody works on past it."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership

# A job is its caller's, so no sweep sees any; this answers which ones wait for a worker, by id and caller alone.
_STALE = """
SET LOCAL ROLE itsm_search;
CREATE FUNCTION itsm_stale_jobs() RETURNS TABLE (job_id bigint, job_caller text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id, caller FROM jobs_job
     WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now())
     ORDER BY lease_until NULLS FIRST, id LIMIT 500
$$;
REVOKE ALL ON FUNCTION itsm_stale_jobs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION itsm_stale_jobs TO itsm_app, itsm_all;
RESET ROLE;
"""
_DROP = "SET LOCAL ROLE itsm_search; DROP FUNCTION itsm_stale_jobs; RESET ROLE;"


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("customers", "0002_isolation")]

    operations = [Isolate("Job", Ownership.CALLER), migrations.RunSQL(_STALE, _DROP)]
