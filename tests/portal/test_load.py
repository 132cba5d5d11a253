"""What a page costs, and what happens when two fingers are faster than one database."""

import threading
import uuid

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actor import ALL
from customers import scoping
from tests.places import build_world, report
from tickets.models import Ticket

MOST = {"/": 10, "/requests/": 11, "/report/": 13}  # beside the frame of the scope and the savepoint
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS", "\n    SELECT set_config")


def cost(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return sum(not one["sql"].startswith(FRAME) for one in asked)


@pytest.mark.parametrize("path", MOST)
def test_a_page_asks_as_often_with_25_requests_as_with_one(town, visitor, by_desk, path):
    client = visitor(town.acme.requester)
    with scoping.scope(ALL):
        first = report(town.acme)
    by_desk(first, "hold", reason="customer", message="Which version is it?")
    client.get(path)
    one = cost(client, path)
    with scoping.scope(ALL):
        more = [report(town.acme) for _ in range(24)]
    by_desk(more[0], "hold", reason="customer", message="Which version is it?")
    assert cost(client, path) <= one
    assert one <= MOST[path]


def test_a_conversation_asks_as_often_with_25_messages_as_with_one(town, visitor, fault, by_desk):
    client, path = visitor(town.acme.requester), f"/requests/{fault.number}/"
    client.get(path)
    one = cost(client, path)
    for n in range(24):
        by_desk(fault, "reply", body=f"Message {n}")
    assert cost(client, path) == one <= 18


@pytest.mark.committing
def test_a_double_click_makes_one_incident_and_both_lead_to_it(committing_db):
    with scoping.scope(ALL) as here:
        world = build_world(here.at)
    given = {
        "form_key": str(uuid.uuid4()), "what": "The VPN drops.", "who": "3", "work": "3",
        "service": str(world.acme.service.pk),
    }  # fmt: skip
    start, answers = threading.Barrier(2), []

    def click() -> None:
        client = Client()
        client.force_login(world.acme.requester.user)
        start.wait()
        answers.append(client.post("/report/", given))
        connections.close_all()

    fingers = [threading.Thread(target=click) for _ in range(2)]
    for one in fingers:
        one.start()
    for one in fingers:
        one.join()
    with scoping.scope(ALL):
        number = Ticket.objects.get().number
    assert [one["Location"] for one in answers] == [f"/requests/{number}/"] * 2
