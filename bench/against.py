"""Business time against a package of others, in one run: `businesstimedelta` walks from window to window.

Run as `python -m bench.against`. Both get the same hours, zone and holidays, and must answer the same instant and the
same duration; times are the best of several runs, in microseconds of processor time.
"""

import functools
import importlib
import time as clock
import timeit
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

from calendars import worktime

ZONE = "Europe/Berlin"
START = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
HALVES = (("08:00", "12:00"), ("13:00", "17:00"))
HOLIDAYS = [date(year, month, day) for year in range(2026, 2033) for month, day in ((1, 1), (5, 1), (12, 25))]
DISTANCES = {"5 days": 5, "1 month": 30, "1 year": 365, "5 years": 1_826}
AIM, FLAT = 50, 1.5


def best(work, seconds=0.3, repeat=9):
    """Microseconds of processor time of one call: what else the machine does hardly counts."""
    timer = timeit.Timer(work, timer=clock.process_time)
    number, taken = timer.autorange()
    number = max(1, int(number * seconds / max(taken, 1e-9) / repeat))
    return min(timer.repeat(repeat, number)) / number * 1e6


def ours():
    week = {day: HALVES for day in ("mon", "tue", "wed", "thu", "fri")}  # noqa: C420 - a row for each day
    holidays = [{"date": one.isoformat(), "name": "holiday"} for one in HOLIDAYS]
    return worktime.WorkCalendar(ZONE, week, holidays)


def theirs():
    """Their rules, and how they add: a delta of seconds."""
    peer = importlib.import_module("businesstimedelta")
    zone = importlib.import_module("pytz").timezone(ZONE)
    days = [
        peer.WorkDayRule(
            start_time=time.fromisoformat(begin),
            end_time=time.fromisoformat(end),
            working_days=[0, 1, 2, 3, 4],
            tz=zone,
        )
        for begin, end in HALVES
    ]
    free = peer.HolidayRule(dict.fromkeys(HOLIDAYS, "holiday"), tz=zone)
    rules = peer.Rules([*days, free])

    def add(start, duration):
        return start + peer.BusinessTimeDelta(rules, seconds=duration.total_seconds())

    def between(start, end):
        found = rules.difference(start, end)
        return timedelta(hours=found.hours, seconds=found.seconds)

    return add, between


def main():
    calendar, (add, between) = ours(), theirs()
    zone = zoneinfo.ZoneInfo(ZONE)
    bare = best(lambda: START.astimezone(zone))
    print(f"floor: one astimezone {bare:.2f} microseconds\n")
    print("| distance | work | ours µs | × floor | businesstimedelta µs | times as fast | aim | |")
    print("| --- | --- | --: | --: | --: | --: | --- | --- |")
    nearest = {}
    for name, days in DISTANCES.items():
        end = START + timedelta(days=days)
        duration = calendar.between(START, end)
        assert between(START, end) == duration
        assert add(START, duration) == calendar.add(START, duration)
        pairs = {
            "add": (functools.partial(calendar.add, START, duration), functools.partial(add, START, duration)),
            "between": (functools.partial(calendar.between, START, end), functools.partial(between, START, end)),
        }  # fmt: skip
        for work, (mine, other) in pairs.items():
            own, peer = best(mine), best(other)
            near = nearest.setdefault(work, own)
            is_first = days == DISTANCES["5 days"]
            is_met = peer / own >= AIM if is_first else own / near <= FLAT
            aim = f"≥ {AIM} ×" if is_first else f"≤ {FLAT} × 5 days ({own / near:.2f})"
            verdict = "met" if is_met else "missed"
            figures = f"{own:.1f} | {own / bare:.1f} | {peer:,.0f} | {peer / own:,.0f}"
            print(f"| {name} | {work} | {figures} | {aim} | {verdict} |")


if __name__ == "__main__":
    main()
