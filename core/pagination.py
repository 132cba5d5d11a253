"""Key-set pagination: a page starts after a key, never at an offset, so page 1,000 costs what page 1 costs."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import errors


@dataclass(frozen=True)
class Key:
    """One column of the order: a field (or annotation) that is never null, and its direction."""

    name: str
    descending: bool = False

    @property
    def order(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    @property
    def flipped(self) -> "Key":
        return Key(self.name, not self.descending)


@dataclass(frozen=True)
class Page:
    """A stretch of a list. `next` and `previous` are cursors, or None at the ends."""

    items: list[Any]
    next: str | None
    previous: str | None


def keys(*names: str) -> tuple[Key, ...]:
    """`keys("due_key", "-id")`: the order as Django writes it. The last key must be unique."""
    return tuple(Key(name.lstrip("-"), name.startswith("-")) for name in names)


def paginate(rows: QuerySet, order: Sequence[Key], *, cursor: str | None = None, size: int = 50) -> Page:
    """One page of `rows` in the given order. A cursor that does not fit raises Malformed."""
    backwards, values = _decode(cursor, order) if cursor else (False, None)
    direction = [key.flipped for key in order] if backwards else list(order)
    try:
        if values is not None:
            rows = rows.filter(_after(direction, values))
        found = _read(rows.order_by(*(key.order for key in direction)), size + 1)
    except (ValueError, TypeError, OverflowError, ValidationError) as error:
        if values is None:
            raise
        raise _damaged() from error  # values that no row of this list can have
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        found,
        next=_encode(found[-1], order, False) if found and (more or backwards) else None,
        previous=_encode(found[0], order, True) if found and (more if backwards else cursor) else None,
    )


def planned(rows: QuerySet) -> int:
    """The planner's guess at the length of a list: what it costs does not grow with the list."""
    plan = rows.order_by().explain(format="json")
    return int(float(plan.split('"Plan Rows":', 1)[1].split(",", 1)[0]))


def _read(rows: QuerySet, most: int) -> list[Any]:
    """The first rows. What is joined is joined to them alone: else a plan may join everything before it sorts."""
    if not rows.query.select_related:
        return list(rows[:most])
    ids = list(rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)[:most])
    return list(rows.filter(pk__in=ids)) if ids else []


def _after(order: Sequence[Key], values: Sequence[Any]) -> Q:
    """Strictly behind `values`; the first column is also bounded on its own, so that its index serves."""
    head, bound = order[0], Q()
    condition, equal = Q(), Q()
    for key, value in zip(order, values, strict=True):
        condition |= equal & Q(**{f"{key.name}__{'lt' if key.descending else 'gt'}": value})
        equal &= Q(**{key.name: value})
    bound = Q(**{f"{head.name}__{'lte' if head.descending else 'gte'}": values[0]})
    return bound & condition


def _encode(row: Any, order: Sequence[Key], backwards: bool) -> str:
    values = [_plain(getattr(row, key.name)) for key in order]
    raw = json.dumps([backwards, [key.order for key in order], values], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, dt.datetime) else value


def _decode(cursor: str, order: Sequence[Key]) -> tuple[bool, list[Any]]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        backwards, names, values = json.loads(raw)
        values = [
            dt.datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value for value in values
        ]
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError) as error:
        raise _damaged() from error
    if names != [key.order for key in order] or len(values) != len(order):
        sentence = _("The cursor belongs to another order: start again from the first page.")
        raise errors.Malformed(sentence, errors={"cursor": [sentence]})
    return bool(backwards), values


def _damaged() -> errors.Malformed:
    sentence = _("The cursor is damaged: start again from the first page.")
    return errors.Malformed(sentence, errors={"cursor": [sentence]})
