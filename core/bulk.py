"""Many rows of one table in one statement: as a CASE per column and row the ORM spends more than on all the rest."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import AutoField, Field, Model
from django.db.models.expressions import DatabaseDefault


def create(rows: Sequence[Model]) -> None:
    """Insert rows of one model, and put on each what the database gave it. No signal is sent, as with `bulk_create`."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [one for one in meta.local_concrete_fields if _is_written(one, rows[0])]
    given = [meta.pk, *(one for one in meta.local_concrete_fields if _is_left(one, rows[0]))]
    one_row = f"({', '.join(['%s'] * len(fields))})"
    values = [one.get_db_prep_save(one.pre_save(row, True), connection) for row in rows for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({_columns(fields)}) VALUES {", ".join([one_row] * len(rows))}'  # noqa: S608
            f" RETURNING {_columns(given)}",
            values,
        )
        for row, found in zip(rows, cursor.fetchall(), strict=True):
            for one, value in zip(given, found, strict=True):
                setattr(row, one.attname, value)
            row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Django's own insert does


def _is_written(field: Field, row: Model) -> bool:
    is_key = isinstance(field, AutoField) and row.pk is None
    return not (field.generated or is_key or _is_left(field, row))


def _is_left(field: Field, row: Model) -> bool:
    """Whether the database fills this column, as nobody has said what it holds."""
    return not field.generated and isinstance(getattr(row, field.attname), DatabaseDefault)


def _columns(fields: Sequence[Field]) -> str:
    return ", ".join(f'"{one.column}"' for one in fields)


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write these fields of rows that are there already, by primary key. Rows of one model; no signal is sent."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    placeholders = ", ".join(f"%s::{one.db_type(connection)}" for one in fields)
    taken = ", ".join(f'"{one.column}" = v."{one.column}"' for one in fields[1:])
    values = [one.get_db_prep_save(getattr(row, one.attname), connection) for row in rows for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{meta.db_table}" t SET {taken} FROM (VALUES {", ".join([f"({placeholders})"] * len(rows))})'  # noqa: S608
            f' AS v ({_columns(fields)}) WHERE t."{meta.pk.column}" = v."{meta.pk.column}"',
            values,
        )
