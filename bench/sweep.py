"""The sweep on 100,000 clocks: what a batch is worth against one by one, and what finding nothing costs.

Run as `python -m bench.sweep`: it makes a throw-away database, fills it, and drops it. Every breach here is stamped,
said in the journal and fires one step that tells somebody; the floor is one bare `SELECT 1`. `--explain` prints the
plan by which the sweep finds what is due.
"""

import argparse
import datetime as dt
import os
import time as clock

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")
django.setup()

from django.db import connection  # noqa: E402

from accounts import actors  # noqa: E402
from core import time  # noqa: E402
from core.actor import ALL  # noqa: E402
from customers import scope  # noqa: E402
from slas import sweep  # noqa: E402
from slas.models import Timer  # noqa: E402
from tests import database  # noqa: E402
from tests.places import NOON, build_world, report  # noqa: E402
from tests.slas.conftest import make_levels  # noqa: E402
from tests.slas.many import copy  # noqa: E402

CLOCKS, DUE, ALONE = 100_000, 5_000, 300
EXPLAIN = (
    "EXPLAIN (ANALYZE, BUFFERS) SELECT id FROM slas_timer WHERE next_at < %s ORDER BY next_at, id LIMIT 500"
)
FIRST = NOON + dt.timedelta(hours=6)
STEP = dt.timedelta(seconds=1)  # one clock is due each second


def fill() -> None:
    """A hundred thousand running clocks, due one second after the other."""
    with time.frozen(NOON), scope(ALL):
        world = build_world(NOON)
        make_levels(world)
        ticket = report(world.acme)
        copy(ticket, CLOCKS, due_from=FIRST, spread=CLOCKS * STEP, metric="first_response")


def swept(until: dt.datetime, batch: int) -> tuple[int, float]:
    """Breaches stamped up to an instant, and the seconds that took."""
    by = actors.system("Clock sweep")
    done, began = 0, clock.perf_counter()
    with time.frozen(until):
        while found := sweep.sweep(by, batch=batch).breached:
            done += found
    return done, clock.perf_counter() - began


def milliseconds(work: object, times: int = 50) -> float:
    """The best of several runs."""
    taken = []
    for _ in range(times):
        began = clock.perf_counter()
        work()
        taken.append(clock.perf_counter() - began)
    return min(taken) * 1000


def idle() -> None:
    with time.frozen(NOON):
        sweep.sweep(actors.system("Clock sweep"))


def floor() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def plan() -> str:
    with scope(ALL), connection.cursor() as cursor:
        cursor.execute(EXPLAIN, [FIRST + 500 * STEP])
        return "\n".join(row[0] for row in cursor.fetchall())


def main() -> None:
    """Fill, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--explain", action="store_true", help="print the plan, too")
    options = asked.parse_args()
    with database.fresh():
        fill()
        found = plan()
        print(
            f"{CLOCKS:,} running clocks; what is due is found by: {'its index' if 'timer_due' in found else 'A SCAN'}"
        )
        if options.explain:
            print(found)
        bare, nothing = milliseconds(floor), milliseconds(idle)
        print(f"a sweep that finds nothing     {nothing:8.2f} ms  {nothing / bare:6.1f} x SELECT 1")
        alone, seconds = swept(FIRST + ALONE * STEP, 1)
        one_by_one = alone / seconds
        print(f"one by one, {alone:5,} breaches   {one_by_one:8,.0f} a second")
        many, seconds = swept(FIRST + (ALONE + DUE) * STEP, sweep.BATCH)
        print(
            f"by the batch, {many:5,} breaches {many / seconds:8,.0f} a second  {many / seconds / one_by_one:6.1f} x"
        )
        with scope(ALL):
            left = Timer.objects.filter(breached_at=None, next_at__lt=FIRST + (ALONE + DUE) * STEP).count()
        print(f"left over: {left}")


if __name__ == "__main__":
    main()
