"""Who outside the provider has a ticket in hand: asked once per ticket, however many verbs want to know."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core import errors
from tickets.models import Handover, Ticket


def find_open(ticket: Ticket) -> Handover | None:
    """The handover in force, or None. Kept on the ticket that was asked about."""
    if not hasattr(ticket, "open_handover"):
        rows = Handover.objects.filter(ticket=ticket, customer_id=ticket.customer_id, to_at=None)
        ticket.open_handover = rows.select_related("party").first()
    return ticket.open_handover


def get_open(ticket: Ticket) -> Handover:
    """The handover in force. Raises Invalid where nobody outside has the ticket."""
    found = find_open(ticket)
    if found is None:
        raise errors.Invalid(_("No supplier has %(number)s in hand.") % {"number": ticket.number})
    return found


def is_open(ticket: Ticket) -> bool:
    """Whether a supplier has it in hand now."""
    return find_open(ticket) is not None


def is_with(ticket: Ticket, parties: Iterable[int]) -> bool:
    """Whether one of these suppliers has it in hand now."""
    found = find_open(ticket)
    return found is not None and found.party_id in parties


def is_unaccepted(ticket: Ticket) -> bool:
    """Whether the supplier has not yet said that he took it."""
    found = find_open(ticket)
    return found is not None and found.accepted_at is None


def answered(ticket: Ticket) -> None:
    """The desk has spoken to the supplier: he waits for us no longer."""
    found = find_open(ticket)
    if found is not None and found.asked_at is not None:
        found.asked_at = None
        found.save(update_fields=["asked_at"])


def remember_none(ticket: Ticket) -> None:
    """Somebody has looked already: nobody outside has it in hand."""
    ticket.open_handover = None


def forget(ticket: Ticket) -> None:
    """Ask the database again: the handover has changed."""
    vars(ticket).pop("open_handover", None)
