"""The verbs of an incident (ISO/IEC 20000-1 8.6.1). What all tickets share lies in tickets.actions."""

import datetime as dt

from core.actor import Actor
from incidents.choices import KIND
from incidents.models import Incident
from incidents.workflow import FLOW
from journal import recording
from tickets import events, locking, policy, processes, writing
from tickets.actions import holding, messages, opening
from tickets.models import Ticket


def open(
    new: opening.Opening,
    *,
    by: Actor,
    at: dt.datetime,
    impact_from: dt.datetime | None = None,
    effect: str = "",
) -> Ticket:
    """Record an incident (8.6.1 a). Raises Forbidden, Invalid. Records incident.opened.

    Opened while talking (phone, chat, in person) by the desk, it is in that agent's hands from the start.
    """
    ticket, first = opening.open_ticket(processes.of(KIND), new, by=by, at=at)
    detail = Incident(
        ticket=ticket, customer_id=ticket.customer_id, compartment=ticket.compartment,
        impact_from=impact_from, effect=effect, extra=new.extra,
    )  # fmt: skip
    writing.dated(detail, by=by, at=at, verb="open")
    detail.save(force_insert=True)
    recording.record(events.Opened(subject=ticket, by=by, at=at, channel=new.channel, opening=first))
    return ticket


def accept(ticket: Ticket, *, by: Actor, at: dt.datetime, version: int | None = None) -> Ticket:
    """Take a new incident in hand; nobody's becomes the actor's. Raises Forbidden, NotAllowed, Stale.
    Records incident.accepted."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "accept", row)
        FLOW.check(row, "accept")
        left = FLOW.move(row, "accept", at=at)
        if row.assignee_id is None and by.is_human:
            row.assignee_id = by.user_id
        writing.save(row, by=by, at=at, verb="accept")
        recording.record(events.Accepted(subject=row, by=by, at=at, from_state=left, to_state=row.state))
    return row


def resolve(
    ticket: Ticket, *, by: Actor, at: dt.datetime, code: str, note: str, version: int | None = None
) -> Ticket:
    """Restore service and end the technical work (8.6.1). `note` is for the customer.

    Raises Forbidden, NotAllowed, Invalid (no code, text, service or category), Stale. Records incident.resolved.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "resolve", row)
        FLOW.check(row, "resolve", code=code, note=note.strip())
        left = FLOW.move(row, "resolve", at=at)
        holding.clear(row)
        writing.save(row, by=by, at=at, verb="resolve")
        _put(row, by=by, at=at, verb="resolve", code=code, resolution=note.strip())
        recording.record(
            events.Resolved(
                subject=row, by=by, at=at, from_state=left, to_state=row.state, code=code, note=note.strip()
            )
        )
    return row


def close(ticket: Ticket, *, by: Actor, at: dt.datetime, version: int | None = None) -> Ticket:
    """Confirm that it works and end the record (8.6.1). Raises Forbidden, NotAllowed, Invalid (open children), Stale.
    Records incident.closed."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "close", row)
        FLOW.check(row, "close")
        left = FLOW.move(row, "close", at=at)
        writing.save(row, by=by, at=at, verb="close")
        recording.record(events.Closed(subject=row, by=by, at=at, from_state=left, to_state=row.state))
    return row


def reopen(
    ticket: Ticket, *, by: Actor, at: dt.datetime, message: str = "", version: int | None = None
) -> Ticket:
    """The solution did not hold: work goes on, at the receipt of the answer. Raises Forbidden, NotAllowed, Stale.
    Records incident.reopened, after the message that says why."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "reopen", row)
        FLOW.check(row, "reopen")
        if message.strip():
            messages.say(row, by=by, at=at, body=message)
        resolved_at = row.resolved_at
        left = FLOW.move(row, "reopen", at=at)
        row.reopen_count += 1
        writing.save(row, by=by, at=at, verb="reopen")
        recording.record(
            events.Reopened(
                subject=row, by=by, at=at, from_state=left, to_state=row.state, resolved_at=resolved_at
            )
        )
    return row


def cancel(ticket: Ticket, *, by: Actor, at: dt.datetime, reason: str, version: int | None = None) -> Ticket:
    """Withdraw an incident that is none (any more). Never removes a breach. Raises Forbidden, NotAllowed, Invalid
    (no reason), Stale. Records incident.cancelled."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "cancel", row)
        FLOW.check(row, "cancel", reason=reason.strip())
        left = FLOW.move(row, "cancel", at=at)
        holding.clear(row)
        writing.save(row, by=by, at=at, verb="cancel")
        _put(row, by=by, at=at, verb="cancel", cancel_reason=reason.strip())
        recording.record(
            events.Cancelled(
                subject=row, by=by, at=at, from_state=left, to_state=row.state, reason=reason.strip()
            )
        )
    return row


def _put(row: Ticket, *, by: Actor, at: dt.datetime, verb: str, **columns: object) -> None:
    detail = Incident.objects.get(pk=row.pk)
    for name, value in columns.items():
        setattr(detail, name, value)
    writing.dated(detail, by=by, at=at, verb=verb)
    detail.save()
