"""Many rows of one table in one statement: as a CASE per column and row the ORM spends more than on all the rest."""

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import AutoField, Field, ForeignKey, Model
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault

# Their way to the database is checks alone, and half of what writing many rows costs: the database checks as well.
_PLAIN = (
    models.BigAutoField, models.BigIntegerField, models.IntegerField, models.SmallIntegerField,
    models.PositiveSmallIntegerField, models.PositiveIntegerField, models.CharField, models.TextField,
    models.BooleanField, models.DateTimeField,
)  # fmt: skip


def like(template: Model, values: Mapping[str, Any]) -> Model:
    """A new row that is like `template` but for these columns, without the constructor's questions: by the names of
    columns (`customer_id`), for rows that are written and not related to anything in memory."""
    found = type(template).__new__(type(template))
    found.__dict__.update(template.__dict__, **values)
    found.__dict__["_state"] = ModelState()
    return found


def create(rows: Sequence[Model]) -> None:
    """Insert rows of one model, and put on each what the database gave it. No signal is sent, as with `bulk_create`."""
    if not rows:
        return
    meta = rows[0]._meta
    fields = [one for one in meta.local_concrete_fields if _is_written(one, rows[0])]
    given = [meta.pk, *(one for one in meta.local_concrete_fields if _is_left(one, rows[0]))]
    one_row = f"({', '.join(['%s'] * len(fields))})"
    writers = [_writer(one) for one in fields]
    values = [write(row) for row in rows for write in writers]
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


def repeat(template: Model, differing: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are like `template` but for these fields, one for each place of their lists. Nothing is read
    back: for rows that are only owed, no object each."""
    meta = template._meta
    fields = [one for one in meta.local_concrete_fields if _is_written(one, template)]
    lists = {meta.get_field(name): list(values) for name, values in differing.items()}
    taken = [f'v."{one.column}"' if one in lists else f"%s::{one.db_type(connection)}" for one in fields]
    arrays = ", ".join(f"%s::{one.db_type(connection)}[]" for one in lists)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({_columns(fields)}) SELECT {", ".join(taken)}'  # noqa: S608
            f" FROM unnest({arrays}) AS v ({_columns(list(lists))})",
            [*(_writer(one)(template) for one in fields if one not in lists), *lists.values()],
        )


@functools.lru_cache(maxsize=512)
def _writer(field: Field) -> Callable[[Model], Any]:
    """How this field of a new row goes to the database."""
    plain = field.target_field if type(field) is ForeignKey else field
    if (
        type(plain) in _PLAIN
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
    ):
        return operator.attrgetter(field.attname)
    # The connection itself: behind Django's proxy each of five looks at it goes through a thread's storage.
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connections[DEFAULT_DB_ALIAS])


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
