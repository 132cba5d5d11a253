"""Hold and resume: waiting says for whom, and needs what that kind of waiting needs (clocks.md, Holds)."""

import datetime as dt

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor, Side
from customers.models import Organization
from journal import recording
from journal.events import Audience
from tickets import events, handovers, life, locking, policy, processes, reference, writing
from tickets.actions import hands, messages
from tickets.choices import HoldKind, MessageKind
from tickets.models import HoldReason, Message, Ticket


def hold(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    reason: HoldReason | str,
    message: str = "",
    until: dt.datetime | None = None,
    supplier: Organization | None = None,
    their_reference: str = "",
    version: int | None = None,
) -> Ticket:
    """Let a ticket wait (8.6.1). `customer` needs a public question, `supplier` a handover, `scheduled` an `until`.

    Raises Forbidden, NotAllowed, Invalid, Stale. Records `<kind>.held`; a question is a message of its own first.
    """
    if isinstance(reason, str):
        reason = reference.find_hold_reason(reason)
    with locking.locked(ticket, version) as row:
        policy.require(by, "hold", row)
        flow = processes.of(row).workflow
        flow.check(row, "hold", reason=reason)
        _check_need(row, reason, message=message, until=until, supplier=supplier, at=at)
        if message.strip():
            messages.say(row, by=by, at=at, body=message)
        if reason.kind == HoldKind.SUPPLIER and supplier:
            hands.begin(row, supplier, by=by, at=at, reference=their_reference)
        left = flow.move(row, "hold", at=at)
        row.hold_kind, row.hold_reason, row.hold_until = reason.kind, reason, until
        life.plan(row, at)
        writing.save(row, by=by, at=at, verb="hold")
        recording.record(
            events.Held(
                subject=row, by=by, at=at, from_state=left, to_state=row.state,
                kind=reason.kind, reason=reason.name, until=until,
            )
        )  # fmt: skip
    return row


def resume(
    ticket: Ticket, *, by: Actor, at: dt.datetime, version: int | None = None, cause: str | None = None
) -> Ticket:
    """End the waiting: the clocks run on. A requester says "you are not waiting for me" with it.

    Raises Forbidden, NotAllowed, Stale. Records `<kind>.resumed`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "resume", row)
        processes.of(row).workflow.check(row, "resume")
        if by.side == Side.CUSTOMER and row.hold_kind != HoldKind.CUSTOMER:
            raise errors.Invalid(_("This does not wait for you: the desk will go on by itself."))
        end_hold(row, by=by, at=at, cause=cause or ("not_waiting" if by.side == Side.CUSTOMER else "agent"))
    return row


def wake(ticket: Ticket, *, by: Actor, at: dt.datetime) -> Ticket:
    """Resume a scheduled hold whose time has come; does nothing where somebody was faster. Records `resumed`."""
    with locking.locked(ticket) as row:
        if row.hold_kind == HoldKind.SCHEDULED and row.hold_until and row.hold_until <= at:
            end_hold(row, by=by, at=row.hold_until, cause="until")
    return row


def end_hold(row: Ticket, *, by: Actor, at: dt.datetime, cause: str) -> None:
    """The common end of a hold, on a locked row: state, handover, journal."""
    left = processes.of(row).workflow.move(row, "resume", at=at)
    if row.hold_kind == HoldKind.SUPPLIER:
        hands.close(row, by=by, at=at, cause="resumed")
    clear(row)
    life.plan(row, at)
    writing.save(row, by=by, at=at, verb="resume")
    recording.record(
        events.Resumed(subject=row, by=by, at=at, from_state=left, to_state=row.state, cause=cause)
    )


def clear(row: Ticket) -> None:
    """Take the hold off the row; any verb that leaves the waiting state does this."""
    row.hold_kind, row.hold_reason, row.hold_until = "", None, None


def _check_need(
    row: Ticket,
    reason: HoldReason,
    *,
    message: str,
    until: dt.datetime | None,
    supplier: Organization | None,
    at: dt.datetime,
) -> None:
    if row.is_major:
        raise errors.Invalid(
            _("A major incident is never put on hold: its clocks run until service is restored.")
        )
    if reason.kind == HoldKind.CUSTOMER and not message.strip() and not _has_open_question(row):
        raise errors.required(
            "message", _("To wait for the customer, ask a question: it is sent with the hold.")
        )
    if reason.kind == HoldKind.SCHEDULED and (until is None or until <= at):
        raise errors.required("until", _("To schedule this, say until when: a time that is still to come."))
    if reason.kind == HoldKind.SUPPLIER and supplier is None and not handovers.is_open(row):
        raise errors.required("supplier", _("To wait for a supplier, say which one has it in hand."))
    if (
        reason.kind in (HoldKind.CHANGE, HoldKind.PROBLEM)
        and not row.links.filter(other__kind=reason.kind).exists()
    ):
        raise errors.required("reason", _("To wait for a %(kind)s, link it first.") % {"kind": reason.kind})


def _has_open_question(row: Ticket) -> bool:
    """Whether the desk has said something in public since the customer's last message."""
    said = Message.objects.filter(
        ticket=row,
        customer_id=row.customer_id,
        kind=MessageKind.REPLY,
        audience=Audience.PUBLIC,
        is_from_customer=False,
    )
    return (said.filter(at__gt=row.last_customer_at) if row.last_customer_at else said).exists()
