"""The story of one incident: reported, taken, asked back, answered, resolved, confirmed."""

import datetime as dt

from accounts.models import User
from incidents import actions
from journal.models import Entry
from tests.places import NOON, World
from tickets import actions as common
from tickets.models import Ticket

HOUR = dt.timedelta(hours=1)


def names(ticket: Ticket) -> list[str]:
    return list(Entry.objects.about("incident", ticket.pk).order_by("id").values_list("name", flat=True))


def test_a_reported_fault_goes_to_the_team_of_its_service_with_the_priority_of_the_matrix(
    world: World, incident: Ticket
):
    assert (incident.state, incident.phase, incident.priority) == ("new", "open", 3)
    assert incident.team == world.desk
    assert incident.category == world.category
    assert names(incident) == ["incident.opened"]


def test_the_whole_life_of_an_incident_leaves_one_entry_per_step(world: World, incident: Ticket):
    agent, customer = world.actor(world.agent), world.acme.actor(world.acme.requester)
    common.reply(incident, by=agent, at=NOON + HOUR, body="Thank you, I am looking at it.")
    common.hold(incident, by=agent, at=NOON + 2 * HOUR, reason="customer", message="Which version is it?")
    common.reply(incident, by=customer, at=NOON + 3 * HOUR, body="It is 5.2.")
    actions.resolve(incident, by=agent, at=NOON + 4 * HOUR, code="fixed", note="Rolled back to 5.1.")
    done = actions.close(incident, by=customer, at=NOON + 5 * HOUR)
    assert names(incident) == [
        "incident.opened",
        "incident.replied",
        "incident.accepted",
        "incident.replied",
        "incident.held",
        "incident.replied",
        "incident.resumed",
        "incident.resolved",
        "incident.closed",
    ]
    assert (done.state, done.phase, done.assignee) == (
        "closed",
        "closed",
        User.objects.get(pk=world.agent.pk),
    )
    assert done.closed_at == NOON + 5 * HOUR


def test_not_yet_reopens_with_the_words_of_the_customer(world: World, incident: Ticket):
    agent, customer = world.actor(world.agent), world.acme.actor(world.acme.requester)
    actions.resolve(incident, by=agent, at=NOON + HOUR, code="fixed", note="Rolled back.")
    back = actions.reopen(incident, by=customer, at=NOON + 2 * HOUR, message="Still the same.")
    assert (back.state, back.reopen_count, back.resolved_at) == ("in_progress", 1, None)
    assert names(incident)[-2:] == ["incident.replied", "incident.reopened"]
