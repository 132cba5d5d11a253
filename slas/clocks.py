"""The clocks of one ticket as a unit of work: read and locked once, marked, written once with their segments.

Locks are taken in one order everywhere, the ticket first, then its timers; the batch of the sweep, which holds timers
only, never waits for a ticket.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from calendars import versions
from calendars.versions import BusinessTime
from core import actor as actors
from core import bulk, display
from core.actor import Actor
from customers import prepared
from journal import recording
from slas import events, reckoning
from slas.choices import INNER, LEFT, Cause, SegmentKind, TimerState
from slas.matching import Choice
from slas.models import Escalation, Segment, Step, Timer
from slas.reckoning import Mark, Reading, Stretch
from tickets import actions as tickets
from tickets.models import Ticket

CLOCK = actors.system("Clock")  # who says that a deadline passed: nobody in particular
WRITTEN = (
    "state",
    "agreement",
    "agreement_version",
    "target",
    "target_seconds",
    "calendar",
    "calendar_version",
    "choice",
    "started_at",
    "used_at",
    "used_seconds",
    "remaining_seconds",
    "due_at",
    "warn_at",
    "next_at",
    "exhausted_at",
    "is_cut",
    "breached_at",
    "stopped_at",
)
_MICROSECOND = dt.timedelta(microseconds=1)
_SOON = dt.timedelta(seconds=display.SOON_SECONDS)


def _of_ticket(ticket: int, customer: int) -> QuerySet:
    own = Timer.objects.filter(customer_id=customer, ticket_id=ticket)
    return own.select_for_update(of=("self",)).select_related("target").order_by("id")


_LOCKED = prepared.Statement(_of_ticket)


class Clocks:
    """All clocks of one ticket, whose row the caller has locked. Change them with `start` and `mark`, then `write`."""

    def __init__(self, ticket: Ticket, *, by: Actor, is_new: bool = False):
        """`by` is named on the segments. `is_new`: the ticket has no timers yet, so none are looked for."""
        self.ticket = ticket
        self.by = by
        self.timers: list[Timer] = (
            [] if is_new else _LOCKED.read(ticket=ticket.pk, customer=ticket.customer_id)
        )
        self._hours: dict[int, dict[int, BusinessTime]] = {}
        self._readings: dict[int, Reading] = {}
        self._touched: dict[int, Timer] = {}
        self._segments: list[Segment] = []
        self._breached: list[tuple[Timer, dt.datetime]] = []

    def left(self) -> list[Timer]:
        """The clocks that run or are paused."""
        return [one for one in self.timers if one.state in LEFT]

    def versions(self) -> dict[int, int]:
        """The version of each agreement by which clocks of this ticket are judged already: the one they began with."""
        return {
            one.agreement_id: one.agreement_version
            for one in self.timers
            if one.state != TimerState.CANCELLED
        }

    def start(self, choice: Choice, *, at: dt.datetime, cause: str) -> Timer:
        """Begin a clock for a metric that has none left: its first cycle, or the next one."""
        kind = choice.target.agreement.kind
        earlier = [one.cycle for one in self.timers if (one.kind, one.metric) == (kind, choice.metric)]
        timer = Timer(
            customer_id=self.ticket.customer_id,
            compartment=self.ticket.compartment,
            ticket=self.ticket,
            kind=kind,
            team_id=choice.target.agreement.team_id,
            supplier_id=choice.target.agreement.supplier_id,
            metric=choice.metric,
            cycle=max(earlier, default=0) + 1,
            started_at=at,
            used_at=at,
        )
        _put_choice(timer, choice)
        self.timers.append(timer)
        mark = self._mark(timer, SegmentKind.RUNNING, at)
        self._take(timer, reckoning.start(mark), mark, cause, "")
        return timer

    def mark(
        self,
        timer: Timer,
        kind: SegmentKind,
        *,
        at: dt.datetime,
        cause: str,
        reason: str = "",
        choice: Choice | None = None,
        calendar_version: int | None = None,
        counts_from: dt.datetime | None = None,
        credit: dt.timedelta = dt.timedelta(0),
    ) -> None:
        """Say that something happened to a clock. A due moment that passed before it is stamped as a breach first."""
        before = self.reading(timer)
        at = reckoning.effective(before, at)
        passed = reckoning.breach_before(before, at)
        if passed is not None and timer.breached_at is None:
            timer.breached_at = passed
            self._breached.append((timer, at))
        if choice is not None:
            _put_choice(timer, choice)
        if calendar_version is not None:
            timer.calendar_version = calendar_version
        mark = dataclasses.replace(self._mark(timer, kind, at), credit=credit)
        self._take(timer, reckoning.after(before, mark), mark, cause, reason)
        if counts_from is not None:
            timer.started_at = self._segments[-1].counts_from = counts_from

    def note_version(self, timer: Timer, number: int) -> None:
        """Say that a clock has been held against a version which has no target for it: it keeps its own."""
        timer.agreement_version = number
        self._touched[id(timer)] = timer

    def correct(self, timer: Timer, without: Stretch, *, at: dt.datetime, reason: str) -> dt.timedelta:
        """Leave a stretch out that had counted, and return how much that is: the clock is then what it would be if it
        had been paused meanwhile, its breach included. Alone of its unit of work, on clocks in any state."""
        before = self.reading(timer)
        at = reckoning.effective(before, at)
        mark = dataclasses.replace(self._mark(timer, SegmentKind.CORRECTED, at), without=without)
        life = reckoning.live([*marks_of(list(timer.segments.order_by("id"))), mark])
        given = reckoning.after(before, mark).used - life.reading.used
        if life.breached_at is not None and timer.breached_at is None:
            self._breached.append((timer, at))
        timer.breached_at = life.breached_at
        self._take(timer, life.reading, dataclasses.replace(mark, credit=-given), Cause.CORRECTED, reason)
        return given

    def reading(self, timer: Timer) -> Reading:
        """The clock's reading as it stands, the marks that are not yet written included."""
        return self._readings.get(id(timer)) or reading_of(timer, self.hours_of(timer))

    def hours_of(self, timer: Timer) -> BusinessTime:
        """The business time that a clock runs by: its calendar as it stood with the version that it took."""
        if timer.calendar_id not in self._hours:
            wanted = {one.calendar_id for one in self.timers} | {timer.calendar_id}
            self._hours = versions.of(wanted)
        return self._hours[timer.calendar_id][timer.calendar_version]

    def write(self) -> None:
        """Write timers and segments, say which deadlines had passed, and promise the earliest one to the queue."""
        if not self._touched:
            return
        touched = list(self._touched.values())
        agenda = Agenda([one for one in touched if one.state == TimerState.RUNNING])
        for timer in touched:
            plan(timer, self.reading(timer), agenda)
        known = [one for one in touched if one.pk is not None]
        bulk.create([one for one in touched if one.pk is None])
        bulk.update(known, WRITTEN)
        for segment in self._segments:
            segment.timer_id = segment.timer.pk
        bulk.create(self._segments)
        for timer, noticed_at in self._breached:
            recording.record(breach_of(timer, self.ticket, noticed_at))
        self._promise()

    def _mark(self, timer: Timer, kind: SegmentKind, at: dt.datetime) -> Mark:
        target = dt.timedelta(seconds=timer.target_seconds)
        return Mark(at=at, kind=kind, target=target, hours=self.hours_of(timer))

    def _take(self, timer: Timer, reading: Reading, mark: Mark, cause: str, reason: str) -> None:
        self._readings[id(timer)] = reading
        self._touched[id(timer)] = timer
        put_reading(timer, reading)
        self._segments.append(
            Segment(
                customer_id=timer.customer_id,
                compartment=timer.compartment,
                timer=timer,
                kind=mark.kind,
                from_at=mark.at,
                cause=cause,
                reason=reason[:200],
                by_label=self.by.label[:200],
                target_id=timer.target_id,
                target_seconds=timer.target_seconds,
                calendar_id=timer.calendar_id,
                calendar_version=timer.calendar_version,
                credit_seconds=to_seconds(mark.credit),
                without_from=mark.without[0] if mark.without else None,
                without_to=mark.without[1] if mark.without else None,
            )
        )

    def _promise(self) -> None:
        """The earliest due moment of the customer's clocks that run, past ones included. Inner ones promise nothing."""
        running = [one for one in self.timers if one.state == TimerState.RUNNING and one.kind not in INNER]
        first = min(running, key=lambda one: (one.due_at, one.metric), default=None)
        due_at, metric = (first.due_at, first.metric) if first else (None, "")
        since = counted_from(self.reading(first)) if first else None
        if (due_at, metric, since) != (self.ticket.due_at, self.ticket.due_metric, self.ticket.clock_from):
            tickets.promise(self.ticket, due_at=due_at, due_metric=metric, clock_from=since)


