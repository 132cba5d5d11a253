"""Rehearse: the tickets of some days judged twice, beside reading the same tickets and entries and nothing else."""

import datetime as dt
import time as clock

from accounts import actors
from bench.table import Line
from core.actor import Actor
from customers import scoping
from jobs import actions as jobs
from slas.rehearsal import running, stories
from slas.rehearsal.whatif import WhatIf

DAYS = 90  # over which the bench's tickets are spread
WANTED, AIM = 10_000, 30


def measure(size: int) -> list[Line]:
    """Seconds for ten thousand tickets (or all there are), and how many times the floor that is."""
    by = actors.system("Bench")
    days = min(max(round(WANTED * DAYS / size), 1), DAYS)
    last = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    asked = WhatIf(first_on=last - dt.timedelta(days=days - 1), last_on=last, percent=50)
    with scoping.scope(by.customers, caller=by.key) as here:
        job = jobs.start(running.KIND, by=by, at=here.at, arguments=running.arguments_of(asked, by, here.at))
        job = jobs.claim(job.pk, at=here.at) or job
    floor = _read(asked, by)
    began, busy = clock.perf_counter(), clock.process_time()
    result = running.run(job, by)
    taken, busy = clock.perf_counter() - began, clock.process_time() - busy
    many, aim = result["tickets"], AIM * result["tickets"] / WANTED
    return [
        Line(
            f"rehearse {many:,} tickets, {result['worse']:,} flip", taken, "s", f"≤ {aim:.0f}", taken <= aim
        ),
        Line("rehearse: processor time of it", busy, "s"),
        Line("rehearse: reading the same tickets and entries", floor, "s"),
        Line("rehearse: ratio to reading them", taken / floor, "×"),
    ]


def _read(asked: WhatIf, by: Actor) -> float:
    """Seconds for the rows alone."""
    began = clock.perf_counter()
    with scoping.scope(by.customers, compartments=by.compartments):
        rows = running.tickets_of(asked, by).order_by("id").values_list("id", "customer_id", "kind")
        found = list(rows)
        for place in range(0, len(found), running.STEP):
            stories.entries_of(found[place : place + running.STEP], dt.datetime.now(dt.UTC))
    return clock.perf_counter() - began
