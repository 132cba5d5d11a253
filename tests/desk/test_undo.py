"""Undo of one press: the inverse action, for who did it, as long as nobody changed the ticket since."""

import re
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from desk import undo
from journal.models import Entry
from notifications.preference_models import TicketMute
from tests.desk.hands import send, sign_in
from tests.places import NOON, World, report
from tickets import actions, verbs
from tickets.models import CustomField, FieldValue, Link, Ticket, Watcher

HX = {"HX-Request": "true"}


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    return sign_in(client, world.agent)


def offered(client: Client, number: str) -> str:
    """The address of the Undo in the toast of the ticket's page, or nothing."""
    found = re.search(r'action="(/desk/undo/[^"]+)"', client.get(f"/desk/tickets/{number}/").text)
    return found[1] if found else ""


def pick(client: Client, ticket: Ticket, field: str, value: Any) -> dict[str, Any]:
    ticket.refresh_from_db()
    answer = client.post(
        f"/desk/tickets/{ticket.number}/pick/{field}/", {"value": value, "version": ticket.version}
    )
    assert answer.status_code == 200
    return answer.json()


def last(ticket: Ticket) -> str:
    return Entry.objects.filter(subject_id=ticket.pk, subject_kind="incident").order_by("-id")[0].name


def test_taking_a_ticket_is_undone_from_its_toast(agent: Client, incident: Ticket) -> None:
    send(agent, agent.get(f"/desk/tickets/{incident.number}/"), f"/desk/tickets/{incident.number}/take/")
    incident.refresh_from_db()
    assert incident.assignee is not None
    path = offered(agent, incident.number)
    back = agent.post(path, headers={"Referer": "http://testserver/desk/?view=mine"})
    assert back["Location"] == "/desk/?view=mine"
    incident.refresh_from_db()
    assert (incident.assignee, last(incident)) == (None, "incident.assigned")
    twice = agent.post(path, headers=HX)
    assert (twice.status_code, "changed since" in twice.json()["sentence"]) == (409, True)


def test_a_cell_of_the_list_says_where_its_undo_is(agent: Client, incident: Ticket, world: World) -> None:
    was = (incident.impact, incident.urgency, incident.priority)
    told = pick(agent, incident, "priority", "1")
    assert told["said"] == f"{incident.number} has priority P1."
    assert agent.post(told["undo"], headers=HX).json()["number"] == incident.number
    incident.refresh_from_db()
    assert (incident.impact, incident.urgency, incident.priority) == was
    told = pick(agent, incident, "team", "")
    agent.post(told["undo"])
    incident.refresh_from_db()
    assert incident.team == world.desk


def test_a_state_goes_back_only_where_an_action_leads_there(
    agent: Client, incident: Ticket, world: World
) -> None:
    assert pick(agent, incident, "status", "accept")["undo"] == ""
    by, before = world.actor(world.agent), Ticket.objects.get(pk=incident.pk)
    waits = {"reason": "customer", "message": "Which gate?"}
    done = verbs.run(before, "hold", waits, by=by, at=NOON)
    way_back = undo.of_verb(before, done, "hold", by)
    agent.post(way_back)
    incident.refresh_from_db()
    assert (incident.state, last(incident)) == ("in_progress", "incident.resumed")


def test_nothing_is_undone_that_somebody_changed_since(agent: Client, incident: Ticket, world: World) -> None:
    told = pick(agent, incident, "assignee", world.lead.pk)
    verbs.run(incident, "accept", {}, by=world.actor(world.lead), at=NOON)
    before = Entry.objects.count()
    refused = agent.post(told["undo"], headers=HX)
    assert (refused.status_code, Entry.objects.count()) == (409, before)
    assert f"{incident.number} was changed since" in refused.json()["sentence"]
    incident.refresh_from_db()
    assert incident.assignee == world.lead


def test_an_undo_is_its_makers_and_no_one_can_write_one(
    agent: Client, client: Client, incident: Ticket, world: World
) -> None:
    told = pick(agent, incident, "assignee", world.lead.pk)
    assert agent.get(told["undo"]).status_code == 405
    assert agent.post(f"{told['undo'][:-3]}x/", headers=HX).status_code == 422
    sign_in(client, world.lead)
    assert client.post(told["undo"], headers=HX).status_code == 403
    made_up = signing.dumps([world.lead.pk, incident.number, 1, "close", {}], salt="another")
    assert client.post(f"/desk/undo/{made_up}/", headers=HX).status_code == 422
    incident.refresh_from_db()
    assert incident.assignee == world.lead


def test_watching_and_links_are_undone(agent: Client, incident: Ticket, world: World) -> None:
    at = f"/desk/tickets/{incident.number}"
    told = agent.post(f"{at}/watch/", {"quiet": "1"}).json()
    assert (told["said"], Watcher.objects.count()) == (f"You watch {incident.number}.", 1)
    agent.post(told["undo"])
    assert Watcher.objects.count() == 0
    other = report(world.acme, title="Another one")
    page = agent.get(f"{at}/?tab=linked")
    send(agent, page, f"{at}/link/", kind="related_to", number=other.number)
    agent.post(offered(agent, incident.number))
    assert Link.objects.count() == 0


def test_changed_fields_come_back(agent: Client, incident: Ticket, world: World) -> None:
    before = Ticket.objects.get(pk=incident.pk)
    done = actions.change(
        incident, by=world.actor(world.agent), at=NOON, fields={"service": None, "title": "VPN drops daily"}
    )
    way_back = undo.of_change(before, done, ["service", "title"], world.actor(world.agent))
    agent.post(way_back)
    incident.refresh_from_db()
    assert (incident.service, incident.title) == (world.acme.service, before.title)


def test_muting_and_custom_fields_are_taken_back_too(agent: Client, incident: Ticket, world: World) -> None:
    CustomField.objects.create(kind="incident", key="floor", label="Floor", type="text")
    base = f"/desk/tickets/{incident.number}"
    assert "Mute" in agent.get(f"{base}/mute/", headers=HX).text
    agent.post(f"{base}/mute/")
    assert TicketMute.objects.get().user == world.agent
    assert "Hear of it again" in agent.get(f"{base}/mute/", headers=HX).text
    agent.post(offered(agent, incident.number), headers=HX)
    assert not TicketMute.objects.exists()
    page = agent.get(f"{base}/fields/change/")
    send(agent, page, f"{base}/fields/change/", **{"extra.floor": "Third"})
    assert FieldValue.objects.get().text == "Third"
    assert agent.post(offered(agent, incident.number), headers=HX).status_code == 200
    assert not FieldValue.objects.exists()
