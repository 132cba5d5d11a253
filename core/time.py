"""The one place where the time of day can be bent: tests and the demo replay the past through it."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar

from django.utils.dateparse import parse_datetime

UTC = dt.UTC
YEARS = range(1900, 9000)  # beyond them an instant may be stored that Python cannot read back in another zone
_frozen: ContextVar[dt.datetime | None] = ContextVar("frozen", default=None)


def pinned() -> dt.datetime | None:
    """The instant that stands in for the database's `now()`, or None in ordinary life."""
    return _frozen.get()


@contextlib.contextmanager
def frozen(at: dt.datetime) -> Iterator[dt.datetime]:
    """Let every scope opened inside report `at` as its instant."""
    token = _frozen.set(at)
    try:
        yield at
    finally:
        _frozen.reset(token)


def is_sane(at: dt.datetime | dt.date) -> bool:
    """Whether every zone and every reader can hold this instant or day."""
    return at.year in YEARS


def find_instant(text: object) -> dt.datetime | None:
    """The instant, in UTC, that a text of RFC 3339 with its zone says; None for anything else."""
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if found is None or found.tzinfo is None or not is_sane(found):
        return None
    return found.astimezone(UTC)


def iso(at: dt.datetime | None) -> str | None:
    """RFC 3339 in UTC with a `Z`, as the REST contract writes instants."""
    if at is None:
        return None
    return (
        at.astimezone(UTC)
        .isoformat(timespec="microseconds" if at.microsecond else "seconds")
        .replace("+00:00", "Z")
    )
