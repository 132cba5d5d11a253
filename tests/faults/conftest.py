"""Seeds, a crew of processes that die on order, and the books of an undisturbed run to compare with."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests import database
from tests.faults import ledger, town

SEEDS = int(os.environ.get("FAULT_SEEDS", "1"))
ADDRESS = ("HOST", "PORT", "USER", "PASSWORD", "NAME")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each fault strikes once for each seed: one in `make test`, twenty in `make faults`."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(1, SEEDS + 1))


class Crew:
    """The other end of tests/faults/worker.py: orders go to the database that this process works in."""

    def __init__(self, environment: dict[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"], cwd=settings.BASE_DIR, text=True,
            env={**environment, "DJANGO_SETTINGS_MODULE": "itsm.settings"}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        self._answer()

    def do(self, deed: str, **given: Any) -> dict[str, Any]:
        """Have it done, and wait until it is."""
        here = connections.settings["default"]
        order = {"deed": deed, "database": {name: here[name] for name in ADDRESS}, **given}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def heal(self) -> None:
        """Let a healthy worker do all that is left, after the leases of the dead are over."""
        self.do("once", ahead=180)

    def stop(self) -> None:
        self.process.communicate(timeout=20)

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the crew has ended: its words stand above"
        return dict(json.loads(line))


@pytest.fixture(scope="session")
def crew(django_db_setup: None) -> Iterator[Crew]:
    name = connections.settings["default"]["NAME"]
    environment = os.environ | database.place().environment(name) | {"LOCAL_DIR": str(settings.LOCAL_DIR)}
    found = Crew(environment)
    yield found
    found.stop()


@pytest.fixture(scope="session")
def undisturbed(crew: Crew, django_db_blocker: DjangoDbBlocker) -> Callable[[int], ledger.Names]:
    """Give the ledger of a town of so many tickets after a day without a fault, in a database of its own."""
    known: dict[int, ledger.Names] = {}

    def of(tickets: int) -> ledger.Names:
        if tickets not in known:
            with django_db_blocker.unblock(), database.fresh():
                town.build(tickets)
                crew.do("once")
                known[tickets] = ledger.read()
        return known[tickets]

    return of
