"""The verbs of an incident (ISO/IEC 20000-1 8.6.1). What all tickets share lies in tickets.actions."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from incidents.choices import KIND, Code
from incidents.models import Incident
from journal import recording
from tickets import events, life, processes, queries, reference, writing
from tickets.actions import messages, moving, opening
from tickets.models import Ticket


def open(
    new: opening.Opening,
    *,
    by: Actor,
    at: dt.datetime,
    impact_from: dt.datetime | None = None,
    effect: str = "",
) -> Ticket:
    """Record an incident (8.6.1 a). Raises Forbidden, Invalid. Records incident.opened."""
    ticket, first = opening.open_ticket(processes.of(KIND), new, by=by, at=at)
    detail = Incident(
        ticket=ticket, customer_id=ticket.customer_id, compartment=ticket.compartment,
        impact_from=impact_from, effect=effect,
    )  # fmt: skip
    writing.dated(detail, by=by, at=at, verb="open")
    detail.save(force_insert=True)
    recording.record(events.Opened(subject=ticket, by=by, at=at, channel=new.channel, opening=first))
    return ticket


def accept(ticket: Ticket, *, by: Actor, at: dt.datetime, version: int | None = None) -> Ticket:
    """Take a new incident in hand; nobody's becomes the actor's. Raises Forbidden, NotAllowed, Stale.
    Records incident.accepted."""

    def take(row: Ticket) -> None:
        if row.assignee_id is None and by.is_human:
            row.assignee_id = by.user_id

    return moving.move(ticket, "accept", by=by, at=at, says=events.Accepted, version=version, also=take)


def resolve(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    code: str,
    note: str,
    children: Sequence[Ticket] = (),
    version: int | None = None,
) -> Ticket:
    """Restore service and end the technical work (8.6.1). `note` is for the customer. `children`: open children that
    are resolved with the same code and text, each by an action of its own; one that is refused undoes all.

    Raises Forbidden, NotAllowed, Invalid (no code, text, service or category; no child of this one), Stale.
    Records incident.resolved.
    """
    note = note.strip()

    def write(row: Ticket) -> None:
        row.category = row.category or reference.category_for(row.service_id)
        _put(row, by=by, at=at, verb="resolve", code=code, resolution=note)

    given = {"code": code, "note": note}
    row = moving.move(
        ticket, "resolve", by=by, at=at, says=events.Resolved, version=version, given=given, also=write
    )
    _resolve_children(row, children, by=by, at=at, **given)
    return row


def close(ticket: Ticket, *, by: Actor, at: dt.datetime, version: int | None = None) -> Ticket:
    """Confirm that it works and end the record (8.6.1). Raises Forbidden, NotAllowed, Invalid (open children), Stale.
    Records incident.closed."""
    return moving.move(ticket, "close", by=by, at=at, says=events.Closed, version=version)


def reopen(
    ticket: Ticket, *, by: Actor, at: dt.datetime, message: str = "", version: int | None = None
) -> Ticket:
    """The solution did not hold: work goes on, at the receipt of the answer. Raises Forbidden, NotAllowed,
    Invalid (the window is over), Stale. Records incident.reopened, after the message that says why."""

    def say(row: Ticket) -> None:
        if not life.may_reopen(row, at):
            raise errors.Invalid(
                _("%(number)s was resolved too long ago to be opened again: follow it up in a new one.")
                % {"number": row.number}
            )
        if message.strip():
            messages.say(row, by=by, at=at, body=message)

    def count(row: Ticket) -> None:
        row.reopen_count += 1

    return moving.move(
        ticket, "reopen", by=by, at=at, says=events.Reopened, version=version, before=say, also=count
    )


def cancel(ticket: Ticket, *, by: Actor, at: dt.datetime, reason: str, version: int | None = None) -> Ticket:
    """Withdraw an incident that is none (any more). Never removes a breach. Raises Forbidden, NotAllowed, Invalid
    (no reason), Stale. Records incident.cancelled."""
    reason = reason.strip()

    def write(row: Ticket) -> None:
        _put(row, by=by, at=at, verb="cancel", cancel_reason=reason)

    return moving.move(
        ticket,
        "cancel",
        by=by,
        at=at,
        says=events.Cancelled,
        version=version,
        given={"reason": reason},
        also=write,
    )


def values_of_duplicate(into: Ticket) -> dict[str, str]:
    """What a merged incident says about its end."""
    return {"code": Code.DUPLICATE, "resolution": _("Merged into %(number)s.") % {"number": into.number}}


def note_end(row: Ticket, reason: str, by: Actor, at: dt.datetime) -> None:
    """Why an incident ended without being solved; not an action."""
    _put(row, by=by, at=at, verb="cancel", cancel_reason=reason)


def _resolve_children(
    row: Ticket, children: Sequence[Ticket], *, by: Actor, at: dt.datetime, code: str, note: str
) -> None:
    own = {one.pk for one in queries.open_children(row, by)} if children else set()
    for child in children:
        if child.pk not in own:
            raise errors.required(
                "children",
                _("%(child)s is no open child of %(number)s.")
                % {"child": child.number, "number": row.number},
            )
        resolve(child, by=by, at=at, code=code, note=note)


def _put(row: Ticket, *, by: Actor, at: dt.datetime, verb: str, **columns: object) -> None:
    detail = Incident.objects.get(pk=row.pk)
    for name, value in columns.items():
        setattr(detail, name, value)
    writing.dated(detail, by=by, at=at, verb=verb)
    detail.save()