class Agenda:
    """What running clocks still owe: the steps of their targets that have not fired. Two queries for any number."""

    def __init__(self, timers: Iterable[Timer]):
        known = [one for one in timers if one.state == TimerState.RUNNING]
        targets = {one.target_id for one in known}
        steps = (
            Step.objects.filter(target_id__in=targets)
            .select_related("reassign_to")
            .order_by("position", "id")
        )
        self._steps: dict[int, list[Step]] = {}
        for step in steps if targets else ():
            self._steps.setdefault(step.target_id, []).append(step)
        old = [one.pk for one in known if one.pk is not None]
        fired = Escalation.objects.filter(timer_id__in=old).values_list("timer_id", "step_id")
        self._fired = set(fired) if old and self._steps else set()

    def open_steps(self, timer: Timer) -> list[Step]:
        """The steps of the clock's target that have not fired, in their order."""
        return [one for one in self._steps.get(timer.target_id, ()) if (timer.pk, one.pk) not in self._fired]


def plan(timer: Timer, reading: Reading, agenda: Agenda) -> None:
    """Put on a timer when the sweep is next owed something, and from when it is soon due."""
    moments = [] if timer.breached_at or timer.state != TimerState.RUNNING else [reading.due_at]
    moments += [reckoning.moment(reading, step) for step in agenda.open_steps(timer)]
    timer.next_at = min((one for one in moments if one is not None), default=None)
    timer.warn_at = _warns_at(reading)


