"""Business time: what a deadline costs, near and far, against floors measured in the same run.

Run as `python -m bench.worktime`. Two floors: one turn of a datetime into local time (nothing can be cheaper), and
walking the calendar window by window (what a deadline costs without the tables). Times are the best of several runs,
in microseconds; the ratios are what counts, because they hold on any machine.
"""

import functools
import timeit
import zoneinfo
from datetime import UTC, datetime, timedelta

from calendars import clockchanges, worktime

ZONE = "Europe/Berlin"
START = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
OFFICE = {day: [("08:00", "12:00"), ("13:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
NIGHTS = {day: [("22:00", "06:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
HOLIDAYS = [
    *({"annual": day, "name": day} for day in ("01-01", "05-01", "10-03", "12-25", "12-26")),
    *({"date": f"{year}-04-{year % 28 + 1:02}", "name": "movable"} for year in range(2020, 2045)),
]
SPECIAL_DAYS = {f"{year}-12-24": [("08:00", "12:00")] for year in range(2020, 2045)}
DISTANCES = {
    "1 day": 1,
    "1 month": 30,
    "1 year": 365,
    "10 years": 3_652,
    "100 years": 36_524,
    "1,000 years": 365_242,
}


def made(week):
    return worktime.WorkCalendar(ZONE, week, HOLIDAYS, SPECIAL_DAYS)


def microseconds(work, number=300, repeat=9):
    return min(timeit.repeat(work, number=number, repeat=repeat)) / number * 1e6


def once(prepare, work, repeat=25):
    """The best single run of `work`, each after a fresh `prepare`."""
    best = float("inf")
    for _ in range(repeat):
        made_thing = prepare()
        best = min(best, timeit.timeit(lambda thing=made_thing: work(thing), number=1))
    return best * 1e6


def fresh_zone(week):
    clockchanges.forget()
    return made(week)


def walked(calendar, duration):
    """The deadline by going through the windows one by one."""
    for opening, closing in calendar.spans(START, START + timedelta(days=40_000)):
        if duration <= closing - opening:
            return opening + duration
        duration -= closing - opening
    return None


def row(label, values):
    first = values[0]
    cells = "".join(f"{value:>12.1f}" for value in values)
    print(f"{label:<34}{cells}    far/near {values[3] / first:.2f}  furthest/near {values[-1] / first:.2f}")


def table(name, week):
    calendar = made(week)
    durations = [calendar.between(START, START + timedelta(days=days)) for days in DISTANCES.values()]
    ends = [START + timedelta(days=days) for days in DISTANCES.values()]
    pauses = [(START + timedelta(hours=hours), START + timedelta(hours=hours + 2)) for hours in (1, 30, 60)]
    print(f"\n{name}, {ZONE}, {len(HOLIDAYS)} holidays, {len(SPECIAL_DAYS)} special days")
    print(f"{'microseconds':<34}" + "".join(f"{distance:>12}" for distance in DISTANCES))
    row("add", [microseconds(functools.partial(calendar.add, START, given)) for given in durations])
    row(
        "add with 3 pauses",
        [microseconds(functools.partial(calendar.add, START, it, pauses)) for it in durations],
    )
    row("subtract", [microseconds(functools.partial(calendar.subtract, START, given)) for given in durations])
    row("between", [microseconds(functools.partial(calendar.between, START, end)) for end in ends])
    row(
        "add, new calendar",
        [once(lambda: made(week), lambda it, d=given: it.add(START, d)) for given in durations],
    )
    row(
        "add, new calendar, unknown zone",
        [once(lambda: fresh_zone(week), lambda it, d=given: it.add(START, d)) for given in durations],
    )
    for label, given in list(zip(DISTANCES, durations, strict=True))[:4]:
        walk = microseconds(functools.partial(walked, calendar, given), number=1, repeat=5)
        add = microseconds(functools.partial(calendar.add, START, given))
        assert walked(calendar, given) == calendar.add(START, given)
        print(f"floor: walking {label:<19}{walk:>12.1f}    add/walk {add / walk:.3f}")


def main():
    zone = zoneinfo.ZoneInfo(ZONE)
    print(
        f"floor: one astimezone {microseconds(lambda: START.astimezone(zone), number=5_000):.2f} microseconds"
    )
    print(f"making a calendar {microseconds(lambda: made(OFFICE), number=50):.0f} microseconds")
    table("Office hours", OFFICE)
    table("Night shifts", NIGHTS)


if __name__ == "__main__":
    main()
