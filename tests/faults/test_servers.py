"""The servers beneath the workers: Redis emptied, PostgreSQL killed in a sweep, a worker whose clock is wrong."""

import contextlib
import datetime as dt
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connections
from kombu import Connection
from pytest_django import DjangoDbBlocker

from core.actor import ALL
from customers import scoping
from itsm import celery_app
from ops import postgres, refusals, servers
from slas.models import Escalation, Timer
from tests import database
from tests.faults import ledger, town
from tests.faults.conftest import Crew

pytestmark = [pytest.mark.faults, pytest.mark.committing]
Undisturbed = Callable[[int], ledger.Names]
PATIENCE_SECONDS = 180  # a busy machine; a few seconds on an idle one
LINES = ("sweep clocks", "relay entries")


@contextlib.contextmanager
def celery(environment: dict[str, str], *, ahead: int = 0) -> Iterator[str]:
    """A Celery worker with a broker's database of its own, whose address is given; its clock is `ahead` seconds."""
    broker = environment["BROKER_URL"].rsplit("/", 1)[0] + "/12"
    redis.Redis.from_url(broker).flushdb()
    command = [
        sys.executable, "-m", "tests.faults.ahead", str(ahead), "-A", "itsm", "worker", "--pool=solo",
        "--queues=timers,realtime", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    with (Path(settings.LOCAL_DIR) / "celery.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env={**environment, "BROKER_URL": broker}, stdout=log, stderr=log
        )
    try:
        yield broker
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def tick(broker: str, beats: int) -> None:
    """What so many beats send at once."""
    with Connection(broker) as connection:
        for name in LINES:
            line = celery_app.conf.beat_schedule[name]
            for _ in range(beats):
                celery_app.send_task(line["task"], connection=connection, **line["options"])


def tick_until(is_so: Callable[[], bool], broker: str, *, between: Callable[[], Any] = lambda: None) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        tick(broker, beats=5)
        time.sleep(0.2)
        between()


def is_done() -> bool:
    """Nothing is due, and nobody is owed anything."""
    with scoping.scope(ALL) as here:
        return not Timer.objects.due_before(here.at).exists() and not ledger.owed()


def test_redis_is_emptied_while_five_beats_tick(
    committing_db: str, product_environment: dict[str, str], undisturbed: Undisturbed, seed: int
) -> None:
    town.build(4)
    dice = random.Random(seed)
    with celery(product_environment) as broker, redis.Redis.from_url(broker) as client:
        emptied: list[bool] = []
        times = dice.randint(2, 5)

        def empty() -> None:
            if len(emptied) < times and (dice.random() < 0.5 or not emptied):
                emptied.append(bool(client.flushdb()))

        wanted = undisturbed(4)
        tick_until(is_done, broker, between=empty)
    assert emptied
    ledger.assert_whole(wanted)


def test_a_worker_whose_clock_is_ten_minutes_ahead_does_what_is_due_and_nothing_else(
    committing_db: str, product_environment: dict[str, str], seed: int
) -> None:
    town.build(5 + seed % 3, over=dt.timedelta(minutes=10), last_due=dt.timedelta(minutes=-5))
    with scoping.scope(ALL) as here:
        began = here.at

    with celery(product_environment, ahead=600) as broker:
        tick_until(is_done, broker)
    with scoping.scope(ALL) as here:
        stamped = Timer.objects.exclude(breached_at=None)
        assert stamped.exists()
        assert not stamped.filter(due_at__gte=here.at).exists()
        assert Timer.objects.filter(breached_at=None, due_at__gt=began).exists()
        fired = list(Escalation.objects.values_list("due_at", "fired_at"))
        assert all(due <= at and began <= at <= here.at for due, at in fired)
    assert set(ledger.read().values()) == {1}


@pytest.fixture
def own_server(
    tmp_path: Path, undisturbed: Undisturbed, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Any]:
    """A PostgreSQL that only this test kills, durable as in production, in which this process works meanwhile."""
    undisturbed(4)  # while this process still works on the shared one
    shared = database.place()
    pair = servers.Servers(home=tmp_path, given={"BROKER_URL": "shared", "CACHE_URL": "shared"})
    pair.start()
    cluster = pair.database
    assert cluster is not None
    before = dict(connections.settings["default"])
    try:
        with cluster.administrator() as cursor:
            postgres.make_database(cursor, "copy")
        _copy(shared.cluster, shared.template, cluster, "copy")
        with cluster.administrator("copy") as cursor:
            cursor.execute("GRANT CONNECT ON DATABASE copy TO itsm_app")
        connections.close_all()
        address = {
            "USER": "itsm_app",
            "PASSWORD": pair.secrets["app"],
            "PORT": str(cluster.port),
            "NAME": "copy",
        }
        connections.settings["default"].update(address)
        with django_db_blocker.unblock():
            yield cluster
    finally:
        connections.close_all()
        connections.settings["default"].update(before)
        pair.stop()


def _copy(source: postgres.Cluster, template: str, target: postgres.Cluster, name: str) -> None:
    def of(cluster: postgres.Cluster, database_name: str) -> str:
        return cluster.url(postgres.ADMIN, cluster.password, database_name)

    dump = subprocess.run(
        [source.binaries.program("pg_dump"), f"--dbname={of(source, template)}"],
        capture_output=True,
        check=True,
    )
    subprocess.run(
        [source.binaries.program("psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", of(target, name)],
        input=dump.stdout, env=os.environ | {"PGOPTIONS": "-c synchronous_commit=off"}, capture_output=True, check=True,
    )  # fmt: skip


def test_postgresql_is_killed_in_a_sweep_and_started_again(
    own_server: postgres.Cluster, crew: Crew, undisturbed: Undisturbed, seed: int
) -> None:
    wanted = undisturbed(4)
    town.build(4)
    connections.close_all()
    assert own_server.process is not None
    place = random.Random(seed).randrange(4, 90)
    crew.do("strike_server", postmaster=own_server.process.pid, place=place, batch=500)
    own_server.process.wait(20)
    end = time.monotonic() + PATIENCE_SECONDS
    while True:  # what the dead one left, its children and its memory, takes a moment to go
        try:
            own_server.restart()
            break
        except refusals.RefusalError:
            assert time.monotonic() < end
            time.sleep(0.2)
    crew.heal()
    ledger.assert_whole(wanted)
