"""The facts beside a ticket: chosen in their place by the picker that cells use, refused with a reason, taken back."""

import pytest
from django.test import Client

from accounts.models import Site
from tests.desk.hands import sign_in
from tests.places import World
from tickets.models import Ticket

HX = {"HX-Request": "true"}


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    return sign_in(client, world.agent)


def test_a_fact_is_chosen_in_its_place_and_given_back(agent: Client, world: World, incident: Ticket):
    site = Site.objects.create(customer=world.acme.customer, name="Wharf")
    Site.objects.create(customer=world.beta.customer, name="Elsewhere")
    page = agent.get(f"/desk/tickets/{incident.number}/").text
    wanted = {"site": str(site.pk), "requester": str(world.acme.manager.pk), "urgency": "1"}
    for field, value in wanted.items():
        incident.refresh_from_db()
        base = f"/desk/tickets/{incident.number}/pick/{field}/"
        assert f'data-pick-url="{base}"' in page
        choices = agent.get(base, headers=HX).text
        assert (f'data-value="{value}"' in choices, "Elsewhere" in choices) == (True, False)
        told = agent.post(f"{base}?at=ticket", {"value": value, "version": incident.version}).json()
        assert "row" not in told
        before = {one: getattr(incident, one) for one in ("site", "requester", "urgency")}
        incident.refresh_from_db()
        assert str(getattr(incident, "urgency" if field == "urgency" else f"{field}_id")) == value
        assert agent.post(told["undo"], headers=HX).status_code == 200
        incident.refresh_from_db()
        assert {one: getattr(incident, one) for one in before} == before
    found = agent.get(
        f"/desk/tickets/{incident.number}/pick/requester/?field=requester&q=manager", headers=HX
    )
    assert (world.acme.manager.email in found.text, world.beta.manager.email in found.text) == (True, False)
    assert "data-find" not in found.text


def test_a_choice_of_another_customer_or_of_an_old_page_changes_nothing(
    agent: Client, world: World, incident: Ticket
):
    base = f"/desk/tickets/{incident.number}/pick"
    foreign = agent.post(
        f"{base}/requester/?at=ticket", {"value": str(world.beta.manager.pk), "version": "1"}
    )
    assert foreign.status_code == 422
    stale = agent.post(f"{base}/impact/?at=ticket", {"value": "1", "version": "99"})
    assert (stale.status_code, "sentence" in stale.json()) == (412, True)
    incident.refresh_from_db()
    assert (incident.requester, incident.version) == (world.acme.requester, 1)


def test_who_only_reads_has_no_picker(world: World, client: Client, incident: Ticket):
    auditor = sign_in(client, world.auditor)
    assert "data-pick-at" not in auditor.get(f"/desk/tickets/{incident.number}/").text
    assert "may not change" in auditor.get(f"/desk/tickets/{incident.number}/pick/site/", headers=HX).text
