"""What happens to a ticket, as its clocks take it: in the ticket's own transaction, so that they never disagree.

`docs/clocks.md` has the table of what starts, stops, pauses and moves which clock.
"""

import datetime as dt
from collections.abc import Iterable

from journal.events import Audience
from slas import chain, matching, merging, metrics
from slas.choices import INNER, Cause, Metric, SegmentKind, TimerState
from slas.clocks import Clocks
from slas.models import Segment, Timer
from tickets import events
from tickets.choices import SPOKEN, HoldKind, Origin

FIRST_RESPONSE = frozenset({Metric.FIRST_RESPONSE.value})
RESPONSES = FIRST_RESPONSE | {Metric.NEXT_RESPONSE.value}
NEXT_UPDATE = frozenset({Metric.NEXT_UPDATE.value})


def opened(event: events.Opened) -> None:
    """Clocks run from the receipt; what was said in a conversation is answered. Imported history starts none."""
    ticket = event.subject
    if ticket.origin == Origin.IMPORT:
        return
    clocks = Clocks(ticket, by=event.by, is_new=True)
    for choice in matching.choose_at_opening(ticket, event.at):
        clocks.start(choice, at=ticket.opened_at, cause=Cause.OPENED)
    chain.taken_at_opening(clocks, event.at)
    if event.channel in SPOKEN:
        _stop(clocks, _of(clocks.timers, FIRST_RESPONSE), event, Cause.SPOKEN)
    clocks.write()


def replied(event: events.Replied) -> None:
    """A person of the desk answered in public: the response that was owed is given. Where the customer wrote, one is
    owed from now on."""
    if event.message.audience != Audience.PUBLIC or not event.is_human:
        return
    if event.is_from_customer:
        _owe_response(event)
    elif event.by.is_desk:
        _stop_responses(event, RESPONSES, Cause.REPLY)


def accepted(event: events.Accepted) -> None:
    """Where nobody waits for an answer (monitoring), a person who takes it in hand is the first response."""
    if event.subject.requester_id is None and event.by.is_human:
        _stop_responses(event, FIRST_RESPONSE, Cause.ACCEPTED)


def held(event: events.Held) -> None:
    """Clocks pause whose target says so for this kind of waiting."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in clocks.timers:
        own = metrics.find(event.subject, timer.metric)
        may = own is None or own.can_pause
        if timer.state == TimerState.RUNNING and may and event.kind in timer.target.pauses_on:
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
    """Service is restored: every clock stops, but what the process measures beyond that."""
    clocks = Clocks(event.subject, by=event.by)
    left = [
        one
        for one in clocks.left()
        if one.kind in INNER or not metrics.goes_on(event.subject, one.metric, event)
    ]
    _stop(clocks, left, event, Cause.RESOLVED)
    clocks.write()


def reopened(event: events.Reopened) -> None:
    """Clocks that the solution had stopped run on; the time between counts for nobody. A response stays given; words
    that came with the reopening are owed a new one."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in [*_stopped_by_solution(clocks), *chain.stopped_by_solution(clocks)]:
        clocks.mark(timer, SegmentKind.RUNNING, at=event.at, cause=Cause.REOPENED)
    if event.by.is_human and event.subject.last_customer_at == event.at:
        _begin_response(clocks, event.at)
    clocks.write()


def promised(event: events.UpdatePromised) -> None:
    """News was given, and where more is promised its clock runs from now: a cycle each."""
    clocks = Clocks(event.subject, by=event.by)
    _stop(clocks, _of(clocks.left(), NEXT_UPDATE), event, Cause.UPDATED)
    if event.next_update_at is not None:
        for choice in matching.choose(event.subject, event.at, NEXT_UPDATE, kept=clocks.versions()).values():
            clocks.start(choice, at=event.at, cause=Cause.PROMISED)
    clocks.write()


def unpromised(event: events.PromiseEnded) -> None:
    """No more news is owed: the clock ends without a verdict; a breach stays."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in _of(clocks.left(), NEXT_UPDATE):
        clocks.mark(timer, SegmentKind.CANCELLED, at=event.at, cause=Cause.WITHDRAWN, reason=event.reason)
    clocks.write()


def measured(event: events.TicketEvent) -> None:
    """What the process declares starts or ends with an event of its own: a cycle each."""
    ticket = event.subject
    own = metrics.declared(ticket.kind).values()
    starts = {one.name for one in own if not one.is_from_receipt and isinstance(event, one.starts)}
    stops = {one.name for one in own if isinstance(event, one.stops)}
    if not starts and (not stops or isinstance(event, events.Resolved | events.Closed)):
        return
    clocks = Clocks(ticket, by=event.by)
    _stop(clocks, _of(clocks.left(), frozenset(stops)), event, Cause.DONE)
    if ticket.origin != Origin.IMPORT or clocks.timers:
        missing = starts - {one.metric for one in clocks.left() if one.kind not in INNER}
        for choice in matching.choose(ticket, event.at, missing, kept=clocks.versions()).values():
            timer = clocks.start(choice, at=event.at, cause=Cause.BEGUN)
            if metrics.declared(ticket.kind)[choice.metric].can_pause:
                _pause_if_held(clocks, timer, event.at)
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


def merged(event: events.Merged) -> None:
    """A duplicate's clocks end without a verdict; its breaches stay."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in clocks.left():
        clocks.mark(timer, SegmentKind.CANCELLED, at=event.at, cause=Cause.MERGED, reason=event.into)
    clocks.write()


