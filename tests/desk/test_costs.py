"""How many queries a page takes: the same for one row as for twenty-five."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from slas import standards
from tests.desk.hands import sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs

# Session, login, all that it holds, entering and leaving the scope, its persons.
FRAME = 6


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    standards.best_effort(by=SYSTEM, at=NOON)
    return sign_in(client, world.agent)


def cost(client: Client, path: str) -> int:
    """The queries of a page beyond the frame of every request."""
    client.get(path)  # the first one fills the caches of a process
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len([one for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) - FRAME


def test_the_queue_costs_the_same_for_25_rows(agent: Client, world: World) -> None:
    report(world.acme)
    one = cost(agent, "/desk/")
    for number in range(24):
        report(world.acme if number % 2 else world.beta)
    assert one == cost(agent, "/desk/") <= 8


def test_the_ticket_page_costs_the_same_for_25_messages(agent: Client, world: World) -> None:
    ticket = report(world.acme)
    path = f"/desk/tickets/{ticket.number}/?view=all"
    one = cost(agent, path)
    for number in range(24):
        verbs.run(ticket, "note", {"body": f"Note {number}"}, by=world.actor(world.agent), at=NOON)
    assert one == cost(agent, path) <= 13


def test_a_preview_is_small(agent: Client, world: World) -> None:
    ticket = report(world.acme)
    assert cost(agent, f"/desk/tickets/{ticket.number}/preview/") == 3
