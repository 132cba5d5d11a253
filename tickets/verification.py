"""Caller verification: the code that is sent, whether a ticket still needs a verification, and the guard that asks."""

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from catalogue.models import Category
from tickets.models import CallerVerification, Ticket, VerificationCode

DIGITS = 6


def code_of(row: VerificationCode) -> str:
    """The code behind a row: computed from its nonce with the installation's key, and stored nowhere."""
    mixed = salted_hmac("clause8.verification-code", row.nonce, algorithm="sha256").digest()
    return f"{int.from_bytes(mixed[:8], 'big') % 10**DIGITS:0{DIGITS}}"


def is_asked(ticket: Ticket) -> bool:
    """Whether the ticket's category, or one above it, asks for a verified caller."""
    above: Category | None = ticket.category
    for _step in range(20):
        if above is None:
            return False
        if above.asks_verification:
            return True
        above = above.parent
    return False


def find(ticket: Ticket) -> CallerVerification | None:
    """The newest verification of the ticket's present requester, or None."""
    rows = CallerVerification.objects.filter(customer_id=ticket.customer_id, ticket=ticket)
    return rows.filter(person_id=ticket.requester_id).order_by("-id").first() if ticket.requester_id else None


def is_verified(ticket: Ticket) -> str | None:
    """Guard of `resolve`: a category that asks for it has its caller verified."""
    if not is_asked(ticket) or find(ticket) is not None:
        return None
    return _(
        "Before %(number)s can be resolved, verify the caller: its category “%(category)s” asks for it."
    ) % {
        "number": ticket.number,
        "category": ticket.category,
    }
