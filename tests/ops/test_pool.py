"""Isolation behind a real pgbouncer in transaction mode, where the next client gets the last one's connection."""

import os
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
from django.db import connection, connections

from core.actor import ALL
from core.time import frozen
from customers import scoping
from ops import children, processes
from tests import database, places
from tickets.models import Ticket

POOL = Path(children.__file__).with_name("pgbouncer.sh")
CLIENTS, TURNS = 20, 60

pytestmark = pytest.mark.skipif(
    not shutil.which("pgbouncer") and not Path("/usr/sbin/pgbouncer").exists(),
    reason="pgbouncer is not installed: install your system's package of that name.",
)


@contextmanager
def pool(name: str, size: int) -> Iterator[int]:
    """Run a pool of `size` connections before the database `name`; its port is the value."""
    address = re.fullmatch(
        r"postgresql://itsm_app:(.+)@([^:]+):(\d+)/.*", database.place().environment(name)["DATABASE_URL"]
    )
    assert address is not None
    port = processes.free_port()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        script = shutil.copy(POOL, folder)  # the checkout may lie where `nobody` cannot read
        given = {
            "APP_PASSWORD": address[1], "DATABASE_HOST": address[2], "DATABASE_PORT": address[3],
            "DATABASE_NAME": name, "LISTEN_ADDRESS": "127.0.0.1", "LISTEN_PORT": str(port), "POOL_SIZE": str(size),
            "PGBOUNCER_DIR": place, "PATH": f"{os.environ['PATH']}:/usr/sbin",
        }  # fmt: skip
        user = 65534 if os.geteuid() == 0 else None  # pgbouncer refuses to run as root
        if user is not None:
            os.chown(folder, user, user)
        with (
            (folder / "words").open("wb") as words,
            subprocess.Popen(
                ["sh", script], env=given, stdout=words, stderr=words, user=user, cwd="/"
            ) as process,
        ):
            try:
                wait_for_answer(port, address[1])
                yield port
            finally:
                process.terminate()


def wait_for_answer(port: int, password: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg2.connect(f"postgresql://itsm_app:{password}@127.0.0.1:{port}/itsm").close()
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline, "pgbouncer does not answer."
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def two_sides(committing_db: str) -> list[int]:
    """Two customers with five incidents each, committed; their ids."""
    with frozen(places.NOON), scoping.scope(ALL):
        world = places.build_world()
        for side in (world.acme, world.beta):
            for _ in range(5):
                places.report(side)
        return [world.acme.customer.pk, world.beta.customer.pk]


def wrong_reads(sides: list[int], seed: int) -> list[str]:
    """Take turns as one customer, the other, both and nobody; return what was read that should not have been."""
    chance, wrong = random.Random(seed), []
    for _ in range(TURNS):
        turn = chance.choice(["one", "other", "all", "nobody"])
        if turn == "nobody":
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*), current_user FROM tickets_ticket")
                if cursor.fetchone() != (0, "itsm_app"):
                    wrong.append("nobody saw rows")
            continue
        wanted = ALL if turn == "all" else [sides[turn == "other"]]
        with scoping.scope(wanted), connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(DISTINCT customer_id ORDER BY customer_id), count(*) FROM tickets_ticket"
            )
            seen, count = cursor.fetchone()
            expected = (sorted(sides), 10) if turn == "all" else (wanted, 5)
            if (seen, count) != expected or Ticket.objects.count() != expected[1]:
                wrong.append(f"{turn} saw {seen}")
    connection.close()
    return wrong


@pytest.mark.parametrize("size", [1, 5])
def test_no_client_ever_sees_what_the_one_before_it_saw(
    two_sides: list[int], committing_db: str, size: int
) -> None:
    settings = connections.settings["default"]
    before = dict(settings)
    found: list[str] = []
    with pool(committing_db, size) as port:
        connections.close_all()
        settings.update(HOST="127.0.0.1", PORT=str(port), NAME="itsm")
        try:
            clients = [
                threading.Thread(target=lambda seed=seed: found.extend(wrong_reads(two_sides, seed)))
                for seed in range(CLIENTS)
            ]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
        finally:
            connections.close_all()
            settings.update(before)
    assert found == []


def test_a_setting_for_the_whole_session_would_reach_the_next_client(
    two_sides: list[int], committing_db: str
) -> None:
    """The danger is real here: what the product never does leaks at once, so the test above can fail."""
    password = re.search(r":([^:@]+)@", database.place().environment(committing_db)["DATABASE_URL"])
    assert password is not None
    with pool(committing_db, 1) as port:
        address = f"postgresql://itsm_app:{password[1]}@127.0.0.1:{port}/itsm"
        careless, innocent = psycopg2.connect(address), psycopg2.connect(address)
        with careless, careless.cursor() as cursor:
            cursor.execute("SELECT set_config('itsm.customers', %s, false)", [f"{{{two_sides[0]}}}"])
            cursor.execute("SELECT set_config('itsm.compartments', '{0}', false)")
        with innocent, innocent.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tickets_ticket")
            assert cursor.fetchone() == (5,)
        careless.close()
        innocent.close()
