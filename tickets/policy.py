"""Who may do what to a ticket. Whether he sees it at all was decided by `visible_to`; here, whether he may act."""

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor, Side
from tickets import handovers, processes
from tickets.engine import Transition
from tickets.models import Participant, Ticket


def is_requester(by: Actor, ticket: Ticket) -> bool:
    """Whether this human asked for the ticket, or manages the customer that did."""
    return ticket.requester_id in by.persons or by.may("ticket.read_customer", ticket.customer_id)


def takes_part(by: Actor, ticket: Ticket) -> bool:
    """Whether this human was let into the ticket beside its requester."""
    if not by.persons:
        return False
    rows = Participant.objects.filter(customer_id=ticket.customer_id, ticket=ticket)
    return rows.filter(person_id__in=by.persons).exists()


def may(by: Actor, transition: Transition, ticket: Ticket) -> bool:
    """Whether the actor may carry out this transition on this ticket, whatever its state."""
    if by.side == Side.SYSTEM:
        return True
    if not by.sees(ticket.customer_id) or ticket.compartment not in by.compartments:
        return False
    if by.side == Side.SUPPLIER:
        return transition.supplier and handovers.is_with(ticket, by.parties)
    if by.side == Side.DESK and by.may(transition.permission, ticket.customer_id):
        return True
    if transition.requester and is_requester(by, ticket):
        return True
    return transition.participant and takes_part(by, ticket)


def require(by: Actor, verb: str, ticket: Ticket) -> None:
    """Raises Forbidden where `may` says no."""
    transition = processes.of(ticket).workflow.transition(verb)
    if not may(by, transition, ticket):
        raise errors.Forbidden(
            _("“%(verb)s” is not yours to do on %(number)s: ask an agent of its team.")
            % {"verb": transition.label, "number": ticket.number}
        )


def require_permission(by: Actor, permission: str, customer_id: int | None, *, what: str = "") -> None:
    """Raises Forbidden unless a grant gives the permission for this customer."""
    if not by.may(permission, customer_id):
        raise errors.Forbidden(
            _("You may not do this (%(what)s): it needs a role with “%(permission)s”.")
            % {"what": what or permission, "permission": permission}
        )


def allowed(by: Actor, ticket: Ticket) -> list[Transition]:
    """The transitions that this actor may carry out now: the page's buttons and the API's verbs."""
    usable = (one for one in processes.of(ticket).workflow.from_here(ticket) if may(by, one, ticket))
    return [one for one in usable if one.is_offered is None or one.is_offered(ticket)]


def sees_inside(by: Actor, ticket: Ticket) -> bool:
    """Whether inner matters (clocks, teams, priority) may be shown: never to a customer's people."""
    return by.is_inside and by.sees(ticket.customer_id)
