"""Who is on call, without a database: turns that go round, swaps that people agreed on, absences, and what is left.

A turn begins at the same local hour on both sides of a change of clocks: an hour that spring skips counts as its end,
one that autumn repeats as the first of the two. Times are half open, `[from, to)`.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from accounts.choices import Gap, TurnUnit
from calendars.versions import BusinessTime
from calendars.worktime import NeverCloses, NeverOpens

LONGEST = dt.timedelta(days=400)
_SECOND = dt.timedelta(seconds=1)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Swap:
    """Somebody else for a time."""

    id: int
    from_at: dt.datetime
    to_at: dt.datetime
    user_id: int


@dataclass(frozen=True)
class Away:
    """A member's absence as instants, with who stands in."""

    user_id: int
    from_at: dt.datetime
    to_at: dt.datetime
    deputy_id: int | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that decides who is on call. `gone`: logins of the plan that cannot be called any more. `hours` None =
    around the clock. `weekday` counts for turns in weeks."""

    zone: dt.tzinfo
    starts_on: dt.date
    handover_time: dt.time
    members: Sequence[int]
    unit: str = TurnUnit.WEEKS
    length: int = 1
    weekday: int | None = 0
    swaps: Sequence[Swap] = ()
    absences: Sequence[Away] = ()
    gone: frozenset[int] = field(default_factory=frozenset)
    hours: BusinessTime | None = None

    @property
    def turn_days(self) -> int:
        return self.length * (7 if self.unit == TurnUnit.WEEKS else 1)

    @property
    def first_on(self) -> dt.date:
        """The day of the first hand-over."""
        if self.unit != TurnUnit.WEEKS or self.weekday is None:
            return self.starts_on
        return self.starts_on + dt.timedelta(days=(self.weekday - self.starts_on.weekday()) % 7)


@dataclass(frozen=True)
class Stand:
    """How it stands at an instant: who is on call (None: `gap` says why nobody is), whose turn it would be, by which
    swap another has it, and for whom a deputy stands in."""

    user_id: int | None = None
    planned_id: int | None = None
    swap_id: int | None = None
    deputy_of: int | None = None
    gap: Gap | None = None


@dataclass(frozen=True)
class Shift:
    """One stretch in which the stand is the same."""

    from_at: dt.datetime
    to_at: dt.datetime
    stand: Stand


def on_call(plan: Plan, at: dt.datetime) -> Stand:
    """Who is on call at an instant."""
    number = _turn_of(plan, at)
    planned = plan.members[number % len(plan.members)] if plan.members and number is not None else None
    if plan.hours is not None and not plan.hours.is_open(at):
        return Stand(planned_id=planned, gap=Gap.NOT_COVERED)
    swap = next((one for one in plan.swaps if one.from_at <= at < one.to_at), None)
    if swap is not None:
        return _there(plan, swap.user_id, at, planned, swap.id)
    if number is None:
        return Stand(gap=Gap.NOT_BEGUN)
    return _there(plan, planned, at, planned) if planned is not None else Stand(gap=Gap.NO_MEMBER)


def shifts(plan: Plan, since: dt.datetime, until: dt.datetime) -> list[Shift]:
    """The whole of a time as stretches that follow each other, gaps included. Raises ValueError over 400 days."""
    if until - since > LONGEST:
        raise ValueError("At most 400 days of a rota are worked out at once.")
    edges = sorted({since, until, *(one for one in _edges(plan, since, until) if since < one < until)})
    found: list[Shift] = []
    for begin, end in itertools.pairwise(edges):
        stand = on_call(plan, begin)
        if found and found[-1].stand == stand:
            found[-1] = Shift(found[-1].from_at, end, stand)
        else:
            found.append(Shift(begin, end, stand))
    return found


def turn_begins(plan: Plan, number: int) -> dt.datetime:
    """The instant at which a turn begins; the first is number 0."""
    return instant(plan.first_on + dt.timedelta(days=number * plan.turn_days), plan.handover_time, plan.zone)


def instant(day: dt.date, hour: dt.time, zone: dt.tzinfo) -> dt.datetime:
    """A local time as an instant in UTC."""
    local = dt.datetime.combine(day, hour, zone)
    late = local.astimezone(dt.UTC)
    if late.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return late
    early = local.replace(fold=1).astimezone(dt.UTC)  # the hour does not exist: its end lies in between
    after = late.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + (late - early) / 2
        early, late = (early, middle) if middle.astimezone(zone).utcoffset() == after else (middle, late)
    return late.replace(microsecond=0)


def _turn_of(plan: Plan, at: dt.datetime) -> int | None:
    """The number of the turn at an instant; None before the first."""
    number = (at.astimezone(plan.zone).date() - plan.first_on).days // plan.turn_days
    while turn_begins(plan, number) > at:
        number -= 1
    while turn_begins(plan, number + 1) <= at:
        number += 1
    return number if number >= 0 else None


def _there(plan: Plan, user_id: int, at: dt.datetime, planned: int | None, swap: int | None = None) -> Stand:
    """The stand where it is this member's: his own, his deputy's, or nobody's."""
    if user_id in plan.gone:
        return Stand(planned_id=planned, swap_id=swap, gap=Gap.GONE)
    away = _absence(plan, user_id, at)
    if away is None:
        return Stand(user_id, planned, swap)
    deputy = away.deputy_id
    if deputy is None or deputy in plan.gone or _absence(plan, deputy, at) is not None:
        return Stand(planned_id=planned, swap_id=swap, deputy_of=user_id, gap=Gap.AWAY)
    return Stand(deputy, planned, swap, deputy_of=user_id)


def _absence(plan: Plan, user_id: int, at: dt.datetime) -> Away | None:
    return next(
        (one for one in plan.absences if one.user_id == user_id and one.from_at <= at < one.to_at), None
    )


def _edges(plan: Plan, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """Every instant at which the stand may change."""
    for one in (*plan.swaps, *plan.absences):
        yield from (one.from_at, one.to_at)
    number = _turn_of(plan, since) or 0
    while (begins := turn_begins(plan, number)) < until:
        yield begins
        number += 1
    if plan.hours is not None:
        yield from _openings(plan.hours, since, until)


def _openings(hours: BusinessTime, since: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """The openings and closings of the hours in a time."""
    for following in (hours.next_opening, hours.next_closing):
        at = since
        while at < until:
            try:
                at = following(at)
            except (NeverOpens, NeverCloses):
                break
            yield at
