"""The outbox: a reply that was sent waits some seconds, can be taken back, and counts as said when it leaves.

Clocks, states and mail know nothing of a reply that waits (clocks.md, first_response). Who lets it leave locks the
row and deletes it in the transaction that says it: so it leaves once, whoever and how many try.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from tickets import locking, policy, processes
from tickets import verbs as doors
from tickets.actions import drafting
from tickets.choices import AfterSend, DraftKind, HoldKind
from tickets.models import PendingSend, Ticket

AGAIN = dt.timedelta(seconds=15)


def send_later(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    body: str,
    seconds: int,
    uploads: Iterable[str] = (),
    then: str = "",
    until: dt.datetime | None = None,
    caret: int | None = None,
    version: int | None = None,
) -> PendingSend:
    """Put a reply of the desk into the outbox for so many seconds; its draft becomes it.

    Raises Forbidden, NotAllowed (closed), Invalid (no text), Stale. Records nothing: nothing is said yet.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "reply", row)
        processes.of(row).workflow.check(row, "reply", body=body.strip())
        if then in (AfterSend.HOLD, AfterSend.SCHEDULED):
            policy.require(by, "hold", row)
        if then == AfterSend.SCHEDULED and (until is None or until <= at):
            raise errors.required("until", _("Say until when it waits: a moment that is still to come."))
        pending = PendingSend.objects.create(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, author_id=by.user_id,
            body=body, uploads=drafting.own_files(uploads, by), then=then, until=until, caret=caret,
            created_at=at, due_at=at + dt.timedelta(seconds=seconds),
        )  # fmt: skip
        drafting.drop_draft(place=row.number, kind=DraftKind.REPLY, by=by, at=at)
    return pending


def undo_send(pending_id: int, *, by: Actor, at: dt.datetime) -> Ticket:
    """Take one's reply back: text, files and caret go back into the editor. Raises NotFound (it has left)."""
    row = _lock(pending_id, by)
    ticket = row.ticket
    _give_back(row, by=by, at=at)
    return ticket


def send_now(pending_id: int, *, by: Actor, at: dt.datetime) -> Ticket:
    """Let one's reply leave before its time. Raises NotFound (it has left), and what a reply raises."""
    row = _lock(pending_id, by)
    return _say(row, by=by, at=at)


def release(pending_id: int, *, by: Actor, at: dt.datetime) -> bool:
    """Let a reply leave whose time has come; False where another one has it in hand, or it is not due.

    A reply that is refused now (its ticket was closed) goes back into its author's editor, with the reason.
    """
    rows = PendingSend.objects.select_for_update(skip_locked=True, of=("self",)).select_related("ticket")
    row = rows.filter(pk=pending_id, due_at__lte=at).first()
    if row is None:
        return False
    try:
        with transaction.atomic():
            _say(row, by=by, at=at)
    except errors.Refused as refusal:
        _give_back(row, by=by, at=at, problem=str(refusal.detail))
    return True


def put_off(pending_id: int, *, at: dt.datetime) -> None:
    """Try again in a while: it could not leave for a reason that is no rule's."""
    PendingSend.objects.filter(pk=pending_id).update(due_at=at + AGAIN)


def _lock(pending_id: int, by: Actor) -> PendingSend:
    rows = PendingSend.objects.select_for_update(of=("self",)).select_related("ticket")
    row = rows.filter(pk=pending_id, author_id=by.user_id).first()
    if row is None:
        raise errors.NotFound(_("This reply has left, or it is another's: it can no longer be taken back."))
    return row


def _give_back(row: PendingSend, *, by: Actor, at: dt.datetime, problem: str = "") -> None:
    drafting.give_back(
        place=row.ticket.number, by=by, at=at, body=row.body, uploads=row.uploads, caret=row.caret, problem=problem
    )  # fmt: skip
    row.delete()


def _say(row: PendingSend, *, by: Actor, at: dt.datetime) -> Ticket:
    ticket, files = row.ticket, [str(one) for one in row.uploads]
    said = _state_with_it(row, ticket, by) if not files else None
    if said is not None:
        done = doors.run(ticket, "hold", {**said, "message": row.body}, by=by, at=at)
    else:
        doors.run(ticket, "reply", {"body": row.body, "uploads": files}, by=by, at=at)
        done = _move_on(row, Ticket.objects.get(pk=ticket.pk, customer_id=ticket.customer_id), by=by, at=at)
    row.delete()
    return done


def _hold_of(row: PendingSend) -> dict[str, Any] | None:
    """What the hold of this reply needs, or None where it means no hold."""
    if row.then == AfterSend.HOLD:
        return {"reason": HoldKind.CUSTOMER}
    return {"reason": HoldKind.SCHEDULED, "until": row.until} if row.then == AfterSend.SCHEDULED else None


def _state_with_it(row: PendingSend, ticket: Ticket, by: Actor) -> dict[str, Any] | None:
    """The hold that says the reply itself: a question to the customer on a ticket that is in hand already."""
    if row.then != AfterSend.HOLD or not _can(ticket, "hold", by) or _can(ticket, "accept", by):
        return None
    return _hold_of(row)


def _move_on(row: PendingSend, ticket: Ticket, *, by: Actor, at: dt.datetime) -> Ticket:
    """The chosen state, where it is still a way from here: what others did in the meantime stands."""
    hold = _hold_of(row)
    if hold is not None and _can(ticket, "hold", by):
        return doors.run(ticket, "hold", hold, by=by, at=at)
    if row.then == AfterSend.RESUME and _can(ticket, "resume", by):
        return doors.run(ticket, "resume", {}, by=by, at=at)
    return ticket


def _can(ticket: Ticket, verb: str, by: Actor) -> bool:
    return any(one.verb == verb for one in policy.allowed(by, ticket))
