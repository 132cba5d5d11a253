"""What happens to a ticket, as its clocks take it: in the ticket's own transaction, so that they never disagree.

`docs/clocks.md` has the table of what starts, stops, pauses and moves which clock.
"""

from collections.abc import Iterable

from journal.events import Audience
from slas import matching
from slas.choices import Cause, Metric, SegmentKind, TimerState
from slas.clocks import Clocks
from slas.models import Timer
from tickets import events
from tickets.choices import SPOKEN, Origin

FIRST_RESPONSE = frozenset({Metric.FIRST_RESPONSE.value})


def opened(event: events.Opened) -> None:
    """Clocks run from the receipt; what was said in a conversation is answered. Imported history starts none."""
    ticket = event.subject
    if ticket.origin == Origin.IMPORT:
        return
    clocks = Clocks(ticket, by=event.by, is_new=True)
    for choice in matching.choose(ticket, event.at).values():
        clocks.start(choice, at=ticket.opened_at, cause=Cause.OPENED)
    if event.channel in SPOKEN:
        _stop(clocks, _of(clocks.timers, FIRST_RESPONSE), event, Cause.SPOKEN)
    clocks.write()


def replied(event: events.Replied) -> None:
    """A person of the desk answered in public: the first response is given."""
    is_public = event.message.audience == Audience.PUBLIC
    if is_public and event.is_human and event.by.is_desk and not event.is_from_customer:
        _stop_first_response(event, Cause.REPLY)


def accepted(event: events.Accepted) -> None:
    """Where nobody waits for an answer (monitoring), a person who takes it in hand is the first response."""
    if event.subject.requester_id is None and event.by.is_human:
        _stop_first_response(event, Cause.ACCEPTED)


def held(event: events.Held) -> None:
    """Clocks pause whose target says so for this kind of waiting."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in clocks.timers:
        if timer.state == TimerState.RUNNING and event.kind in timer.target.pauses_on:
            clocks.mark(timer, SegmentKind.PAUSED, at=event.at, cause=Cause.HOLD, reason=event.reason)
    clocks.write()


def resumed(event: events.Resumed) -> None:
    """What was paused runs on."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in clocks.timers:
        if timer.state == TimerState.PAUSED:
            clocks.mark(timer, SegmentKind.RUNNING, at=event.at, cause=event.cause)
    clocks.write()


def resolved(event: events.Resolved) -> None:
    """Service is restored: every clock stops."""
    clocks = Clocks(event.subject, by=event.by)
    _stop(clocks, clocks.left(), event, Cause.RESOLVED)
    clocks.write()


def reopened(event: events.Reopened) -> None:
    """Clocks that the solution had stopped run on; the time between counts for nobody. A first response stays given."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in clocks.timers:
        if timer.state == TimerState.STOPPED and timer.metric not in FIRST_RESPONSE:
            clocks.mark(timer, SegmentKind.RUNNING, at=event.at, cause=Cause.REOPENED)
    clocks.write()


def closed(event: events.Closed) -> None:
    """A process that closes without resolving first leaves no clock running."""
    clocks = Clocks(event.subject, by=event.by)
    _stop(clocks, clocks.left(), event, Cause.CLOSED)
    clocks.write()


def cancelled(event: events.Cancelled) -> None:
    """Clocks end without a verdict; a breach stays."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in clocks.left():
        clocks.mark(timer, SegmentKind.CANCELLED, at=event.at, cause=Cause.CANCELLED, reason=event.reason)
    clocks.write()


def changed(event: events.Changed) -> None:
    """Another target or calendar may apply now: time used stays as measured, the rest runs by the new one."""
    if not event.moves_clocks:
        return
    clocks = Clocks(event.subject, by=event.by)
    left = clocks.left()
    chosen = matching.choose(event.subject, event.at) if left else {}
    for timer in left:
        choice = chosen.get(timer.metric)
        if choice is None or (choice.target.pk, choice.calendar.pk) == (timer.target_id, timer.calendar_id):
            continue
        reason = _what_changed(event)
        clocks.mark(
            timer, SegmentKind.RETARGETED, at=event.at, cause=Cause.RETARGETED, reason=reason, choice=choice
        )
    clocks.write()


def _stop_first_response(event: events.TicketEvent, cause: Cause) -> None:
    clocks = Clocks(event.subject, by=event.by)
    _stop(clocks, _of(clocks.left(), FIRST_RESPONSE), event, cause)
    clocks.write()


def _stop(clocks: Clocks, timers: Iterable[Timer], event: events.TicketEvent, cause: Cause) -> None:
    for timer in timers:
        clocks.mark(timer, SegmentKind.STOPPED, at=event.at, cause=cause)


def _of(timers: Iterable[Timer], metrics: frozenset[str]) -> list[Timer]:
    return [one for one in timers if one.metric in metrics]


def _what_changed(event: events.Changed) -> str:
    """`priority 3 → 1, service vpn → mail`: the fields that can move a clock, as the journal has them."""
    moved = {
        name: event.changes[name]
        for name in ("priority", "service", "category", "site")
        if name in event.changes
    }
    return ", ".join(f"{name} {before or '–'} → {after or '–'}" for name, (before, after) in moved.items())
