"""What an agent's page weighs on the line, gzipped: a slow one must not wait for what nobody looks at."""

import gzip

import pytest
from django.conf import settings
from django.test import Client

from slas import standards
from tests.desk.hands import sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs

HTML_BYTES, SHEET_BYTES, SCRIPT_BYTES = 40_000, 15_500, 60_000
WORDS = (
    "The gateway of the second floor drops every session after ten minutes, and the log says nothing about it. "
    * 4
)


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    standards.best_effort(by=SYSTEM, at=NOON)
    return sign_in(client, world.agent)


def weight(client: Client, path: str) -> int:
    page = client.get(path)
    assert page.status_code == 200
    return len(gzip.compress(page.content, 6))


def test_a_queue_of_fifty_rows(agent: Client, world: World) -> None:
    for number in range(50):
        side = world.acme if number % 2 else world.beta
        report(
            side,
            title=f"Device {number * 7919} drops the line of room {number * 104_729}",
            impact=1 + number % 3,
        )
    assert weight(agent, "/desk/") < HTML_BYTES


def test_a_ticket_of_twenty_messages(agent: Client, world: World) -> None:
    ticket = report(world.acme)
    for number in range(20):
        text = f"{WORDS}{number * 7919}"
        verbs.run(
            ticket, "note" if number % 3 else "reply", {"body": text}, by=world.actor(world.agent), at=NOON
        )
    assert weight(agent, f"/desk/tickets/{ticket.number}/?view=all") < HTML_BYTES


@pytest.mark.parametrize(("file", "limit"), [("app.css", SHEET_BYTES), ("app.js", SCRIPT_BYTES)])
def test_sheet_and_script(file: str, limit: int) -> None:
    built = settings.BASE_DIR / "frontend" / "dist" / file
    if not built.exists():
        pytest.skip("The front end is not built: run make run or make test once.")
    assert len(gzip.compress(built.read_bytes(), 6)) < limit
