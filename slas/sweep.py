"""The sweep: takes clocks for which something is due, stamps breaches and fires steps, each exactly once.

Any number of sweepers may run, and any of them may die at any moment. A batch holds timers only (SKIP LOCKED) and
says what it did in the transaction in which it did it; a step that reassigns runs alone, the ticket locked first, so
that no two sides wait for each other. What fails stays due and is put off, so that it cannot hold up the others.
"""

import datetime as dt
import logging
import time as clock
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q

from accounts import rotas
from accounts.rotas import OnCall
from calendars import versions
from core import bulk, errors, reading
from core.actor import Actor
from customers import scoping
from journal import recording
from slas import clocks, events, following, reckoning
from slas.choices import ON_CALL, Cause, Outcome, SegmentKind, TimerState
from slas.clocks import Agenda, Clocks
from slas.models import Escalation, Step, Timer
from tickets import actions as tickets
from tickets import locking
from tickets.models import Ticket

logger = logging.getLogger(__name__)

BATCH = 500
MOST_BATCHES = 40  # in one sweep: the next one goes on
MOST_SECONDS = 5.0  # for clocks that follow their calendar: others are due
PUT_OFF = dt.timedelta(minutes=5)

# Of the ticket, what an entry says about its subject, and who has it in hand.
_READ = (*(one.name for one in Timer._meta.concrete_fields), "ticket__kind", "ticket__number", "ticket__customer",
         "ticket__compartment", "ticket__team")  # fmt: skip

# What differs between the escalations of a batch.
_FIRED: dict[str, Callable[["Owed"], Any]] = {
    "customer": lambda one: one.timer.customer_id, "compartment": lambda one: one.timer.compartment,
    "timer": lambda one: one.timer.pk, "step": lambda one: one.step.pk, "due_at": lambda one: one.at,
}  # fmt: skip

# All that a sweep asks which finds nothing: tickets with a clock behind its calendar, and whether anything is due.
# Calendar by calendar, in the order of the index: a join would read every clock that runs to find none behind.
# First what is behind and due by the hours of before: by the new ones it may not be.
_LOOK = """
    SELECT ARRAY(
        SELECT t.ticket_id FROM slas_timer t JOIN calendars_calendar c ON c.id = t.calendar_id
         WHERE t.next_at < %(at)s AND t.calendar_version < c.version ORDER BY t.next_at, t.id LIMIT %(most)s
    ) || ARRAY(
        SELECT t.ticket_id FROM calendars_calendar c CROSS JOIN LATERAL (
            SELECT ticket_id FROM slas_timer
             WHERE calendar_id = c.id AND calendar_version < c.version AND state IN ('running', 'paused')
             ORDER BY calendar_id, calendar_version, id LIMIT %(most)s
        ) t WHERE c.version > 1 LIMIT %(most)s
    ), EXISTS (SELECT 1 FROM slas_timer WHERE next_at < %(at)s)
"""


@dataclass
class Swept:
    """What one sweep did. `failed` counts what will be tried again."""

    breached: int = 0
    notified: int = 0
    reassigned: int = 0
    moved: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Owed:
    """One step of one clock that is due now. `at` is the moment at which it was."""

    timer: Timer
    step: Step
    at: dt.datetime


def sweep(by: Actor, *, batch: int = BATCH) -> Swept:
    """Do what is due now, in order of its moment, until nothing is. Opens its own scopes."""
    swept = Swept()
    with scoping.scope(by.customers, compartments=by.compartments) as here, connection.cursor() as cursor:
        cursor.execute(_LOOK, {"most": BATCH, "at": here.at})
        behind, is_due = cursor.fetchone()
    failed_to_follow = _follow_calendars(by, behind, swept)
    moved, failed = following.follow(by)
    swept.moved, swept.failed = swept.moved + moved, swept.failed + failed
    for _ in range(MOST_BATCHES if is_due or behind else 0):
        taken, handed_on = _take_batch(by, batch, swept, stuck=failed_to_follow)
        for owed in handed_on:
            _reassign_alone(by, owed, swept)
        if taken < batch:
            break
    return swept


