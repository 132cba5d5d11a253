"""Processes of the product that die on order: a program that forks workers, each with the wiring of the product.

It reads orders as lines of JSON and answers each with one: forking spares every worker the start of Django. A worker
that is killed gets SIGKILL, the same as by an impatient machine.
"""

import contextlib
import datetime as dt
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import django
from django.db import InterfaceError, OperationalError, connection, connections

django.setup()  # what follows can be imported only then

# ruff: noqa: E402
from accounts import actors
from core import time as core_time
from customers import scoping
from journal import relay
from notifications import sending
from slas import sweep


class Deadly:
    """Counts the places of a run, two for each statement and two for each commit, and dies at one of them."""

    def __init__(self, place: int, strike: Callable[[], None], told: Callable[[], None]):
        self.left = place
        self.strike = strike
        self.told = told
        self.has_progress = False

    def step(self) -> None:
        if self.left == 0:
            self.strike()
        self.left -= 1

    def around_statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.step()
        found = execute(sql, params, many, context)
        self.has_progress |= sql.lstrip().startswith("INSERT")  # an update may only put the same off again
        self.step()
        return found

    @contextlib.contextmanager
    def around_everything(self) -> Iterator[None]:
        commit = connection._commit

        def counted() -> None:
            self.step()
            commit()
            if self.has_progress:
                self.told()
            self.has_progress = False
            self.step()

        connection._commit = counted
        with connection.execute_wrapper(self.around_statement):
            yield


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fork(work: Callable[[], None]) -> int:
    """Start a worker that does `work` and ends; its number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - a forked process must not return into its parent's loop
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def ended(pid: int) -> bool:
    """Wait for a worker: True where it came to its end, False where it was killed. Any other end is a fault."""
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0, "a worker failed: see its words above"
    return True


def sweep_all(batch: int) -> None:
    """What a worker does at each tick, until nothing is due."""
    while any(vars(sweep.sweep(actors.system("Clock sweep"), batch=batch)).values()):
        pass


def deliver_all() -> None:
    while relay.work_off(actors.system("relay")):
        pass


def die_everywhere(batch: int, first: int) -> dict[str, int]:
    """One worker after the other sweeps, and dies two statements later than the one before him: before every second
    (`first` is 0 or 2) or after (1 or 3); four firsts are all places.

    After each commit that did something the count begins again, so that the rest is not left out. The last survives.
    """
    kills, place = 0, first
    while True:
        reading, writing = os.pipe()
        deadly = Deadly(place, die, lambda to=writing: os.write(to, b"c"))

        def work(deadly: Deadly = deadly) -> None:
            with deadly.around_everything():
                sweep_all(batch)

        survived = ended(fork(work))
        os.close(writing)
        with os.fdopen(reading, "rb") as words:
            has_committed = bool(words.read())
        if survived:
            return {"kills": kills}
        kills += 1
        place = first if has_committed else place + 4


def crowd(count: int, batch: int, kills: int, seed: int) -> dict[str, int]:
    """So many workers at once, as ticks of several beats wake them; some are killed at random and replaced."""
    dice = random.Random(seed)

    def work(own: int) -> None:
        pauses, idle = random.Random(own), 0
        while idle < 2:
            did = any(vars(sweep.sweep(actors.system("Clock sweep"), batch=batch)).values())
            did = bool(relay.work_off(actors.system("relay"), limit=5)) or did
            idle = 0 if did else idle + 1
            time.sleep(pauses.uniform(0, 0.02))

    def start() -> int:
        own = dice.getrandbits(32)
        return fork(lambda: work(own))

    running, killed = [start() for _ in range(count)], 0
    for _ in range(kills):
        time.sleep(dice.uniform(0.01, 0.2))
        victim = dice.randrange(count)
        os.kill(running[victim], signal.SIGKILL)
        killed += not ended(running[victim])
        running[victim] = start()
    for pid in running:
        ended(pid)
    return {"killed": killed}


def once(batch: int = 500, ahead: int = 0) -> dict[str, int]:
    """A healthy worker, until nothing is owed. `ahead`: so many seconds later, when leases of the dead are over."""

    def work() -> None:
        sweep_all(batch)
        deliver_all()
        with scoping.scope(frozenset()) as here:
            later = here.at + dt.timedelta(seconds=ahead)
        with core_time.frozen(later):
            deliver_all()

    ended(fork(work))
    return {}


def mail(ahead: int) -> dict[str, int]:
    """A worker that sends what is queued, so many seconds later: late alarms wait for those behind them."""

    def work() -> None:
        with scoping.scope(frozenset()) as here:
            later = here.at + dt.timedelta(seconds=ahead)
        with core_time.frozen(later):
            while sending.work_off(actors.system("mail")):
                pass

    ended(fork(work))
    return {}


def strike_server(postmaster: int, place: int, batch: int) -> dict[str, int]:
    """A worker in whose sweep the database's server is killed at a place; the sweep must fail, not go on."""

    def work() -> None:
        deadly = Deadly(place, lambda: os.kill(postmaster, signal.SIGKILL), lambda: None)
        with contextlib.suppress(OperationalError, InterfaceError), deadly.around_everything():
            sweep_all(batch)

    ended(fork(work))
    return {}


DEEDS = {one.__name__: one for one in (die_everywhere, crowd, once, mail, strike_server)}


def main() -> None:
    """Take orders until the other end closes."""
    sys.stdout.write(json.dumps({"ready": True}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        connections.settings["default"].update(order.pop("database"))
        sys.stdout.write(json.dumps(DEEDS[order.pop("deed")](**order)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
