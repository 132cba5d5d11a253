"""What a merge does to the clocks of the ticket that stays: reckoned here, for the entry and for its preview alike."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from calendars.versions import BusinessTime
from slas import clocks, queries, reckoning
from slas.choices import INNER, LEFT, Cause, SegmentKind
from slas.models import Timer
from slas.reckoning import Mark
from tickets.models import Ticket

FROM_RECEIPT = (Cause.OPENED, Cause.LIVE)


@dataclass(frozen=True)
class Moved:
    """One clock before and after a merge: both due moments are None while it is paused. `metric` as in Timer."""

    metric: str
    before_at: dt.datetime | None
    after_at: dt.datetime | None


def find_credit(
    timer: Timer, since: dt.datetime, hours: BusinessTime
) -> tuple[dt.datetime, dt.timedelta] | None:
    """From when a clock counts where the earliest receipt is `since`, and the time that this adds (below zero: takes
    away); None where nothing changes: what began later, with a message or a promise, stays."""
    segments = sorted(timer.segments.all(), key=lambda one: one.pk)
    if segments[0].cause not in FROM_RECEIPT:
        return None
    own = segments[0].from_at
    begin = min(own, since)
    if begin == timer.started_at:
        return None
    merged = (one.credit_seconds for one in segments if one.kind == SegmentKind.BACKDATED)
    given = sum(merged, Decimal(0))
    return begin, hours.between(begin, own) - clocks.to_duration(given)


def preview(stays: Ticket, since: dt.datetime, at: dt.datetime) -> list[Moved]:
    """The clocks that are left, as they are and as they would be with the earliest receipt `since`. Writes nothing."""
    timers = [one for one in queries.timers_of(stays) if one.state in LEFT and one.kind not in INNER]
    hours = queries.hours_of(timers)
    return [_moved(one, hours[one.pk], since, at) for one in timers]


def ending(goes: Ticket) -> list[Timer]:
    """The clocks of a duplicate that a merge would end, and those that were missed and stay so."""
    own = [one for one in queries.timers_of(goes) if one.kind not in INNER]
    return [one for one in own if one.state in LEFT or one.breached_at]


def _moved(timer: Timer, hours: BusinessTime, since: dt.datetime, at: dt.datetime) -> Moved:
    before = clocks.reading_of(timer, hours)
    found = find_credit(timer, since, hours)
    after = before
    if found is not None:
        mark = Mark(
            at=reckoning.effective(before, at), kind=SegmentKind.BACKDATED,
            target=dt.timedelta(seconds=timer.target_seconds), hours=hours, credit=found[1],
        )  # fmt: skip
        after = reckoning.after(before, mark)
    return Moved(timer.metric, before.due_at, after.due_at)
