"""Row-level security of reports, and the trigger that refuses to change what was issued, whoever asks."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey

# The owner of the tables takes away a customer as a whole (the demo's end): that is no correction of one report.
_FINAL = """
CREATE FUNCTION itsm_issued_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_user = 'itsm_owner' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'report % was issued: it is never changed', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER issued_is_final BEFORE UPDATE OR DELETE ON reporting_servicereport
    FOR EACH ROW WHEN (OLD.state = 'issued') EXECUTE FUNCTION itsm_issued_is_final();
"""
_OPEN = """
DROP TRIGGER issued_is_final ON reporting_servicereport;
DROP FUNCTION itsm_issued_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial"), ("customers", "0002_isolation")]

    operations = [
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        Isolate("ServiceReport"),
        Isolate("Amendment", append_only=True),
        ScopedForeignKey("Amendment", "report", "reporting.ServiceReport"),
        migrations.RunSQL(_FINAL, _OPEN),
    ]
