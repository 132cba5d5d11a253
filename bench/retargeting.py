"""A calendar edit beside the desk: how fast running clocks move to the new version, and what the queue feels of it."""

import datetime as dt
import os
import subprocess
import sys
import time as clock
from collections.abc import Callable
from pathlib import Path

from accounts import actors
from bench import driving
from bench.table import Line
from calendars import actions as calendars
from core.actor import ALL
from customers import scoping
from slas.choices import LEFT
from slas.models import Timer

PROJECT = Path(__file__).resolve().parent.parent
MOST_RATIO = 1.5
ROUNDS = 60
# As the worker does it, tick after tick without the pause between: more than an installation ever does at once.
FOLLOW = """
import django; django.setup()
from accounts import actors
from slas import sweep
while sweep.sweep(actors.system("Clock sweep")).moved:
    pass
"""


def measure(call: driving.Call, clients: driving.Clients, *, rounds: int = ROUNDS) -> list[Line]:
    """Ask the queue before, while and after all clocks of one calendar follow an edit of it."""
    asks = _asking(call, clients)
    asks(rounds // 4)  # warm
    before = asks(rounds)
    many = _edit()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "itsm.settings"}
    began = clock.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", FOLLOW], cwd=PROJECT, env=environment)
    during = []
    while process.poll() is None:
        during += asks(1)
    taken = clock.perf_counter() - began
    assert process.returncode == 0
    idle = driving.quantile([*before, *asks(rounds)], 0.95)
    loaded = driving.quantile(during, 0.95)
    left = _behind()
    aim, is_met = f"≤ {MOST_RATIO} × idle", loaded <= MOST_RATIO * idle
    return [
        Line(f"re-target {many:,} running clocks after a calendar edit", many / taken, "a second"),
        Line("re-target: clocks left behind", left, "", "0", left == 0),
        Line("re-target: p95 of the queue before and after", idle, "ms"),
        Line("re-target: p95 of the queue meanwhile", loaded, "ms", aim, is_met),
        Line("re-target: ratio to idle", loaded / idle, "×"),
    ]


def _asking(call: driving.Call, clients: driving.Clients) -> Callable[[int], list[float]]:
    client = clients.of("everywhere")

    def asks(times: int) -> list[float]:
        taken = []
        for _ in range(times):
            milliseconds, answer = driving.timed(call, client)
            assert answer.status_code == 200
            taken.append(milliseconds)
        return taken

    return asks


def _edit() -> int:
    """Give the calendar of the most clocks an hour more on Mondays. Returns how many clocks are to follow."""
    with scoping.scope(ALL) as here:
        running = Timer.objects.filter(state__in=LEFT).order_by("calendar_id")
        calendar = running.select_related("calendar")[0].calendar
        week = calendar.versions.latest("number").week
        fields = {"week": {**week, "mon": [["06:00", "07:00"], *week["mon"]]}}
        tomorrow = here.at.date() + dt.timedelta(days=1)
        by = actors.system("bench")
        calendars.change_calendar(calendar, by=by, at=here.at, fields=fields, valid_from=tomorrow)
        return running.filter(calendar=calendar).count()


def _behind() -> int:
    with scoping.scope(ALL):
        rows = Timer.objects.filter(state__in=LEFT).select_related("calendar")
        return sum(one.calendar_version < one.calendar.version for one in rows)
