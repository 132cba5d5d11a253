"""Named reads of clocks: as they are stored, and as their segments give them again."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from calendars import versions
from calendars.versions import BusinessTime
from customers import scoping
from slas import clocks, reckoning
from slas.choices import STAYS, SegmentKind
from slas.models import Segment, Timer
from tickets.models import Ticket

CHUNK = 1000


@dataclass(frozen=True)
class Stretch:
    """One stretch of a clock's time: `kind` is running or paused, `to_at` None while it lasts.

    `cause` and `reason` say why it began, `by_label` through whom; `hours` is the calendar's id and version it runs by.
    """

    from_at: dt.datetime
    to_at: dt.datetime | None
    kind: str
    cause: str
    reason: str
    by_label: str
    hours: tuple[int, int] = (0, 0)


def timers_of(ticket: Ticket) -> list[Timer]:
    """All clocks of a ticket with their segments, oldest first; agreement, target and calendar come along."""
    rows = Timer.objects.filter(customer_id=ticket.customer_id, ticket_id=ticket.pk)
    return list(_with_parts(rows).order_by("metric", "cycle", "id"))


def stretches(timer: Timer) -> list[Stretch]:
    """The running and paused stretches of a clock, oldest first: the time between resolved and reopened is a pause.

    A change of target or calendar, and a merge, begin a new stretch of the same kind; a correction begins none.
    """
    marks = [one for one in timer.segments.all() if one.kind != SegmentKind.CORRECTED]
    found, kind = [], ""
    for place, mark in enumerate(marks):
        following = marks[place + 1].from_at if place + 1 < len(marks) else None
        if mark.kind not in STAYS:
            kind = mark.kind
        if kind in (SegmentKind.STOPPED, SegmentKind.CANCELLED) and following is None:
            break
        shown = SegmentKind.RUNNING if kind == SegmentKind.RUNNING else SegmentKind.PAUSED
        hours = (mark.calendar_id, mark.calendar_version)
        found.append(
            Stretch(mark.from_at, following, shown.value, mark.cause, mark.reason, mark.by_label, hours)
        )
    return found


def remaining(timer: Timer, at: dt.datetime, hours: BusinessTime | None = None) -> dt.timedelta:
    """Business time that is left at `at`, as the clock stands; below 0 when overdue."""
    reading = clocks.reading_of(timer, hours or hours_of([timer])[timer.pk])
    return reading.target - reckoning.used_by(reading, at)


def hours_of(timers: Sequence[Timer]) -> dict[int, BusinessTime]:
    """The business time by which each clock runs, {timer id: …}; one query."""
    known = versions.of({one.calendar_id for one in timers})
    return {one.pk: known[one.calendar_id][one.calendar_version] for one in timers}


def recompute(timer: Timer) -> dict[str, Any]:
    """The columns of a clock, reckoned anew from its segments alone: they must equal the stored ones."""
    return _recompute(timer, versions.of({one.calendar_id for one in timer.segments.all()}))


def differing(timers: Iterable[Timer]) -> Iterator[tuple[Timer, dict[str, tuple[Any, Any]]]]:
    """The clocks whose stored columns differ from their segments: {column: (stored, reckoned)}."""
    known = list(timers)
    hours = versions.of({segment.calendar_id for one in known for segment in one.segments.all()})
    for timer in known:
        reckoned = _recompute(timer, hours)
        wrong = {
            name: (getattr(timer, name), value)
            for name, value in reckoned.items()
            if getattr(timer, name) != value
        }
        if wrong:
            yield timer, wrong


def all_timers(*, after: int = 0) -> list[Timer]:
    """The next thousand clocks by id, with their segments: for a walk over all of them."""
    scoping.current()
    return list(_with_parts(Timer.objects.filter(pk__gt=after)).order_by("id")[:CHUNK])


def _recompute(timer: Timer, hours: dict[int, dict[int, BusinessTime]]) -> dict[str, Any]:
    marks = clocks.marks_of(list(timer.segments.all()), hours)
    if not marks:
        return {"state": "no segments"}
    last = list(timer.segments.all())[-1]
    counted = [one.counts_from for one in timer.segments.all() if one.counts_from is not None]
    life = reckoning.live(marks)
    return {
        **clocks.columns_of(life.reading),
        "breached_at": _breach(timer, life),
        "started_at": counted[-1] if counted else marks[0].at,
        "target_seconds": last.target_seconds,
        "calendar_version": last.calendar_version,
    }


def _breach(timer: Timer, life: reckoning.Life) -> dt.datetime | None:
    """What `breached_at` must be. A due moment that passed before a segment must be there; a sweep may have stamped
    another that the clock had, at the latest that one, and nothing but a correction takes it away again."""
    stored = timer.breached_at
    if stored is None or stored not in life.dues:
        return life.breached_at
    return stored if life.breached_at is None else min(stored, life.breached_at)


def _with_parts(rows: "QuerySet[Timer]") -> "QuerySet[Timer]":
    segments = Prefetch("segments", Segment.objects.order_by("id"))
    return rows.select_related("agreement", "target", "calendar", "team", "supplier").prefetch_related(
        segments
    )
