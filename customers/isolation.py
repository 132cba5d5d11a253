"""Migration operations that make the database itself refuse what must never happen (docs/house.md, isolation).

`Isolate` gives a table its row-level security; `ScopedForeignKey` a foreign key that carries customer and
compartment. Both work on the table of a model by name and know how to undo themselves.
"""

from collections.abc import Sequence

from django.db.migrations.operations.base import Operation

from customers.models import Ownership

_LISTED = "((SELECT NULLIF(current_setting('itsm.customers', true), '')::bigint[])::bigint[])"
_COMPARTMENTS = "((SELECT NULLIF(current_setting('itsm.compartments', true), '')::bigint[])::bigint[])"
_PROVIDER = "EXISTS (SELECT 1 FROM customers_customer p WHERE p.is_provider)"
_SHARES = (
    "EXISTS (SELECT 1 FROM {shares} s WHERE s.{target}_id = {table}.id"  # noqa: S608 - names of our own tables
    f" AND s.other_customer_id = ANY ({_LISTED}))"
)
_CALLER = "caller = (SELECT current_setting('itsm.caller', true))"
_WRITES = ("INSERT", "UPDATE", "DELETE")


class Isolate(Operation):
    """Row-level security, ENABLE and FORCE, for one model of the app.

    `compartment`: the table carries one. `append_only`: UPDATE and DELETE are revoked from the application.
    `shares`: for SHARED, the (table, column) of the share rows. `key`: the column that names the customer.
    `read_also`: a second customer's column that opens the row for reading; `write_also`: one that must be in scope too.
    """

    reversible = True

    def __init__(
        self,
        model: str,
        ownership: Ownership = Ownership.OWNED,
        *,
        compartment: bool = False,
        append_only: bool = False,
        shares: tuple[str, str] | None = None,
        key: str = "customer_id",
        read_also: str = "",
        write_also: str = "",
    ):
        self.model, self.ownership, self.compartment = model, ownership, compartment
        self.append_only, self.shares, self.key = append_only, shares, key
        self.read_also, self.write_also = read_also, write_also

    def state_forwards(self, app_label, state):
        """Policies are no part of Django's model state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        for statement in self.statements(table):
            schema_editor.execute(statement)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.model)._meta.db_table
        for name in self.policy_names():
            schema_editor.execute(f'DROP POLICY {name} ON "{table}"')
        schema_editor.execute(
            f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY'
        )
        schema_editor.execute(f'GRANT UPDATE, DELETE ON "{table}" TO itsm_app, itsm_all')

    def describe(self):
        return f"Isolate {self.model} as {self.ownership}"

    def policy_names(self) -> list[str]:
        """The names of the policies that this operation makes."""
        writes = [f"isolation_{verb.lower()}" for verb in _WRITES]
        return ["isolation_read", *writes, "isolation_all", "isolation_search"]

    def statements(self, table: str) -> list[str]:
        """The SQL, in order."""
        read, write, everyone = self._read(table), self._write(), self._everyone()
        made = [f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY']
        made.append(_policy("isolation_read", table, "SELECT", "itsm_app, itsm_owner", using=read))
        made.append(_policy("isolation_insert", table, "INSERT", "itsm_app, itsm_owner", check=write))
        made.append(
            _policy("isolation_update", table, "UPDATE", "itsm_app, itsm_owner", using=write, check=write)
        )
        made.append(_policy("isolation_delete", table, "DELETE", "itsm_app, itsm_owner", using=write))
        made.append(_policy("isolation_all", table, "ALL", "itsm_all", using=everyone, check=everyone))
        made.append(_policy("isolation_search", table, "SELECT", "itsm_search", using="true"))
        if self.ownership in (Ownership.OWNED, Ownership.SHARED):
            made.append(f'ALTER TABLE "{table}" ALTER COLUMN {self.key} SET NOT NULL')
        if self.append_only:
            made.append(f'REVOKE UPDATE, DELETE ON "{table}" FROM itsm_app, itsm_all')
        return made

    def _read(self, table: str) -> str:
        if self.ownership == Ownership.CALLER:
            return _CALLER
        listed = f"{self.key} = ANY ({_LISTED})"
        if self.ownership == Ownership.REFERENCE:
            listed = f"({self.key} IS NULL OR {listed})"
        if self.ownership == Ownership.SHARED and self.shares:
            shares, target = self.shares
            listed = f"({listed} OR audience = 'all' OR {_SHARES.format(shares=shares, target=target, table=table)})"
        if self.read_also:
            listed = f"({listed} OR {self.read_also} = ANY ({_LISTED}))"
        return self._and_compartment(listed)

    def _write(self) -> str:
        if self.ownership == Ownership.CALLER:
            return _CALLER
        listed = f"{self.key} = ANY ({_LISTED})"
        if self.ownership == Ownership.REFERENCE:
            listed = f"({listed} OR ({self.key} IS NULL AND {_PROVIDER}))"
        if self.write_also:
            listed = f"{listed} AND {self.write_also} = ANY ({_LISTED})"
        return self._and_compartment(listed)

    def _everyone(self) -> str:
        if self.ownership == Ownership.CALLER:
            return _CALLER
        return self._and_compartment("true")

    def _and_compartment(self, clause: str) -> str:
        return f"{clause} AND compartment = ANY ({_COMPARTMENTS})" if self.compartment else clause


class ScopedForeignKey(Operation):
    """A real foreign key over several columns, NOT DEFERRABLE, from a `ForeignKey(db_constraint=False)`.

    `columns` of the child reference `to_columns` of the parent, both starting with the customer.
    """

    reversible = True

    def __init__(
        self,
        model: str,
        field: str,
        to: str,
        *,
        compartment: bool = False,
        columns: Sequence[str] = (),
        to_columns: Sequence[str] = (),
        on_delete: str = "NO ACTION",
    ):
        extra = ["compartment"] if compartment else []
        self.model, self.field, self.to, self.on_delete = model, field, to, on_delete
        self.columns = list(columns) or ["customer_id", f"{field}_id", *extra]
        self.to_columns = list(to_columns) or ["customer_id", "id", *extra]
        self.compartment = compartment

    def state_forwards(self, app_label, state):
        """The constraint is no part of Django's model state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        target = to_state.apps.get_model(self.to)._meta.db_table
        cascade = " ON UPDATE CASCADE" if self.compartment else ""
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT {self.name(table)} FOREIGN KEY ({", ".join(self.columns)})'
            f' REFERENCES "{target}" ({", ".join(self.to_columns)}) ON DELETE {self.on_delete}{cascade} NOT DEFERRABLE'
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT {self.name(table)}')

    def describe(self):
        return f"Foreign key of {self.model}.{self.field} with its customer"

    def name(self, table: str) -> str:
        """The constraint's name, `<table>_<field>_scoped`: doors map it to a sentence."""
        return f"{table}_{self.field}_scoped"


