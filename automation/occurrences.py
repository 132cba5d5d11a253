"""When a recurring ticket occurs: pure arithmetic on local days, then one instant for each, whatever the clocks do.

A day has at most one occurrence. A local time that the clocks skip is the moment they jump, on the same day; one that
they repeat is the first of the two.
"""

import datetime as dt
import itertools
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dateutil import rrule

from automation.choices import Frequency, MonthDay
from automation.models import Schedule

WORKING = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Due:
    """One occurrence: its local day, which names it, and its instant."""

    on: dt.date
    due_at: dt.datetime


def local_day(schedule: Schedule, at: dt.datetime) -> dt.date:
    """The day that `at` is in the schedule's zone."""
    return at.astimezone(zoneinfo.ZoneInfo(schedule.time_zone)).date()


def instant(day: dt.date, wall: dt.time, zone: str) -> dt.datetime:
    """The instant of a wall-clock time on a day, in UTC."""
    there = zoneinfo.ZoneInfo(zone)
    local = dt.datetime.combine(day, wall, tzinfo=there)
    found = local.astimezone(dt.UTC)
    if found.astimezone(there).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    # Skipped: both readings miss it, and the jump lies between them.
    early, late = sorted((found, local.replace(fold=1).astimezone(dt.UTC)))
    before = early.astimezone(there).utcoffset()
    while late - early > dt.timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(there).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def days(schedule: Schedule, since: dt.date, most: int, until: dt.date | None = None) -> list[dt.date]:
    """The days on which it occurs, from `since` on (included), at most so many."""
    found = itertools.dropwhile(lambda day: day < since, _days(schedule))
    stopped = itertools.takewhile(lambda day: until is None or day <= until, found)
    return list(itertools.islice(stopped, most))


def after(schedule: Schedule, at: dt.datetime, most: int) -> list[Due]:
    """The next occurrences after an instant."""
    candidates = days(schedule, local_day(schedule, at), most + 1)
    found = [Due(day, instant(day, schedule.local_time, schedule.time_zone)) for day in candidates]
    return [one for one in found if one.due_at > at][:most]


def between(schedule: Schedule, since: dt.datetime, until: dt.datetime, most: int) -> list[Due]:
    """The occurrences from `since` to `until`, both included; the latest `most` of them."""
    first, last = local_day(schedule, since), local_day(schedule, until)
    found = days(schedule, first, (last - first).days + 1, last)
    dues = [Due(day, instant(day, schedule.local_time, schedule.time_zone)) for day in found]
    return [one for one in dues if since <= one.due_at <= until][-most:]


def _days(schedule: Schedule) -> Iterator[dt.date]:
    start = dt.datetime.combine(schedule.starts_on, dt.time())
    rule: Any = rrule.rrule(dtstart=start, interval=schedule.interval, **_pattern(schedule))
    for moment in rule:
        if schedule.ends_on and moment.date() > schedule.ends_on:
            return
        yield moment.date()


def _pattern(schedule: Schedule) -> dict[str, Any]:
    if schedule.frequency == Frequency.DAILY:
        return {"freq": rrule.DAILY, **({"byweekday": schedule.weekdays} if schedule.weekdays else {})}
    if schedule.frequency == Frequency.WEEKLY:
        return {"freq": rrule.WEEKLY, "byweekday": schedule.weekdays}
    number = schedule.month_number or 1
    if schedule.month_day == MonthDay.WORKING_DAY:
        return {"freq": rrule.MONTHLY, "byweekday": WORKING, "bysetpos": number}
    if schedule.month_day == MonthDay.WEEKDAY:
        return {"freq": rrule.MONTHLY, "byweekday": schedule.weekdays, "bysetpos": number}
    if number <= 28:
        return {"freq": rrule.MONTHLY, "bymonthday": number}
    # A month that has no 31st takes its last day.
    return {"freq": rrule.MONTHLY, "bymonthday": range(28, number + 1), "bysetpos": -1}
