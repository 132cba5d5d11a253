"""How many seconds the windows before a day add up to, as written, in the same few steps for any day.

The week and the annual holidays repeat every 400 years exactly; dated holidays and special days are sums over
a sorted list. Clock changes are not in these numbers: `timeline` adds what they shift.
"""

import itertools
from bisect import bisect_left
from datetime import date

from calendars.clockchanges import YEAR_KINDS, kind_of
from calendars.windows import OpeningHours, Windows

FIRST_DAY = date(1, 1, 10).toordinal()
LAST_DAY = date(9999, 12, 20).toordinal()

_CYCLE_DAYS = 146_097
_MODEL_YEARS = [2000 + YEAR_KINDS.index(kind) for kind in range(14)]


class Tally:
    """Running totals of one calendar's written windows, in seconds. Days are ordinals."""

    def __init__(self, hours: OpeningHours) -> None:
        self._hours = hours
        self._lengths = [length(windows) for windows in hours.week]
        self._week_sums = [0, *itertools.accumulate(self._lengths)]
        self._in_year: dict[int, tuple[list[int], list[int]]] = {}
        self._cycle_sums: list[int] = []
        self._closed_from = [first for first, _ in hours.closed]
        losses = (self._plain(end) - self._plain(first) for first, end in hours.closed)
        self._closed_sums = [0, *itertools.accumulate(losses)]
        self._special_sums = [0, *itertools.accumulate(map(self._special_gain, hours.special_on))]
        self.never_opens = self.before(LAST_DAY) == self.before(FIRST_DAY)
        self.last_day = self._last_day()

    def before(self, day: int) -> int:
        """Seconds inside the windows of all days before `day`."""
        total = self._plain(day)
        closed = bisect_left(self._closed_from, day)
        if closed:
            total -= self._closed_sums[closed]
            end = self._hours.closed[closed - 1][1]
            if day < end:
                total += self._plain(end) - self._plain(day)
        return total + self._special_sums[bisect_left(self._hours.special_on, day)]

    def days_for(self, seconds: int, day: int) -> int:
        """About how many days after `day` the windows reach `seconds`; less than 0 for none or fewer."""
        week = self._week_sums[7]
        if week == 0:
            return 0
        if abs(seconds) > 60 * week:
            cycle = week * _CYCLE_DAYS // 7 - self._annual_loss(400)
            return seconds * _CYCLE_DAYS // max(cycle, 1)
        weeks, rest = divmod(seconds - 1, week)
        rest, days = rest + 1, 0
        while rest > self._lengths[(day - 1 + days) % 7]:
            rest -= self._lengths[(day - 1 + days) % 7]
            days += 1
        return 7 * weeks + days

    def _last_day(self) -> int:
        """The last day that can have a window."""
        special = min(LAST_DAY, max(self._hours.special_on, default=FIRST_DAY))
        if self._week_sums[7] == 0:
            return special
        first, end = self._hours.closed[-1] if self._hours.closed else (0, 0)
        return max(special, first) if end > LAST_DAY else LAST_DAY

    def _special_gain(self, day: int) -> int:
        own = length(self._hours.special[day])
        return own - (0 if self._hours.is_holiday(day) else self._lengths[(day - 1) % 7])

    def _plain(self, day: int) -> int:
        """As `before`, by the week and the annual holidays alone."""
        weeks, rest = divmod(day - 1, 7)
        total = weeks * self._week_sums[7] + self._week_sums[rest]
        if not self._hours.annual:
            return total
        on = date.fromordinal(min(day, date.max.toordinal()))
        days, losses = self._annual_in(kind_of(on.year))
        return (
            total
            - self._annual_loss(on.year)
            - losses[bisect_left(days, day - date(on.year, 1, 1).toordinal())]
        )

    def _annual_loss(self, year: int) -> int:
        """Seconds that annual holidays take from the years 0 to `year` - 1."""
        if not self._hours.annual:
            return 0
        if not self._cycle_sums:
            per_kind = [self._annual_in(kind)[1][-1] for kind in range(14)]
            self._cycle_sums = [0, *itertools.accumulate(map(per_kind.__getitem__, YEAR_KINDS))]
        cycles, rest = divmod(year, 400)
        return cycles * self._cycle_sums[400] + self._cycle_sums[rest]

    def _annual_in(self, kind: int) -> tuple[list[int], list[int]]:
        """The annual holidays of such a year, as days after 1 January, and running sums of what they take."""
        known = self._in_year.get(kind)
        if known is None:
            year = _MODEL_YEARS[kind]
            first = date(year, 1, 1).toordinal()
            days = list(self._hours.annual_days(year))
            taken = itertools.accumulate(self._lengths[(day - 1) % 7] for day in days)
            known = self._in_year[kind] = ([day - first for day in days], [0, *taken])
        return known


def length(windows: Windows) -> int:
    """Seconds inside the windows, as written."""
    return sum(closing - opening for opening, closing in windows)
