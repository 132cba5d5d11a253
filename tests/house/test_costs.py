"""The statements of every list and every detail page, as a committed budget: the same for few rows as for twenty-five.

Counted as the bench counts: all but SAVEPOINT, RELEASE and the scope's setting. Fewer is always welcome, more is said
here; `make bench` says what it means in time (docs/performance.md). Lists by REST have theirs in tests/api.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from slas import standards
from tests.places import NOON, SYSTEM, World, report
from tickets import verbs

FREE = ("SAVEPOINT", "RELEASE", "SELECT set_config(", "\n    SELECT set_config(")

# The bench aims at 12 for a queue and 15 for a ticket, with nothing kept from the page before.
DESK = {
    "/desk/": 12,
    "/desk/?view=mine": 12,
    "/desk/?view=unassigned": 12,
    "/desk/?view=overdue": 12,
    "/desk/?view=paused": 12,
    "/desk/?view=team:service-desk": 13,
    "/desk/?priority=3": 13,
    "/desk/?phase=closed": 12,
    "/desk/?q=VPN": 13,
    "/desk/search/?q=VPN": 11,
    "/desk/teams/": 12,
    "/desk/teams/service-desk/": 12,
    "/desk/tickets/{number}/": 15,
    "/desk/tickets/{number}/?tab=linked": 15,
    "/desk/tickets/{number}/?tab=history": 23,
    "/desk/tickets/{number}/preview/": 8,
}
PORTAL = {"/": 9, "/requests/": 10, "/requests/{number}/": 12}


def costs(client: Client, pages: dict[str, int], number: str) -> dict[str, int]:
    """The statements of each page."""
    return {page: _cost(client, page.format(number=number)) for page in pages}


def _cost(client: Client, path: str) -> int:
    client.get(path)  # the first one fills the caches of a process
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len([one for one in queries if not one["sql"].startswith(FREE)])


@pytest.mark.parametrize(("door", "pages"), [("desk", DESK), ("portal", PORTAL)])
def test_a_page_of_25_rows_takes_the_statements_of_a_short_one(
    world: World, door: str, pages: dict[str, int]
):
    standards.best_effort(by=SYSTEM, at=NOON)
    client = Client(HTTP_HOST="localhost")
    client.force_login(world.agent if door == "desk" else world.acme.requester.user)
    first = report(world.acme)
    agent = world.actor(world.agent)
    report(world.acme)
    verbs.run(first, "reply", {"body": "Reply"}, by=agent, at=NOON)
    one = costs(client, pages, first.number)
    for number in range(24):
        report(world.acme)
        verbs.run(first, "reply", {"body": f"Reply {number}"}, by=agent, at=NOON)
    many = costs(client, pages, first.number)
    assert many == one
    assert {page: found for page, found in many.items() if found > pages[page]} == {}
