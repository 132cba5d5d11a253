"""One run of the bench: fill, serve, ask, print. Imported once the servers' addresses are known."""

import argparse
import datetime as dt
import logging
import sys
import tempfile
import time as clock
from pathlib import Path

import django

django.setup()
logging.getLogger("httpx").setLevel(logging.WARNING)

from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402

from accounts import tokens  # noqa: E402
from accounts.models import User  # noqa: E402
from bench import (  # noqa: E402
    driving,
    fill,
    place,
    rehearsing,
    retargeting,
    scenarios,
    serving,
    sweeping,
    table,
    town,
    watching,
)
from core.actor import ALL  # noqa: E402
from customers import scoping  # noqa: E402
from customers.models import Customer  # noqa: E402
from ops import postgres, processes, servers  # noqa: E402
from tickets.models import Ticket  # noqa: E402

SMALL = 10_000


def run(pair: servers.Servers, asked: argparse.Namespace) -> int:
    """The exit code: 1 where a request failed. Aims that are missed are said, not punished."""
    template = place.filled(
        pair, asked.size, lambda name: _migrate(pair, name), lambda name: _fill(pair, name, asked.size)
    )
    place.clone(pair, template)
    _work_in(pair, place.WORKING)
    found = table.Found(size=asked.size, machine=table.machine())
    with tempfile.TemporaryDirectory() as folder:
        environment = place.environment(pair) | {"LOCAL_DIR": folder}
        with serving.serving(environment, pair.secrets["admin"], Path(folder)) as served:
            _ask(served, asked, found)
    if not asked.rows or "sweep" in asked.rows:
        found.lines += sweeping.measure(pair, running=asked.timers, due=asked.due)
    if not asked.rows or "rehearse" in asked.rows:
        found.lines += rehearsing.measure(asked.size)
    connections.close_all()
    table.show(found, asked.json)
    return 1 if found.failures() else 0


def _ask(served: serving.Serving, asked: argparse.Namespace, found: table.Found) -> None:
    clients, stock = _sign_in(served), _stock()
    floors = scenarios.floors(stock)
    found.memory["at the start"] = served.memory()
    found.bare_sql = _bare_sql()
    for one in [*scenarios.pages(stock), *scenarios.programs(stock)]:
        if asked.rows.lower() in one.name.lower():
            _say(f"… {one.name}")
            found.rows.append(
                driving.measure(one, floors, clients, rounds=asked.rounds, seconds=asked.seconds)
            )
            _say(table.line(found.rows[-1]))
    if asked.soak:
        _say(f"… soak of {asked.soak:.0f} s")
        found.soak = watching.soak(clients, scenarios.pages(stock), floors["list"], seconds=asked.soak)
        found.memory["after the soak"] = served.memory()
    if not asked.rows or "stream" in asked.rows:
        found.lines += watching.streams(served, clients, many=asked.streams)
    if not asked.rows or "re-target" in asked.rows:
        queue = scenarios.pages(stock)[0]
        found.lines += retargeting.measure(queue.call, clients, rounds=max(asked.rounds, 8))
    found.memory["at the end"] = served.memory()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _migrate(pair: servers.Servers, name: str) -> None:
    with pair.database.administrator(name) as cursor:
        postgres.apply_roles(cursor, owner=pair.secrets["owner"], app=pair.secrets["app"])
    processes.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
        env=place.environment(pair, name), what="Migrating the bench's database",
    )  # fmt: skip


def _fill(pair: servers.Servers, name: str, size: int) -> None:
    """Make the town by actions, copy its tickets by the database."""
    began = clock.perf_counter()
    _work_in(pair, name)
    models = town.build(dt.datetime.now(dt.UTC) - dt.timedelta(days=90), is_small=size < SMALL)
    connections.close_all()
    with pair.database.administrator(name) as cursor:
        fill.Loader(cursor, models, size).load()
    _say(f"filled {size:,} tickets in {clock.perf_counter() - began:.0f} s")


def _work_in(pair: servers.Servers, name: str) -> None:
    connections.close_all()
    database = pair.database
    connections.settings["default"].update(
        NAME=name, HOST=processes.LOOPBACK, PORT=database.port, USER="itsm_app", PASSWORD=pair.secrets["app"]
    )


def _sign_in(served: serving.Serving) -> driving.Clients:
    """Sessions and a token as signing in makes them."""
    cookies = {}
    for who, email in (
        ("everywhere", town.EVERYWHERE), ("of200", town.OF_200), ("requester", town.REQUESTER),
    ):  # fmt: skip
        client = Client()
        client.force_login(User.objects.get(email=email))
        cookies[who] = {"sessionid": client.cookies["sessionid"].value}
    _row, token = tokens.issue(
        User.objects.get(email=town.EVERYWHERE),
        name="bench",
        scopes=["read", "write"],
        at=dt.datetime.now(dt.UTC),
    )
    return driving.Clients(served.web, served.floor, cookies, token)


def _stock() -> scenarios.Stock:
    with scoping.scope(ALL):
        big = Customer.objects.get(slug="c1")
        open_ones = Ticket.objects.filter(id__gt=fill.FIRST)
        fresh = (
            open_ones.filter(state="in_progress", customer=big)
            .order_by("id")
            .values_list("number", flat=True)
        )
        long_ones = open_ones.filter(phase="open", id__in=range(fill.FIRST + 50, fill.FIRST + 50 * 400, 50))
        sample = open_ones.order_by("-id").filter(customer=big)[:1].get()
        return scenarios.Stock(
            long_tickets=list(long_ones.order_by("id").values_list("number", flat=True)[:20]),
            fresh=iter(list(fresh[:20_000])), customer=big.slug, customer_id=big.pk, service="service-3",
            requester=sample.requester_id, team="team-1", category="category-2",
            rare=sample.title.rpartition(" ")[2], common="printer",
        )  # fmt: skip


def _bare_sql() -> float:
    """The floor's own statement in milliseconds, by a cursor."""
    with scoping.scope(ALL), connection.cursor() as cursor:
        taken = []
        for _ in range(50):
            began = clock.perf_counter()
            cursor.execute(
                "SELECT id, number, title, state, priority, opened_at, due_at, updated_at FROM tickets_ticket"
                " WHERE phase IN ('open', 'waiting') ORDER BY due_key, id LIMIT 50"
            )
            cursor.fetchall()
            taken.append((clock.perf_counter() - began) * 1000)
    return driving.quantile(taken, 0.5)
