"""Who can be given an incident: people of the desk who work on that customer's tickets."""

import pytest

from core import errors
from journal.models import Entry
from tests.places import NOON, World, report
from tickets import actions
from tickets.models import Ticket


def test_a_person_brings_his_only_team_along(world: World, incident: Ticket):
    given = actions.assign(incident, by=world.actor(world.lead), at=NOON, assignee=world.agent)
    assert (given.assignee, given.team) == (world.agent, world.desk)


@pytest.mark.parametrize("who", ["agent of the other customer", "a requester"])
def test_nobody_gets_a_ticket_that_he_may_not_see(world: World, incident: Ticket, who: str):
    person = world.beta.agent if who.startswith("agent") else world.acme.requester.user
    before = Entry.objects.count()
    with pytest.raises(errors.Invalid, match="does not work on this customer"):
        actions.assign(incident, by=world.actor(world.lead), at=NOON, assignee=person)
    assert (Ticket.objects.get(pk=incident.pk).assignee, Entry.objects.count()) == (None, before)


def test_nobody_is_given_one_from_the_start_that_he_may_not_see(world: World):
    before = Ticket.objects.count()
    with pytest.raises(errors.Invalid, match="does not work on this customer"):
        report(world.acme, by=world.actor(world.agent), assignee=world.beta.agent)
    assert Ticket.objects.count() == before
