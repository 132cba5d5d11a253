"""Search, the palette's records, and the page about the program."""

import pytest
from django.test import Client

from desk import finding
from tests.desk import test_costs as costs
from tests.desk.hands import sign_in
from tests.places import NOON, World, report
from tickets import verbs
from tickets.models import Ticket


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    return sign_in(client, world.agent)


def test_words_are_marked_and_nothing_of_the_title_is_markup() -> None:
    assert finding.marked("<b>VPN</b> drops & VPNs", "vpn <b>") == (
        "&lt;b&gt;<mark>VPN</mark>&lt;/b&gt; drops &amp; <mark>VPN</mark>s"
    )
    assert finding.marked("<i>", "") == "&lt;i&gt;"


def test_one_list_holds_tickets_people_and_services(agent: Client, world: World, incident: Ticket) -> None:
    page = agent.get("/desk/search/?q=canary-acme").text
    assert f"/desk/tickets/{incident.number}/" in page
    assert f"/desk/?requester={world.acme.requester.pk}" in page
    assert "/desk/?service=remote-access-acme" in page
    people = agent.get("/desk/search/?q=canary-acme&kind=people").text
    assert (f"/desk/tickets/{incident.number}/" in people, "Requester" in people) == (False, True)
    assert "People <span>3</span>" in people


def test_the_name_of_a_machine_is_a_word_and_part_of_a_number_a_number(agent: Client, world: World) -> None:
    named, other = report(world.acme, title="Printer srv1 is dark"), report(world.acme)
    digits = other.number.removeprefix("INC-")
    assert named.number in agent.get("/desk/search/?q=srv1").text
    assert f"/desk/tickets/{other.number}/" in agent.get(f"/desk/search/?kind=tickets&q={digits[1:]}").text
    assert "Tickets <span>0</span>" in agent.get(f"/desk/search/?q=srv{digits}").text


def test_closed_ones_are_greyed_and_can_be_left_out(agent: Client, world: World, incident: Ticket) -> None:
    verbs.run(incident, "cancel", {"reason": "Twice"}, by=world.actor(world.agent), at=NOON)
    assert 'class="past"' in agent.get("/desk/search/?q=drops").text
    without = agent.get("/desk/search/?q=drops&closed=no").text
    assert (incident.number in without, "search closed ones too" in without) == (False, True)


def test_a_search_costs_what_its_kinds_cost(agent: Client, world: World) -> None:
    for _each in range(3):
        report(world.acme)
    assert costs.cost(agent, "/desk/palette/?q=drops") <= 5
    assert costs.cost(agent, "/desk/search/?q=drops") <= 6


def test_the_palette_finds_records_by_kind(agent: Client, world: World, incident: Ticket) -> None:
    def groups(words: str) -> dict[str, list[str]]:
        found = agent.get("/desk/palette/", {"q": words}).json()["groups"]
        return {one["label"]: [item["label"] for item in one["items"]] for one in found}

    assert groups("d") == {}
    assert groups(incident.number) == {"Tickets": [f"{incident.number} {incident.title}"]}
    assert groups("@canary-beta") == {
        "People": ["Colleague canary-beta", "Manager canary-beta", "Requester canary-beta"]
    }
    assert groups("remote")["Services"] == ["Remote access canary-acme", "Remote access canary-beta"]


def test_the_palette_hides_what_is_not_theirs(client: Client, world: World, incident: Ticket) -> None:
    report(world.beta)
    sign_in(client, world.acme.agent)
    shown = client.get("/desk/palette/?q=canary").text
    assert ("canary-acme" in shown, "canary-beta" in shown) == (True, False)
    assert client.get("/desk/palette/?q=priorities").json()["groups"] == []
    sign_in(client, world.administrator)
    labels = [one["label"] for one in client.get("/desk/palette/?q=categories").json()["groups"]]
    assert "Settings" in labels


def test_help_and_about_names_version_licence_and_contact(
    agent: Client, client: Client, world: World
) -> None:
    page = agent.get("/desk/about/").text
    assert ("Apache-2.0" in page, "Clause8 0." in page, "/desk/about/" in page) == (True, True, True)
    sign_in(client, world.acme.requester.user)
    assert "Apache-2.0" in client.get("/portal/about/").text
