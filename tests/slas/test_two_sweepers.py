"""Two sweepers at once, one killed in the middle, one beside an agent at work: nothing twice, nothing lost."""

import datetime as dt
import subprocess
import sys
import threading
import time as clock

import pytest
from django.db import connections

from accounts import actors
from core import time
from core.actor import ALL
from customers import scoping
from journal.models import Entry
from slas import sweep
from slas.models import Escalation, Timer
from tests.places import NOON, World, build_world, report
from tests.slas.conftest import Hands, at, make_levels
from tests.slas.many import copy
from tickets.models import Ticket

pytestmark = pytest.mark.committing

SWEEP = """
import django, sys; django.setup()
import datetime as dt
from accounts import actors
from core import time
from slas import sweep
with time.frozen(dt.datetime.fromisoformat(sys.argv[1])):
    print("ready", flush=True)
    sweep.sweep(actors.system("Clock sweep"), batch=int(sys.argv[2]))
"""


@pytest.fixture
def place(committing_db: str) -> tuple[World, Ticket]:
    """The world with its levels and one ticket of Acme, committed."""
    with time.frozen(NOON), scoping.scope(ALL):
        world = build_world()
        make_levels(world)
        ticket = report(world.acme)
    return world, ticket


def many(ticket: Ticket, count: int) -> None:
    with time.frozen(NOON), scoping.scope(ALL):
        copy(ticket, count, due_from=at(15), spread=dt.timedelta(minutes=30), metric="first_response")


def run(instant: dt.datetime, batch: int = 50) -> sweep.Swept:
    try:
        with time.frozen(instant):
            return sweep.sweep(actors.system("Clock sweep"), batch=batch)
    finally:
        connections.close_all()


def assert_once(tickets: int) -> None:
    """Each clock is breached, said once, and has fired each of its due steps once."""
    with scoping.scope(ALL):
        due = Timer.objects.filter(metric="first_response")
        assert due.count() == tickets
        assert due.filter(breached_at=None).count() == 0
        said = list(Entry.objects.filter(name="sla.breached").values_list("data__timer_id", flat=True))
        assert len(said) == len(set(said)) == tickets
        fired = Escalation.objects.filter(timer__metric="first_response").count()
        assert fired == tickets
        told = Entry.objects.filter(name="sla.escalated", data__metric="first_response").count()
        assert told == tickets


def test_four_sweepers_at_once_do_everything_once(place):
    _, ticket = place
    many(ticket, 300)
    done: list[sweep.Swept] = []
    threads = [threading.Thread(target=lambda: done.append(run(at(16, 1), 20))) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(one.breached for one in done) == 301
    assert_once(301)


def test_a_sweeper_killed_in_the_middle_loses_and_doubles_nothing(place, product_environment):
    _, ticket = place
    many(ticket, 400)
    breached = 0
    for _ in range(3):
        program = subprocess.Popen(
            [sys.executable, "-c", SWEEP, at(16, 1).isoformat(), "5"],
            env={**product_environment, "DJANGO_SETTINGS_MODULE": "itsm.settings"},
            stdout=subprocess.PIPE,
        )
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        before = breached
        while breached == before:
            clock.sleep(0.01)
            with scoping.scope(ALL):
                breached = Timer.objects.exclude(breached_at=None).count()
        program.kill()
        program.communicate()
        with scoping.scope(ALL):
            breached = Timer.objects.exclude(breached_at=None).count()
            assert Entry.objects.filter(name="sla.breached").count() == breached
        assert 0 < breached < 401
    while run(at(16, 1)).breached:
        pass
    assert_once(401)


def test_a_sweep_beside_agents_at_work_deadlocks_with_nobody(place):
    world, ticket = place
    many(ticket, 120)
    faults: list[Exception] = []

    def work() -> None:
        try:
            with scoping.scope(ALL):
                numbers = list(Ticket.objects.order_by("id").values_list("id", flat=True))
            for ticket_id in numbers[::4]:
                with time.frozen(at(16, 2)), scoping.scope(ALL):
                    hands = Hands(world, Ticket.objects.get(pk=ticket_id))
                    hands.reply(at(16, 2))
        except Exception as fault:  # noqa: BLE001 - any of them fails the test
            faults.append(fault)
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive():
        run(at(16, 1), 25)
    worker.join()
    run(at(16, 3))
    assert faults == []
    with scoping.scope(ALL):
        said = list(Entry.objects.filter(name="sla.breached").values_list("data__timer_id", flat=True))
        assert len(said) == len(set(said)) == 121
