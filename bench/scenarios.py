"""What is asked: every row of the table of aims, with its floor."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx

from bench.driving import Call, Scenario

PAGE_RATIO, PAGE_STATEMENTS = 3.0, 12


@dataclass
class Stock:
    """What the scenarios point at: numbers of tickets, keys of rows."""

    long_tickets: list[str]
    fresh: Iterator[str]  # open tickets, each given out once
    customer: str
    customer_id: int
    service: str
    requester: int
    team: str
    category: str
    rare: str
    common: str


def get(path: str) -> Call:
    return lambda client: client.get(path)


def each(paths: Iterable[str]) -> Call:
    """A GET of the next path, again and again."""
    turning = itertools.cycle(list(paths))
    return lambda client: client.get(next(turning))


def floors(stock: Stock) -> dict[str, Call]:
    """The bare Django views, by name."""
    numbers = itertools.count()

    def insert(client: httpx.Client) -> httpx.Response:
        given = {
            "customer_id": stock.customer_id,
            "number": f"BARE-{next(numbers)}",
            "title": "VPN drops again",
        }
        return client.post("/floor/insert/", json=given)

    return {"list": get("/floor/"), "json": get("/floor/json/"), "insert": insert}


def pages(stock: Stock) -> list[Scenario]:
    """What an agent and a requester look at."""

    def queue(name: str, path: str, signed_in: str = "everywhere") -> Scenario:
        return Scenario(f"queue: {name}", "list", get(path), PAGE_RATIO, PAGE_STATEMENTS, signed_in)

    return [
        queue("all open", "/desk/"),
        queue("assigned to me", "/desk/?view=mine"),
        queue("unassigned", "/desk/?view=unassigned"),
        queue("overdue", "/desk/?view=overdue"),
        queue("paused", "/desk/?view=paused"),
        queue("a team", f"/desk/?view=team:{stock.team}"),
        queue("priority 1", "/desk/?priority=1"),
        queue("the biggest customer", f"/desk/?customer={stock.customer}"),
        queue("service and priority", f"/desk/?service={stock.service}&priority=2"),
        queue("category, not mine", f"/desk/?category={stock.category}&assignee=!me"),
        queue("closed, newest first", "/desk/?phase=closed"),
        queue("by priority", "/desk/?ordering=priority"),
        queue("by last change", "/desk/?ordering=-updated_at"),
        queue("without preview", "/desk/?preview=off"),
        queue("agent of 200 customers", "/desk/", "of200"),
        queue("agent of 200 customers, overdue", "/desk/?view=overdue", "of200"),
        Scenario(
            "ticket page, 20 messages",
            "list",
            each(f"/desk/tickets/{one}/" for one in stock.long_tickets),
            2.2,
            15,
        ),
        Scenario("search, rare word", "list", get(f"/desk/search/?q={stock.rare}"), 1.5),
        Scenario("search, common word", "list", get(f"/desk/search/?q={stock.common}"), 4.0),
        Scenario("queue: filtered by a common word", "list", get(f"/desk/?q={stock.common}"), 4.0),
        Scenario("portal home", "list", get("/"), PAGE_RATIO, PAGE_STATEMENTS, "requester"),
        Scenario("portal, my requests", "list", get("/requests/"), PAGE_RATIO, PAGE_STATEMENTS, "requester"),
    ]


def programs(stock: Stock) -> list[Scenario]:
    """What a program reads and writes by token."""

    def create(client: httpx.Client) -> httpx.Response:
        given = {
            "customer": stock.customer, "title": "VPN drops again", "description": "Since this morning, all the time.",
            "service": stock.service, "requester": stock.requester, "impact": 2, "urgency": 2,
        }  # fmt: skip
        return client.post("/api/v1/incidents/", json=given)

    def verb(name: str, given: dict[str, str]) -> Call:
        def act(client: httpx.Client) -> httpx.Response:
            return client.post(f"/api/v1/incidents/{next(stock.fresh)}/actions/{name}/", json=given)

        return act

    def by_token(name: str, call: Call, floor: str, ratio: float) -> Scenario:
        return Scenario(name, floor, call, ratio, signed_in="token")

    return [
        by_token("API: list of 50", get("/api/v1/incidents/"), "json", 3.0),
        by_token(
            "API: list of 50, open by due", get("/api/v1/incidents/?phase=open&ordering=due_at"), "json", 3.0
        ),
        by_token("API: create", create, "insert", 6.0),
        by_token("API: reply", verb("reply", {"body": "We look at it now."}), "insert", 6.0),
        by_token(
            "API: hold", verb("hold", {"reason": "with-customer", "message": "Which version?"}), "insert", 6.0
        ),
        by_token("API: resolve", verb("resolve", {"code": "fixed", "note": "Restarted it."}), "insert", 6.0),
    ]
