"""Guards that the workflows of all processes share: each answers a sentence why not, or None."""

from django.utils.translation import gettext as _

from core.actor import NORMAL
from tickets import handovers
from tickets.engine import Guard
from tickets.models import Ticket


def is_closed_list(ticket: Ticket) -> bool:
    """Whether the ticket is restricted."""
    return ticket.compartment != NORMAL


def is_restricted(ticket: Ticket) -> str | None:
    """Only what is restricted can be opened again."""
    return None if is_closed_list(ticket) else _("%(number)s is not restricted.") % {"number": ticket.number}


def is_handed_over(ticket: Ticket) -> str | None:
    """Only what a supplier has in hand can come back."""
    if handovers.is_open(ticket):
        return None
    return _("No supplier has %(number)s in hand.") % {"number": ticket.number}


def first_of(*guards: Guard) -> Guard:
    """One guard from several: the first sentence that any of them says."""

    def check(ticket: Ticket) -> str | None:
        return next((sentence for guard in guards if (sentence := guard(ticket))), None)

    return check


def no_open_tasks(ticket: Ticket) -> str | None:
    """Open tasks keep a ticket from being closed."""
    left = ticket.tasks.filter(customer_id=ticket.customer_id, state="open").count()
    if not left:
        return None
    return _("%(number)s still has open tasks: %(left)s. Finish or cancel them first.") % {
        "number": ticket.number,
        "left": left,
    }
