"""Row-level security and scoped foreign keys of this room: what the database itself refuses."""

from django.db import migrations

from customers.isolation import Isolate
from customers.models import Ownership

# Runs as the owner, for exactly the one customer and the two compartments of the row that moved (HistoryFollows).
_FOLLOWS = """
CREATE FUNCTION itsm_history_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
    customers text := current_setting('itsm.customers', true);
    compartments text := current_setting('itsm.compartments', true);
BEGIN
    PERFORM set_config('itsm.customers', '{' || NEW.customer_id || '}', true),
            set_config('itsm.compartments', '{' || OLD.compartment || ',' || NEW.compartment || '}', true);
    EXECUTE format('UPDATE %I SET compartment = $1 WHERE customer_id = $2 AND %I = $3', TG_ARGV[0], TG_ARGV[1])
      USING NEW.compartment, NEW.customer_id, (to_jsonb(NEW) ->> TG_ARGV[1])::bigint;
    PERFORM set_config('itsm.customers', coalesce(customers, ''), true),
            set_config('itsm.compartments', coalesce(compartments, ''), true);
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO customers_installation (id, name, phone, email, hours) VALUES (1, 'Clause8', '', '', '')",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(_FOLLOWS, "DROP FUNCTION itsm_history_follows CASCADE"),
        Isolate("Customer", Ownership.OWNED, key="id"),
        Isolate("Organization", Ownership.REFERENCE),
    ]