class HistoryFollows(Operation):
    """Restricting a row hides its history too: a trigger carries a new compartment into the history table, which
    points at its row by number only and so cannot follow by ON UPDATE CASCADE."""

    reversible = True

    def __init__(self, model: str):
        self.model = model

    def state_forwards(self, app_label, state):
        """A trigger is no part of Django's model state."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model)
        history = to_state.apps.get_model(app_label, f"Historical{self.model}")._meta.db_table
        table, key = model._meta.db_table, model._meta.pk.column
        schema_editor.execute(
            f'CREATE TRIGGER history_follows AFTER UPDATE OF compartment ON "{table}" FOR EACH ROW'
            f" WHEN (OLD.compartment IS DISTINCT FROM NEW.compartment)"
            f" EXECUTE FUNCTION itsm_history_follows('{history}', '{key}')"
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute(f'DROP TRIGGER history_follows ON "{table}"')

    def describe(self):
        return f"The history of {self.model} follows its compartment"


def _policy(name: str, table: str, command: str, roles: str, *, using: str = "", check: str = "") -> str:
    using = f" USING ({using})" if using else ""
    check = f" WITH CHECK ({check})" if check else ""
    return f'CREATE POLICY {name} ON "{table}" FOR {command} TO {roles}{using}{check}'
