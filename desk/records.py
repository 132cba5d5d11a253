"""Finding the ticket that an address names, as far as the actor sees it: unknown and foreign are the same answer."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from tickets import queries
from tickets.models import Ticket

WITH_ALL = (*queries.ROW, "category__parent", "site", "requester__site")


def get_ticket(request: HttpRequest, number: str) -> Ticket:
    """The ticket with everything that its page shows beside the conversation. Raises NotFound."""
    found = queries.find_numbered(number, request.actor, beside=WITH_ALL)
    if found is None:
        raise not_found()
    return found


def not_found() -> errors.NotFound:
    """The one sentence for what is not there and for what is not his to see."""
    return errors.NotFound(
        _("There is no such ticket, or it is not yours to see. Check the number, or search for it.")
    )


def may_work(by: Actor, ticket: Ticket, permission: str = "ticket.work") -> bool:
    """Whether the actor may work on tickets of this customer at all."""
    return by.is_desk and by.may(permission, ticket.customer_id)