def _take_batch(by: Actor, batch: int, swept: Swept, *, stuck: set[int]) -> tuple[int, list[Owed]]:
    """One transaction: breaches and steps that only tell. Returns how many clocks it took, and steps that reassign.

    A clock that is still to follow its calendar waits until it has; those of the `stuck` tickets run by what they have.
    """
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        follows = Q(calendar_version__gte=F("calendar__version")) | Q(ticket_id__in=stuck)
        due = Timer.objects.due_before(here.at).filter(follows)
        due = due.select_for_update(skip_locked=True, of=("self",))
        rows = reading.shared(due.select_related("ticket").only(*_READ))
        timers = list(rows.order_by("next_at", "id")[:batch])
        if not timers:
            return 0, []
        open_steps = _open_steps(timers)
        owed = sorted((one for one in open_steps if one.at < here.at), key=lambda one: one.at)
        told = [one for one in owed if one.step.reassign_to is None]
        done = set(map(id, told))
        breached = _stamp(timers, here.at)
        _save(timers, [one for one in open_steps if id(one) not in done])
        template = Escalation(fired_at=here.at, outcome=Outcome.NOTIFIED, note="")
        fired = {name: [getter(one) for one in told] for name, getter in _FIRED.items()}
        if told:
            bulk.repeat(template, fired)
        said: list[events.ClockEvent] = [clocks.breach_of(timer, timer.ticket, here.at) for timer in breached]
        duty = _on_call(told, here.at)
        said += [_escalated(one, by, here.at, duty) for one in told]
        _say(sorted(said, key=lambda event: event.at))
        swept.breached += len(breached)
        swept.notified += len(told)
        return len(timers), [one for one in owed if one.step.reassign_to is not None]


def _open_steps(timers: list[Timer]) -> list[Owed]:
    """The steps that have not fired, each with its moment, whether it has come or not."""
    agenda = Agenda(timers)
    with_steps = [one for one in timers if agenda.open_steps(one)]
    hours = versions.of({one.calendar_id for one in with_steps}) if with_steps else {}
    found = []
    for timer in with_steps:
        reading = clocks.reading_of(timer, hours[timer.calendar_id][timer.calendar_version])
        for step in agenda.open_steps(timer):
            at = reckoning.moment(reading, step)
            if at is not None:
                found.append(Owed(timer, step, at))
    return found


def _stamp(timers: list[Timer], now: dt.datetime) -> list[Timer]:
    """Put `breached_at` on the clocks whose due moment has passed, and answer those: the rows are locked."""
    breached = [
        one for one in timers if one.breached_at is None and one.due_at is not None and one.due_at < now
    ]
    for timer in breached:
        timer.breached_at = timer.due_at
    return breached


def _save(timers: list[Timer], open_steps: list[Owed]) -> None:
    """Write a batch's breaches and next moments in one statement: a CASE of 500 branches costs more than the rest."""
    following = {one.pk: one.due_at if one.breached_at is None else None for one in timers}
    for step in open_steps:
        following[step.timer.pk] = min(step.at, following[step.timer.pk] or step.at)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE slas_timer t SET breached_at = v.breached_at, next_at = v.next_at"
            " FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS v (id, breached_at, next_at)"
            " WHERE t.id = v.id",
            [list(following), [one.breached_at for one in timers], list(following.values())],
        )


def _say(happened: list[events.ClockEvent]) -> None:
    """Record a batch, and call the subscribers that a single record would have called."""
    recording.record_many(happened)
    for kind, subscriber in recording.wiring.subscribers:
        for event in happened:
            if isinstance(event, kind):
                subscriber(event)


def _reassign_alone(by: Actor, owed: Owed, swept: Swept) -> None:
    """One step that gives the ticket to another team, in a transaction of its own; put off if it cannot be done now."""
    try:
        with scoping.scope(by.customers, compartments=by.compartments) as here:
            swept.reassigned += _reassign(by, owed, here.at)
    except Exception:
        logger.exception("step %s of timer %s failed, it is put off", owed.step.pk, owed.timer.pk)
        swept.failed += 1
        with scoping.scope(by.customers, compartments=by.compartments) as here:
            Timer.objects.filter(pk=owed.timer.pk, state=TimerState.RUNNING).update(next_at=here.at + PUT_OFF)