def marks_of(
    segments: Sequence[Segment], hours: Mapping[int, Mapping[int, BusinessTime]] | None = None
) -> list[Mark]:
    """A clock's segments, oldest first, as what it is reckoned from; `hours` as `versions.of` answers them."""
    known = hours if hours is not None else versions.of({one.calendar_id for one in segments})
    return [
        Mark(
            at=one.from_at,
            kind=SegmentKind(one.kind),
            target=dt.timedelta(seconds=one.target_seconds),
            hours=known[one.calendar_id][one.calendar_version],
            credit=to_duration(one.credit_seconds),
            without=(one.without_from, one.without_to) if one.without_from and one.without_to else None,
        )
        for one in segments
    ]


def reading_of(timer: Timer, hours: BusinessTime) -> Reading:
    """The reading that is stored on a timer."""
    return Reading(
        state=TimerState(timer.state),
        target=dt.timedelta(seconds=timer.target_seconds),
        hours=hours,
        used=to_duration(timer.used_seconds),
        used_at=timer.used_at,
        due_at=timer.due_at,
        exhausted_at=timer.exhausted_at,
        is_cut=timer.is_cut,
        stopped_at=timer.stopped_at,
    )


def put_reading(timer: Timer, reading: Reading) -> None:
    """Store a reading on a timer (not yet saved)."""
    for name, value in columns_of(reading).items():
        setattr(timer, name, value)


def columns_of(reading: Reading) -> Mapping[str, Any]:
    """A reading as the columns of a timer: what recomputing from segments must give again."""
    return {
        "state": reading.state.value,
        "used_at": reading.used_at,
        "used_seconds": to_seconds(reading.used),
        "remaining_seconds": to_seconds(reading.remaining) if reading.state == TimerState.PAUSED else None,
        "due_at": reading.due_at,
        "exhausted_at": reading.exhausted_at,
        "is_cut": reading.is_cut,
        "stopped_at": reading.stopped_at,
    }


def breach_of(timer: Timer, ticket: Ticket, noticed_at: dt.datetime) -> events.Breached:
    """The entry of a breach, dated at the moment that was missed."""
    assert timer.breached_at is not None
    return events.Breached(
        subject=ticket,
        by=CLOCK,
        at=timer.breached_at,
        timer_id=timer.pk,
        metric=timer.metric,
        agreement=timer.choice.get("agreement", ""),
        due_at=timer.breached_at,
        late_seconds=int((noticed_at - timer.breached_at).total_seconds()),
    )


def counted_from(reading: Reading) -> dt.datetime:
    """Where the bar of a running clock begins: as long before it last began to run as it had used by then."""
    return reading.used_at - reading.used


def to_seconds(duration: dt.timedelta) -> Decimal:
    """A duration in seconds, exact to the microsecond."""
    return Decimal(duration // _MICROSECOND) / 1_000_000


def to_duration(seconds: Decimal) -> dt.timedelta:
    """The inverse of `to_seconds`."""
    return int(seconds * 1_000_000) * _MICROSECOND


def _put_choice(timer: Timer, choice: Choice) -> None:
    timer.agreement, timer.target, timer.calendar = choice.target.agreement, choice.target, choice.calendar
    timer.agreement_version = choice.target.version
    timer.target_seconds = choice.target.seconds
    timer.calendar_version = choice.calendar.version
    timer.choice = choice.reason()


def _warns_at(reading: Reading) -> dt.datetime | None:
    """When under an hour or under a quarter of the bar is left, as the queue draws it."""
    if reading.state != TimerState.RUNNING or reading.due_at is None or reading.due_at >= reckoning.NEVER:
        return None
    whole = reading.due_at - counted_from(reading)
    return reading.due_at - max(_SOON, whole * display.SOON_FRACTION)
