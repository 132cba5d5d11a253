"""Places of entries: row-level security, the counter behind them, and the trigger that makes a row with each entry."""

from django.db import migrations

from customers.isolation import Isolate, ScopedForeignKey
from customers.models import Ownership

# A trigger of the statement costs no round trip, and misses no entry however it was written.
_MAKE = """
CREATE SEQUENCE journal_position_place;
GRANT USAGE, SELECT ON SEQUENCE journal_position_place TO itsm_app, itsm_all;
CREATE FUNCTION itsm_entries_wait_for_a_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal_position (customer_id, compartment, entry_id)
    SELECT customer_id, compartment, id FROM written ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER wait_for_a_place AFTER INSERT ON journal_entry REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION itsm_entries_wait_for_a_place();
"""
_DROP = """
DROP TRIGGER wait_for_a_place ON journal_entry;
DROP FUNCTION itsm_entries_wait_for_a_place;
DROP SEQUENCE journal_position_place;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_position"), ("customers", "0002_isolation")]

    operations = [
        Isolate("Position", Ownership.OWNED, compartment=True),
        ScopedForeignKey("Position", "entry", "journal.Entry", compartment=True, on_delete="CASCADE"),
        migrations.RunSQL(_MAKE, _DROP),
    ]
