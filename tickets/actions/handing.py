"""Handing a ticket to a supplier and taking it back (8.3.4): his own audience, his own number, his own deeds."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from customers.models import Organization
from journal import recording
from journal.events import Audience
from tickets import events, handovers, locking, policy, processes, writing
from tickets.actions import hands, holding, messages
from tickets.choices import HoldKind
from tickets.models import Ticket


def hand_over(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    supplier: Organization,
    message: str,
    their_reference: str = "",
    uploads: Sequence[str] = (),
    version: int | None = None,
) -> Ticket:
    """Give a ticket to a supplier, with the words he starts from; the desk keeps it, and its clocks run on.

    He sees the number, the title and what is said to him from now on; nothing of the customer's words.
    Raises Forbidden, NotAllowed, Invalid (no words, he has it already), Stale. Records `<kind>.handed_over`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "hand_over", row)
        processes.of(row).workflow.check(row, "hand_over", supplier=supplier, message=message.strip())
        if handovers.is_with(row, {supplier.pk}):
            raise errors.required("supplier", _("%(name)s has it in hand already.") % {"name": supplier})
        hands.begin(row, supplier, by=by, at=at, reference=their_reference)
        messages.say(row, by=by, at=at, body=message, audience=Audience.SUPPLIER, uploads=uploads)
        writing.save(row, by=by, at=at, verb="hand_over")
    return row


def take_back(
    ticket: Ticket, *, by: Actor, at: dt.datetime, reason: str, version: int | None = None
) -> Ticket:
    """Take a ticket out of a supplier's hands. Raises Forbidden, NotAllowed, Invalid (nobody has it, no reason), Stale.
    Records `<kind>.handover_ended`."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "take_back", row)
        processes.of(row).workflow.check(row, "take_back", reason=reason.strip())
        _end(row, by=by, at=at, cause="taken_back", reason=reason.strip())
    return row


def accept_handover(
    ticket: Ticket, *, by: Actor, at: dt.datetime, their_reference: str = "", version: int | None = None
) -> Ticket:
    """The supplier says that he took it, and under which number. Raises Forbidden, NotAllowed, Invalid, Stale.
    Records `<kind>.handover_accepted`."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "accept_handover", row)
        processes.of(row).workflow.check(row, "accept_handover")
        found = handovers.get_open(row)
        found.accepted_at = found.accepted_at or at
        found.reference = their_reference.strip() or found.reference
        found.save(update_fields=["accepted_at", "reference"])
        writing.touch(row, at=at)
        recording.record(
            events.HandoverAccepted(
                subject=row, by=by, at=at, supplier=str(found.party), reference=found.reference
            )
        )
    return row


def ask_back(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    body: str,
    uploads: Sequence[str] = (),
    version: int | None = None,
) -> Ticket:
    """The supplier needs to know something before he can go on. Raises Forbidden, NotAllowed, Invalid, Stale.
    Records `<kind>.supplier_replied`."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "ask_back", row)
        processes.of(row).workflow.check(row, "ask_back", body=body.strip())
        found = handovers.get_open(row)
        found.asked_at = found.asked_at or at
        found.save(update_fields=["asked_at"])
        messages.say(row, by=by, at=at, body=body, audience=Audience.SUPPLIER, uploads=uploads)
    return row


def hand_back(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    body: str,
    uploads: Sequence[str] = (),
    version: int | None = None,
) -> Ticket:
    """The supplier is done, and says what he did; a hold that waited for him ends.

    Raises Forbidden, NotAllowed, Invalid (no words), Stale. Records `<kind>.handover_ended`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "hand_back", row)
        processes.of(row).workflow.check(row, "hand_back", body=body.strip())
        messages.say(row, by=by, at=at, body=body, audience=Audience.SUPPLIER, uploads=uploads)
        _end(row, by=by, at=at, cause="handed_back")
    return row


def _end(row: Ticket, *, by: Actor, at: dt.datetime, cause: str, reason: str = "") -> None:
    hands.close(row, by=by, at=at, cause=cause, reason=reason)
    if row.hold_kind == HoldKind.SUPPLIER:
        holding.end_hold(row, by=by, at=at, cause=cause)
    else:
        writing.save(row, by=by, at=at, verb=cause)
