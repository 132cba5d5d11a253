"""A SELECT that every request asks, put together once: Django makes it anew each time from its sixty columns and nine
joins, and that takes longer than the database takes to answer it (docs/performance.md).
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

from core import reading
from core.actor import ALL, Actor, ActorKind, Side
from customers import scoping

_FIRST = (
    2_000_000_000  # stands for the first value while a statement is put together: no text of ours holds it
)
MOST = 64  # shapes that one statement keeps

Value = int | str | list[int]


@dataclass(frozen=True)
class _Ready:
    """The text, what goes where (a name, with its place in a list; or a value that never changes), and how rows are
    read: the converters of single columns, then objects."""

    sql: str
    places: list[tuple[str, int] | None]
    fixed: tuple[Any, ...]
    converters: list[tuple[int, list[Any], Any]]
    reader: reading.Reader


class Statement:
    """`Statement(lambda ticket: Ticket.objects.filter(pk=ticket))`, asked by `.read(ticket=7)`. Values are whole
    numbers, lists of them, or texts, and may only be compared; what else changes the text of the statement is its
    `shape`, handed on to the function. Only inside a scope, like the managers that it is made of."""

    def __init__(self, build: Callable[..., QuerySet]):
        self._build = build
        self._known: dict[Hashable, _Ready] = {}

    def read(self, *shape: Hashable, **values: Value) -> list[Any]:
        """The rows, read as `core.reading` reads them."""
        scoping.current()
        lengths = tuple(len(one) if isinstance(one, list) else -1 for one in values.values())
        key = (shape, tuple(values), lengths)
        ready = self._known.get(key)
        if ready is None:
            if len(self._known) >= MOST:
                self._known.clear()
            ready = self._known[key] = self._make(shape, values, DEFAULT_DB_ALIAS)
        return _ask(ready, values, DEFAULT_DB_ALIAS)

    def _make(self, shape: tuple[Hashable, ...], values: dict[str, Value], alias: str) -> _Ready:
        marks: dict[int | str, tuple[str, int]] = {}
        given: dict[str, Any] = {}
        for name, value in values.items():
            many = len(value) if isinstance(value, list) else 1
            own = [_FIRST + len(marks) + place for place in range(many)]
            given[name] = (
                f"\x02{own[0]}" if isinstance(value, str) else own if isinstance(value, list) else own[0]
            )
            stand = [given[name]] if isinstance(value, str) else own
            marks |= {mark: (name, place) for place, mark in enumerate(stand)}
        compiler = self._build(*shape, **given).query.get_compiler(alias)
        sql, fixed = compiler.as_sql()
        places = [marks.get(one) if isinstance(one, int | str) else None for one in fixed]
        assert set(marks.values()) == {one for one in places if one}, (
            "A value does not reach the statement as it is."
        )
        assert reading.is_plain(compiler.klass_info)
        converters = compiler.get_converters([one[0] for one in compiler.select])
        taken = [(column, *found) for column, found in converters.items()]
        return _Ready(sql, places, tuple(fixed), taken, reading.Reader(compiler, alias))


def sight(actor: Actor) -> dict[str, list[int]]:
    """Whom and what this actor sees, as values of a statement that `seen_by` made; only for one who `is_simple`, as no
    customers would mean all of them."""
    assert is_simple(actor)
    everyone = actor.customers is ALL
    return {
        "customers": [] if everyone else sorted(actor.customers),
        "compartments": sorted(actor.compartments),
    }


def seen_by(customers: list[int], compartments: list[int]) -> Actor:
    """Who stands for an actor of the house while a statement is put together: no customers are all of them."""
    return Actor(
        ActorKind.SYSTEM,
        None,
        "",
        Side.DESK,
        frozenset(customers) or ALL,
        compartments=frozenset(compartments),
    )


def is_simple(actor: Actor) -> bool:
    """Whether what this actor sees is said by customers and compartments alone: a customer's people and suppliers see
    by more than that, and who sees nobody is no case for a statement."""
    return actor.is_inside and bool(actor.customers) and bool(actor.compartments)


def _ask(ready: _Ready, values: dict[str, Any], alias: str) -> list[Model]:
    params = [
        one if place is None else _value(values[place[0]], place[1])
        for one, place in zip(ready.fixed, ready.places, strict=True)
    ]
    here = connections[alias]
    with here.cursor() as cursor:
        cursor.execute(ready.sql, params)
        rows = [list(row) for row in cursor.fetchall()]
    for column, converters, expression in ready.converters:
        for row in rows:
            for convert in converters:
                row[column] = convert(row[column], expression, here)
    return list(ready.reader.all(rows))


def _value(value: Any, place: int) -> Any:
    return value[place] if isinstance(value, list) else value
