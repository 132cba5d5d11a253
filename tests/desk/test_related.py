"""Looks related: each hit says why, nothing of another customer shows, and what was dismissed stays away."""

import datetime as dt

import pytest
from django.test import Client

from live import presence
from tests.desk.hands import sign_in
from tests.places import NOON, World, report
from tickets import actions, related, wording
from tickets.models import Dismissal, Ticket


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    return sign_in(client, world.agent)


def found(ticket: Ticket, who: object, world: World) -> dict[str, str]:
    return {one.number: one.why for one in related.find(ticket, world.actor(who), NOON)}  # type: ignore[arg-type]


def test_similar_words_and_the_same_person_are_found_with_a_reason(world: World, incident: Ticket) -> None:
    own = report(world.acme, title="Screen is dark")
    alike = report(
        world.acme, title="The VPN drops again", requester=world.acme.colleague, by=world.actor(world.agent)
    )
    report(
        world.acme,
        title="Chair squeaks",
        description="Since Monday.",
        requester=world.acme.colleague,
        by=world.actor(world.agent),
    )
    assert found(incident, world.agent, world) == {
        own.number: "open, from the same person",
        alike.number: "similar words, same service, same customer",
    }


def test_an_agent_of_one_customer_finds_nothing_of_another(world: World, incident: Ticket) -> None:
    theirs = report(world.beta)
    assert theirs.number in found(incident, world.agent, world)
    assert found(incident, world.acme.agent, world) == {}


def test_dismissed_and_linked_tickets_are_not_suggested_again(
    agent: Client, incident: Ticket, world: World
) -> None:
    one, other = report(world.acme, title="VPN drops one"), report(world.acme, title="VPN drops two")
    path = f"/desk/tickets/{incident.number}/related/"
    assert one.number in agent.get(path).text
    answer = agent.post(f"{path}dismiss/", {"record": one.number}, headers={"HX-Request": "true"})
    assert (one.number in answer.text, other.number in answer.text) == (False, True)
    agent.post(f"{path}dismiss/", {"record": one.number})
    assert Dismissal.objects.get().record == one.number
    actions.link(incident, by=world.actor(world.agent), at=NOON, kind="related_to", other=other)
    assert "Nothing looks related" in agent.get(path).text


def test_words_that_mean_nothing_are_not_searched() -> None:
    assert wording.words_of("The VPN drops 'again' & again | with: this!") == ["vpn", "drops", "again"]


def test_presence_shows_others_or_nobody_without_a_cache(
    agent: Client, incident: Ticket, world: World
) -> None:
    lead = sign_in(Client(), world.lead)
    path = f"/desk/tickets/{incident.number}/presence/"
    lead.post(path, {"kind": "reply"})
    people = agent.post(path, {"kind": "viewing"}).json()["people"]
    rows = agent.get(f"/desk/presence/?numbers={incident.number},INC-99999999").json()["people"]
    shown = [{"initials": "MK", "kind": "reply", "words": "Marta Kovac is writing a reply"}]
    assert (people, rows) in ((shown, {incident.number: shown}), ([], {}))
    lead.post(path, {"kind": "gone"})
    assert agent.post(path, {"kind": "viewing"}).json()["people"] == []


def test_who_fell_silent_is_gone() -> None:
    old = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=41)).timestamp()
    fresh = dt.datetime.now(dt.UTC).timestamp()
    raw = {b"1": f'["viewing", "A", {old}]'.encode(), b"2": f'["note", "B", {fresh}]'.encode()}
    assert presence._read(raw) == [presence.Present(2, "B", "note")]
