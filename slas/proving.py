"""The proof of all clocks: each is reckoned anew from its segments, its calendar's version and the steps that fired."""

import copy
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from calendars import versions
from customers import scoping
from slas import clocks, queries
from slas.choices import TimerState
from slas.clocks import Agenda
from slas.models import Timer
from slas.sweep import PUT_OFF

Differences = dict[str, tuple[Any, Any]]


def differing(timers: Iterable[Timer]) -> Iterator[tuple[Timer, Differences]]:
    """The clocks that are not what they are reckoned from, {column: (stored, reckoned)}: all that a reading holds, what
    the last segment says, the breach, and from when it warns and is next swept. Four queries for any number."""
    known = list(timers)
    found = {timer.pk: wrong for timer, wrong in queries.differing(known)}
    hours = versions.of({one.calendar_id for one in known})
    agenda = Agenda(known)
    for timer in known:
        wrong = found.get(timer.pk, {}) | _of_last_segment(timer)
        if "calendar_id" not in wrong:
            planned = copy.copy(timer)
            reading = clocks.reading_of(timer, hours[timer.calendar_id][timer.calendar_version])
            clocks.plan(planned, reading, agenda)
            wrong |= _of_plan(timer, planned, scoping.current().at)
        if wrong:
            yield timer, wrong


def _of_last_segment(timer: Timer) -> Differences:
    """The target and the calendar by which the clock runs are those of its last segment."""
    last = max(timer.segments.all(), key=lambda one: one.pk, default=None)
    if last is None:
        return {}
    pairs = {name: (getattr(timer, name), getattr(last, name)) for name in ("target_id", "calendar_id")}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _of_plan(timer: Timer, planned: Timer, now: dt.datetime) -> Differences:
    """From when it warns, and when the sweep owes it something; a step that failed is put off for a while."""
    pairs = {
        "warn_at": (timer.warn_at, planned.warn_at),
        "next_at": (timer.next_at, planned.next_at),
    }
    if timer.state == TimerState.RUNNING and _is_put_off(timer.next_at, planned.next_at, now):
        del pairs["next_at"]
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _is_put_off(stored: dt.datetime | None, reckoned: dt.datetime | None, now: dt.datetime) -> bool:
    return stored is not None and reckoned is not None and reckoned < stored <= now + PUT_OFF
