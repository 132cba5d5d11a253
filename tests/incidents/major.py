"""A major incident of Acme with a list of top management, and the steps that bring it on."""

from typing import Any

from incidents.major import settings_actions
from incidents.models import MajorIncident, TopManager
from tests.places import NOON, SYSTEM, World, report
from tickets import actions, verbs
from tickets.models import Ticket


def name_top_management(world: World) -> None:
    """Lena Voss, who reads everything, is top management."""
    settings_actions.create_top_manager(TopManager(user=world.auditor), by=SYSTEM, at=NOON)


def do(world: World, ticket: Ticket, verb: str, at=NOON, **raw: Any) -> Ticket:
    """A verb by the desk's agent, on the ticket as it stands."""
    row = Ticket.objects.get(pk=ticket.pk)
    return verbs.run(row, verb, raw, by=world.actor(world.agent), at=at)


def declared(world: World, **raw: Any) -> Ticket:
    """A major incident, declared at noon."""
    if not TopManager.objects.exists():
        name_top_management(world)
    return do(world, report(world.acme), "declare_major", **raw)


def child(world: World, parent: Ticket, side=None) -> Ticket:
    """Another customer's report of the same, linked below."""
    other = report(side or world.beta, title="Also down here")
    actions.link(other, by=world.actor(world.agent), at=NOON, kind="child_of", other=parent)
    return other


def detail(ticket: Ticket) -> MajorIncident:
    return MajorIncident.objects.get(pk=ticket.pk)
