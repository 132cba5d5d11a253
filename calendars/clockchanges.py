"""When the clocks of a zone change, and what instant a wall-clock edge means on such a day.

Wall-clock times and instants are whole seconds on one scale: `date.toordinal() * 86_400` is the midnight of
that date, on the wall or in UTC. Kept per zone and year for the life of the process: a handful of numbers
each.
"""

import functools
import zoneinfo
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from calendars.windows import DAY_SECONDS, is_leap

# No zone changed its clocks before 1844, and none has a change of its own, outside its yearly rule, after 2086.
FIRST_YEAR = 1840
LAST_OWN_YEAR = 2100
# Two changes of one zone have never been closer than 6.9 days.
_PROBE = timedelta(days=4)
_SECOND = timedelta(seconds=1)
_NOTHING = timedelta(0)


class ClockChange(NamedTuple):
    """One jump of a zone's clocks: `at` the instant, `before` and `after` the offsets from UTC in seconds."""

    at: int
    before: int
    after: int

    def opening(self, wall: int) -> int:
        """The instant of an opening: a skipped one is the change itself, a repeated one the first of the two."""
        early = wall - self.before
        return early if early < self.at else max(self.at, wall - self.after)

    def closing(self, wall: int) -> int:
        """The instant of a closing: a skipped one is the change itself, a repeated one the second of the two."""
        late = wall - self.after
        return late if late >= self.at else min(self.at, wall - self.before)

    def days(self) -> Iterator[int]:
        """Days whose windows may meet the skipped or repeated time, the eve's night shift included."""
        first, last = sorted((self.at + self.before, self.at + self.after))
        return iter(range(first // DAY_SECONDS - 1, last // DAY_SECONDS + 1))


def kind_of(year: int) -> int:
    """What a yearly rule depends on: the weekday of 1 January (Monday is 0), and 7 more if there is a 29 February."""
    return YEAR_KINDS[year % 400]


def changed_days(zone: zoneinfo.ZoneInfo, year: int) -> dict[int, ClockChange]:
    """The change that each day of the year can meet, for the few days that meet one."""
    if year <= LAST_OWN_YEAR:
        return _own_changes(zone, year)
    model = _MODEL_YEARS[kind_of(year)]
    moved = date(year, 1, 1).toordinal() - date(model, 1, 1).toordinal()
    return {
        day + moved: change._replace(at=change.at + moved * DAY_SECONDS)
        for day, change in _own_changes(zone, model).items()
    }


def forget() -> None:
    """Let go of what is kept of all zones: after their data changed, or to measure a cold start."""
    _own_changes.cache_clear()


def model_year(after: int, year: int) -> int:
    """The first year later than `after` of the same kind as `year`."""
    kind = kind_of(year)
    return next(model for model in range(after + 1, after + 401) if kind_of(model) == kind)


def offset_on(zone: zoneinfo.ZoneInfo, day: int) -> int:
    """The zone's offset from UTC, in seconds, at the midnight with which a day begins."""
    return _offset(zone, datetime.fromordinal(day))


@functools.lru_cache(maxsize=16_384)
def _own_changes(zone: zoneinfo.ZoneInfo, year: int) -> dict[int, ClockChange]:
    if year < FIRST_YEAR:
        return {}
    days = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    changes = _find_changes(zone, days.start - 4, days.stop + 4)
    return {day: change for change in changes for day in change.days() if day in days}


def _find_changes(zone: zoneinfo.ZoneInfo, first: int, last: int) -> list[ClockChange]:
    """The changes between two days, by asking for the offset of the wall-clock time every few days."""
    changes = []
    wall, end = datetime.fromordinal(first), datetime.fromordinal(last)
    before = _offset(zone, wall)
    while wall < end:
        after = _offset(zone, wall + _PROBE)
        if after != before:
            changed = _find_wall(zone, wall, before)
            changes.append(ClockChange(changed - max(before, after), before, after))
        wall, before = wall + _PROBE, after
    return changes


def _find_wall(zone: zoneinfo.ZoneInfo, wall: datetime, before: int) -> int:
    """The first wall-clock second after `wall` that no longer has the offset before the change.

    A time that is skipped counts as before the change, and so does one that is repeated: hence this is the
    end of the skipped or repeated time, in both cases the later of the two readings of the clock at the
    change.
    """
    low, high = 0, _PROBE // _SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, wall + middle * _SECOND) == before:
            low = middle
        else:
            high = middle
    return wall.toordinal() * DAY_SECONDS + high


def _offset(zone: zoneinfo.ZoneInfo, wall: datetime) -> int:
    offset = zone.utcoffset(wall) or _NOTHING
    return offset.days * DAY_SECONDS + offset.seconds


YEAR_KINDS = tuple(date(year, 1, 1).weekday() + 7 * is_leap(year) for year in range(2000, 2400))
_MODEL_YEARS = [model_year(LAST_OWN_YEAR, 2000 + YEAR_KINDS.index(kind)) for kind in range(14)]
