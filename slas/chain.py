"""The inner clocks of a ticket: one for each team that has it in hand (OLA), one for each supplier (UC, internal).

They begin when it comes into these hands, a cycle each, and stop when it leaves them or is resolved. Taken in hand by
a person, or accepted by the supplier, is the first response. They never promise anything to a customer, and nothing is
asked of the clocks where nothing inner was agreed.
"""

import datetime as dt
from collections.abc import Iterable

from slas import matching
from slas.choices import INNER, SUPPLIED, AgreementKind, Cause, Metric, SegmentKind, TimerState
from slas.clocks import Clocks
from slas.models import Agreement, Segment, Timer
from tickets import events, handovers
from tickets.choices import Origin


def taken_at_opening(clocks: Clocks, at: dt.datetime) -> None:
    """A ticket that comes with a person is in hand already."""
    if clocks.ticket.assignee_id is not None:
        _respond(clocks, _teams(clocks.timers), at)


def assigned(event: events.Assigned) -> None:
    """Another team has it: its clock begins, the one before stops. A person has it: that is the response."""
    is_moved, is_taken = event.team != event.was_team, event.assignee not in (None, event.was_assignee)
    if (is_moved or is_taken) and _is_agreed():
        clocks = Clocks(event.subject, by=event.by)
        if is_moved:
            _move(clocks, event.at)
        if event.assignee is not None:
            _respond(clocks, _teams(clocks.left()), event.at)
        clocks.write()


def escalated(event: events.EscalatedTo) -> None:
    """A functional escalation gives it to another team."""
    if event.team_id is not None and _is_agreed():
        clocks = Clocks(event.subject, by=event.by)
        _move(clocks, event.at)
        clocks.write()


def accepted(event: events.Accepted) -> None:
    """A person took it in hand."""
    if event.by.is_human and _is_agreed():
        clocks = Clocks(event.subject, by=event.by)
        _respond(clocks, _teams(clocks.left()), event.at)
        clocks.write()


def handed_over(event: events.HandedOver) -> None:
    """A supplier has it in hand: the clock of the contract with him begins."""
    found = handovers.find_open(event.subject) if _is_agreed() else None
    if found is not None:
        clocks = Clocks(event.subject, by=event.by)
        _begin(clocks, event.at, supplier_id=found.party_id)
        clocks.write()


def handover_accepted(event: events.HandoverAccepted) -> None:
    """The supplier said that he took it."""
    if _is_agreed():
        clocks = Clocks(event.subject, by=event.by)
        _respond(clocks, _suppliers(clocks.left()), event.at)
        clocks.write()


def handover_ended(event: events.HandoverEnded) -> None:
    """The supplier has it no longer."""
    if _is_agreed():
        clocks = Clocks(event.subject, by=event.by)
        _stop(clocks, _suppliers(clocks.left()), event.at)
        clocks.write()


def stopped_by_solution(clocks: Clocks) -> list[Timer]:
    """The inner clocks that run on when a ticket is reopened: of those whose hands it is still in."""
    ended = [
        one
        for one in clocks.timers
        if one.kind in INNER and one.state == TimerState.STOPPED and one.metric != Metric.FIRST_RESPONSE
    ]
    if not ended:
        return []
    rows = Segment.objects.filter(timer_id__in=[one.pk for one in ended]).exclude(kind=SegmentKind.CORRECTED)
    causes = dict(rows.order_by("timer_id", "-id").distinct("timer_id").values_list("timer_id", "cause"))
    found = handovers.find_open(clocks.ticket)
    party = found.party_id if found else None
    here = [
        one
        for one in ended
        if (one.team_id and one.team_id == clocks.ticket.team_id)
        or (one.supplier_id and one.supplier_id == party)
    ]
    return [one for one in here if causes.get(one.pk) in (Cause.RESOLVED, Cause.CLOSED)]


def _is_agreed() -> bool:
    """Whether anything inner was ever agreed: the one thing that an installation without such agreements is asked."""
    return Agreement.objects.filter(kind__in=INNER).exists()


def _move(clocks: Clocks, at: dt.datetime) -> None:
    """Stop the clocks of teams that have it no longer, and begin those of the one that has it now."""
    team_id = clocks.ticket.team_id
    _stop(clocks, [one for one in _teams(clocks.left()) if one.team_id != team_id], at)
    if team_id is not None and not any(one.team_id == team_id for one in _teams(clocks.left())):
        _begin(clocks, at, team_id=team_id)


def _begin(
    clocks: Clocks, at: dt.datetime, *, team_id: int | None = None, supplier_id: int | None = None
) -> None:
    """Start a cycle for who has it in hand now, paused where the ticket waits for what its target pauses on. Imported
    history has no clocks, and gets none by this."""
    ticket = clocks.ticket
    if not ticket.is_open or (ticket.origin == Origin.IMPORT and not clocks.timers):
        return
    chosen = matching.choose_inner(ticket, at, team_id=team_id, supplier_id=supplier_id)
    for choice in chosen.values():
        timer = clocks.start(choice, at=at, cause=Cause.HANDED_OVER)
        if ticket.hold_kind and ticket.hold_kind in choice.target.pauses_on:
            reason = ticket.hold_reason.name if ticket.hold_reason else ""
            clocks.mark(timer, SegmentKind.PAUSED, at=at, cause=Cause.HOLD, reason=reason)


def _respond(clocks: Clocks, timers: Iterable[Timer], at: dt.datetime) -> None:
    for timer in timers:
        if timer.metric == Metric.FIRST_RESPONSE:
            clocks.mark(timer, SegmentKind.STOPPED, at=at, cause=Cause.ACCEPTED)


def _stop(clocks: Clocks, timers: Iterable[Timer], at: dt.datetime) -> None:
    for timer in timers:
        clocks.mark(timer, SegmentKind.STOPPED, at=at, cause=Cause.HANDED_ON)


def _teams(timers: Iterable[Timer]) -> list[Timer]:
    return [one for one in timers if one.kind == AgreementKind.OLA]


def _suppliers(timers: Iterable[Timer]) -> list[Timer]:
    return [one for one in timers if one.kind in SUPPLIED]
