"""The desk in a browser without a script: every page opens, every deed is a form."""

import pytest
from django.test import Client

from desk import chips, columns
from tests.desk.hands import sign_in
from tests.places import World
from tickets.models import Ticket

TAILS = (
    "", "?compose=reply", "?compose=note", "?tab=linked", "?tab=history", "?show=events", "preview/", "clocks/",
    "change/", "change/?only=priority", "change/?only=items", "link/", "do/assign/", "do/hold/", "do/resolve/",
    "do/accept/", "do/cancel/",
    "pick/status/", "pick/assignee/", "pick/priority/", "pick/team/",
)  # fmt: skip
PATHS = (
    "new/", "new/?q=req", "new/callers/?q=req", "new/?customer=acme", "search/", "search/?q=vpn", "filter/",
    "changes/?since=2026-01-01T00:00:00Z", "?view=mine", "?view=overdue", "?view=team:service-desk",
    "?priority=3&customer=acme", "?ordering=-due_at", "?phase=closed", "?preview=off", "?view=closed",
    *(f"?group={one}" for one in ("priority", "team", "assignee", "customer", "service", "none")),
    "?columns=" + ",".join(columns.KNOWN), "?density=compact&team=none&opened_after=now-7d&state=!closed",
    *(f"filter/?field={one}" for one in chips.FIELDS), "filter/values/?field=requester&q=req", "columns/", "views/",
    "rows/?n=INC-1,INC-2",
)  # fmt: skip


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    """A browser in which an agent of the provider is signed in."""
    return sign_in(client, world.agent)


def test_the_queue_shows_what_is_open(agent: Client, world: World, incident: Ticket) -> None:
    page = agent.get("/desk/")
    assert page.status_code == 200
    assert incident.title in page.text
    assert "1</span> of 1" in page.text


def test_every_page_of_a_ticket_opens(agent: Client, incident: Ticket) -> None:
    for tail in TAILS:
        assert agent.get(f"/desk/tickets/{incident.number}/{tail}").status_code == 200, tail


def test_other_pages_open(agent: Client, incident: Ticket, world: World) -> None:
    for path in (*PATHS, f"new/?caller={world.acme.requester.pk}"):
        assert agent.get(f"/desk/{path}").status_code == 200, path