def unmerged(event: events.Unmerged) -> None:
    """What the merge had ended goes on from that moment, as if it had not been: no deadline has become later."""
    clocks = Clocks(event.subject, by=event.by)
    for timer in clocks.timers:
        if timer.state == TimerState.CANCELLED:
            kind = _before_merge(timer)
            if kind is not None:
                clocks.mark(timer, kind, at=event.merged_at, cause=Cause.UNMERGED, reason=event.into)
    clocks.write()


def backdated(event: events.Absorbed | events.Released) -> None:
    """The customer's clocks that are left count from the earliest receipt of all that is merged in (clocks.md, Moves):
    nobody had the other one in hand here before."""
    clocks = Clocks(event.subject, by=event.by)
    cause = Cause.MERGED if isinstance(event, events.Absorbed) else Cause.UNMERGED
    for timer in clocks.left():
        if timer.kind in INNER:
            continue
        found = merging.find_credit(timer, event.since, clocks.hours_of(timer))
        if found is not None:
            begin, credit = found
            clocks.mark(
                timer, SegmentKind.BACKDATED, at=event.at, cause=cause, reason=event.other,
                counts_from=begin, credit=credit,
            )  # fmt: skip
    clocks.write()


def _before_merge(timer: Timer) -> SegmentKind | None:
    """What a clock did when a merge ended it; None if something else did."""
    segments = list(timer.segments.exclude(kind=SegmentKind.CORRECTED).order_by("-id"))
    if segments[0].cause != Cause.MERGED:
        return None
    kinds = (SegmentKind.RUNNING, SegmentKind.PAUSED)
    return next(SegmentKind(one.kind) for one in segments if one.kind in kinds)


def changed(event: events.Changed) -> None:
    """Another target or calendar may apply now: time used stays as measured, the rest runs by the new one."""
    if not event.moves_clocks:
        return
    clocks = Clocks(event.subject, by=event.by)
    chosen = matching.choose_again(event.subject, event.at, clocks.left(), clocks.versions())
    for timer, choice in chosen:
        if (choice.target.pk, choice.calendar.pk) == (timer.target_id, timer.calendar_id):
            continue
        reason = _what_changed(event)
        clocks.mark(
            timer, SegmentKind.RETARGETED, at=event.at, cause=Cause.RETARGETED, reason=reason, choice=choice
        )
    clocks.write()


def _stop_responses(event: events.TicketEvent, metrics: frozenset[str], cause: Cause) -> None:
    clocks = Clocks(event.subject, by=event.by)
    _stop(clocks, _of(clocks.left(), metrics), event, cause)
    clocks.write()


def _owe_response(event: events.Replied) -> None:
    """The customer wrote to an open ticket; a resolved one is asked again when it is reopened."""
    if event.subject.is_open:
        clocks = Clocks(event.subject, by=event.by)
        _begin_response(clocks, event.at)
        clocks.write()


def _begin_response(clocks: Clocks, at: dt.datetime) -> None:
    """Start the next cycle of the response, unless an older message still waits for its own (the first one's clock is
    the first response). Imported history has no clocks, and gets none by this."""
    ticket = clocks.ticket
    if _of(clocks.left(), RESPONSES) or (ticket.origin == Origin.IMPORT and not clocks.timers):
        return
    for choice in matching.choose(ticket, at, RESPONSES - FIRST_RESPONSE, kept=clocks.versions()).values():
        timer = clocks.start(choice, at=at, cause=Cause.ASKED)
        if ticket.hold_kind != HoldKind.CUSTOMER:  # an answer ends it at once: nothing to pause for
            _pause_if_held(clocks, timer, at)


def _pause_if_held(clocks: Clocks, timer: Timer, at: dt.datetime) -> None:
    """A clock that starts while its ticket waits for something that pauses it waits too."""
    ticket = clocks.ticket
    if ticket.hold_kind and ticket.hold_kind in timer.target.pauses_on:
        reason = ticket.hold_reason.name if ticket.hold_reason else ""
        clocks.mark(timer, SegmentKind.PAUSED, at=at, cause=Cause.HOLD, reason=reason)


def _stopped_by_solution(clocks: Clocks) -> list[Timer]:
    """The clocks that go on when a ticket is reopened: of those with cycles only one that the solution cut short."""
    stopped = [
        one
        for one in clocks.timers
        if one.state == TimerState.STOPPED and one.metric not in RESPONSES and one.kind not in INNER
    ]
    again = [one.pk for one in stopped if metrics.has_own_course(clocks.ticket, one.metric)]
    if not again:
        return stopped
    rows = Segment.objects.filter(timer_id__in=again).exclude(kind=SegmentKind.CORRECTED)
    last = rows.order_by("timer_id", "-id").distinct("timer_id")
    causes = dict(last.values_list("timer_id", "cause"))
    return [one for one in stopped if causes.get(one.pk, Cause.RESOLVED) in (Cause.RESOLVED, Cause.CLOSED)]


def _stop(clocks: Clocks, timers: Iterable[Timer], event: events.TicketEvent, cause: Cause) -> None:
    for timer in timers:
        clocks.mark(timer, SegmentKind.STOPPED, at=event.at, cause=cause)


def _of(timers: Iterable[Timer], metrics: frozenset[str]) -> list[Timer]:
    """The customer's clocks of these metrics: a team or a supplier answers to nobody outside."""
    return [one for one in timers if one.metric in metrics and one.kind not in INNER]


def _what_changed(event: events.Changed) -> str:
    """`priority 3 → 1, service vpn → mail`: the fields that can move a clock, as the journal has them."""
    moved = {
        name: event.changes[name]
        for name in ("priority", "service", "category", "site", "configuration_items")
        if name in event.changes
    }
    return ", ".join(f"{name} {before or '–'} → {after or '–'}" for name, (before, after) in moved.items())
