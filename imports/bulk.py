"""Many rows in few statements, past the model layer, which takes five times as long. COPY is refused under a policy."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg2.extras import Json, execute_values

CHUNK = 1_000  # rows in one INSERT


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain values; a dict is JSON. What is not among `columns` takes the database's own default."""
    names = ", ".join(f'"{one}"' for one in columns)
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES %s'  # noqa: S608 - names of our own
    values = [[Json(one) if isinstance(one, dict) else one for one in row] for row in rows]
    if values:
        # the driver's own cursor raises the driver's own errors: Django's are the ones that callers know
        with connection.cursor() as cursor, connection.wrap_database_errors:
            execute_values(cursor.cursor, statement, values, page_size=CHUNK)


def keep_history(model: Any, ids: Sequence[int], *, at: Any, reason: str, is_update: bool) -> None:
    """One history row for each of these rows as it stands now, dated `at`."""
    history = model.history.model
    names = ", ".join(f'"{one.column}"' for one in history.tracked_fields)
    key = model._meta.pk.column
    statement = (
        f'INSERT INTO "{history._meta.db_table}" ({names}, history_date, history_change_reason, history_type) '  # noqa: S608
        f'SELECT {names}, %s, %s, %s FROM "{model._meta.db_table}" WHERE "{key}" = ANY (%s)'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [at, reason[:100], "~" if is_update else "+", list(ids)])
