"""The one place where the time of day can be bent: tests and the demo replay the past through it."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar

UTC = dt.UTC
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


def iso(at: dt.datetime | None) -> str | None:
    """RFC 3339 in UTC with a `Z`, as the REST contract writes instants."""
    if at is None:
        return None
    return (
        at.astimezone(UTC)
        .isoformat(timespec="microseconds" if at.microsecond else "seconds")
        .replace("+00:00", "Z")
    )