def _reassign(by: Actor, owed: Owed, now: dt.datetime) -> bool:
    """Whether the step was still owed, once ticket and timer were locked, and has fired now."""
    with locking.locked(owed.timer.ticket) as ticket:
        timer = Timer.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=owed.timer.pk)
        if timer.state != TimerState.RUNNING:
            return False
        open_steps = _open_steps([timer])
        still = [one for one in open_steps if one.step.pk == owed.step.pk and one.at < now]
        for one in still:
            refused = _give(ticket, one.step, by=by, at=now)
            _escalation(one, now, Outcome.REFUSED if refused else Outcome.REASSIGNED, refused).save()
            if ON_CALL in one.step.notify and not refused:
                one.timer.ticket.team_id = one.step.reassign_to_id  # in whose hands it is now
            recording.record(_escalated(one, by, now, _on_call([one], now), refused))
        _save([timer], [one for one in open_steps if one not in still])
    return bool(still)


def _give(ticket: Ticket, step: Step, *, by: Actor, at: dt.datetime) -> str:
    """Assign the ticket to the step's team. Returns the sentence of a refusal, or ""."""
    try:
        tickets.assign(ticket, by=by, at=at, team=step.reassign_to)
    except errors.Refused as refusal:
        return refusal.detail
    return ""


def _escalation(one: Owed, at: dt.datetime, outcome: Outcome, note: str = "") -> Escalation:
    return Escalation(
        customer_id=one.timer.customer_id,
        compartment=one.timer.compartment,
        timer=one.timer,
        step=one.step,
        due_at=one.at,
        fired_at=at,
        outcome=outcome,
        note=note[:300],
    )


def _on_call(fired: list[Owed], now: dt.datetime) -> Mapping[int | None, OnCall]:
    """Who is on call now in the teams of these tickets, where a step asks for that: who is told is there now, however
    late the step is."""
    teams = {one.timer.ticket.team_id for one in fired if ON_CALL in one.step.notify}
    return rotas.on_call(teams, now) if teams else {}


def _escalated(
    one: Owed, by: Actor, at: dt.datetime, duty: Mapping[int | None, OnCall], refused: str = ""
) -> events.Escalated:
    team = one.step.reassign_to
    standby = duty.get(one.timer.ticket.team_id) if ON_CALL in one.step.notify else None
    return events.Escalated(
        subject=one.timer.ticket,
        by=by,
        at=one.at,
        timer_id=one.timer.pk,
        metric=one.timer.metric,
        agreement=one.timer.choice.get("agreement", ""),
        due_at=one.timer.due_at,
        late_seconds=int((at - one.at).total_seconds()),
        step=str(one.step),
        percent=one.step.percent,
        offset_seconds=one.step.offset_seconds,
        notify=list(one.step.notify),
        team=team.name if team else None,
        refused=refused or None,
        on_call=[str(user) for user in standby.users] if standby else None,
        on_call_ids=[user.pk for user in standby.users] if standby else None,
        gap=standby.gap if standby else None,
        missing=(standby.missing or None) if standby else None,
    )


def _follow_calendars(by: Actor, behind: list[int], swept: Swept) -> set[int]:
    """Move clocks to the newest version of their business hours: each with its ticket in a transaction of its own.

    Stops when other clocks have waited long enough; the next sweep goes on. Returns the tickets that failed.
    """
    failed, until = set(), clock.monotonic() + MOST_SECONDS
    for ticket_id in dict.fromkeys(behind):
        if clock.monotonic() > until:
            break
        try:
            with scoping.scope(by.customers, compartments=by.compartments) as here:
                swept.moved += _follow(by, Ticket.objects.get(pk=ticket_id), here.at)
        except Exception:
            logger.exception("clocks of ticket %s could not follow their calendar", ticket_id)
            failed.add(ticket_id)
    swept.failed += len(failed)
    return failed


def _follow(by: Actor, ticket: Ticket, now: dt.datetime) -> int:
    """From the moment of the change on, however late it is noticed: no deadline passes by hours that hold no more."""
    moved = 0
    with locking.locked(ticket) as row:
        own = Clocks(row, by=by)
        for timer in own.left():
            newest = timer.calendar.version
            if timer.calendar_version < newest:
                changed_at = versions.changed_at(timer.calendar_id, timer.calendar_version + 1)
                own.mark(
                    timer, SegmentKind.RETARGETED, at=min(now, changed_at), cause=Cause.CALENDAR,
                    reason=timer.calendar.name, calendar_version=newest,
                )  # fmt: skip
                moved += 1
        own.write()
    return moved
