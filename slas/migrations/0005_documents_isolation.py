"""The versions there were become documents that were agreed; what the database refuses about the new rows."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership

# The owner is bound by the policies too: for the copy alone he is not.
_TABLES = ("slas_agreement", "slas_agreementservice", "slas_target")
_FREE = ";".join(f"ALTER TABLE {one} NO FORCE ROW LEVEL SECURITY" for one in _TABLES)
_BIND = ";".join(f"ALTER TABLE {one} FORCE ROW LEVEL SECURITY" for one in _TABLES)
_COPY = """
    INSERT INTO slas_agreementversion (
        customer_id, agreement_id, number, state, calendar_id, covers_all, valid_from, valid_to, based_on_id,
        moves_running, scope, responsibilities, exceptions, no_exceptions_reason, no_limits_reason, agreed_at
    )
    SELECT a.customer_id, a.id, n, CASE WHEN n = a.version THEN 'agreed' ELSE 'superseded' END, a.calendar_id,
           a.covers_all, a.valid_from, a.valid_to, a.based_on_id, false, '', '', '', '', '', now()
      FROM slas_agreement a CROSS JOIN LATERAL generate_series(1, a.version) n;
    UPDATE slas_agreementservice s SET version = a.version FROM slas_agreement a WHERE a.id = s.agreement_id;
"""
_FOREIGN = """
    ALTER TABLE slas_target ADD CONSTRAINT slas_target_document FOREIGN KEY (agreement_id, version)
        REFERENCES slas_agreementversion (agreement_id, number);
"""
_UNFOREIGN = "ALTER TABLE slas_target DROP CONSTRAINT slas_target_document"


class Migration(migrations.Migration):
    dependencies = [
        ("slas", "0004_documents"),
        ("catalogue", "0005_requirements_isolation"),
    ]

    operations = [
        migrations.RunSQL(_FREE, migrations.RunSQL.noop),
        migrations.RunSQL(_COPY, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(_BIND, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="agreement",
            name="based_on",
        ),
        migrations.RemoveField(
            model_name="agreement",
            name="calendar",
        ),
        migrations.RemoveField(
            model_name="agreement",
            name="covers_all",
        ),
        migrations.RemoveField(
            model_name="agreement",
            name="valid_from",
        ),
        migrations.RemoveField(
            model_name="agreement",
            name="valid_to",
        ),
        migrations.RunSQL(_FOREIGN, _UNFOREIGN),
        Isolate("AgreementVersion", Ownership.REFERENCE),
        Isolate("WorkloadLimit", Ownership.REFERENCE, append_only=True),
        Isolate("AnsweredRequirement", Ownership.REFERENCE, append_only=True),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE ON slas_agreementservice FROM itsm_app, itsm_all",
            "GRANT UPDATE, DELETE ON slas_agreementservice TO itsm_app, itsm_all",
        ),
        ScopedForeignKey("AgreementVersion", "agreement", "slas.Agreement"),
        ScopedForeignKey("WorkloadLimit", "agreement", "slas.Agreement"),
        ScopedForeignKey("AnsweredRequirement", "agreement", "slas.Agreement"),
        ScopedForeignKey("AnsweredRequirement", "requirement", "catalogue.ServiceRequirement"),
    ]
