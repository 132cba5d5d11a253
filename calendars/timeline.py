"""A calendar laid along real time: how much is open before an instant, and at which instant so much was.

Both answers take the same few steps however far the instant lies: written totals come from `tally`, and what
clock changes shift is summed per year (kept) up to the years in which every zone follows a yearly rule, and
per 400 years beyond. Instants are whole microseconds on the scale of `clockchanges`, spans of days are whole
seconds.
"""

import itertools
import zoneinfo
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from calendars import clockchanges
from calendars.tally import FIRST_DAY, LAST_DAY, Tally, length
from calendars.windows import DAY_SECONDS, OpeningHours, Windows

SECOND = 1_000_000
DAY = DAY_SECONDS * SECOND

_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEPT_DAYS = 2_000
_GUESSES = 12

Spans = tuple[tuple[int, int], ...]


def to_instant(at: datetime) -> int:
    """An aware datetime as microseconds. Raises OverflowError next to the ends of what datetime holds."""
    return (at.astimezone(UTC) - _ORIGIN) // _MICROSECOND + DAY


def to_datetime(instant: int) -> datetime:
    """Microseconds as a datetime in UTC."""
    return _ORIGIN + timedelta(microseconds=instant - DAY)


class Timeline:
    """The open spans of one calendar in one zone. Safe to share between threads: what it keeps stays true."""

    def __init__(self, hours: OpeningHours, zone: zoneinfo.ZoneInfo) -> None:
        self._hours = hours
        self._zone = zone
        self.tally = Tally(hours)
        last_dated = date.fromordinal(max(hours.last_exception(), 1)).year
        rule_from = max(clockchanges.LAST_OWN_YEAR, last_dated + 1) + 1
        self._rule_from = rule_from if rule_from + 400 <= date.max.year else date.max.year + 1
        self._spans: dict[int, Spans] = {}
        self._shifts: dict[int, tuple[list[int], list[int]]] = {}
        self._anchor: dict[str, int] = {}
        self._shift_sums: dict[int, int] = {}
        self._cycle_sums: list[int] = []

    def day_of(self, instant: int) -> int:
        """The local day on which the instant falls."""
        return to_datetime(instant).astimezone(self._zone).toordinal()

    def spans_on(self, day: int) -> Spans:
        """The open spans of a day's windows in order, in seconds, less what earlier days' windows cover."""
        spans = self._spans.get(day)
        if spans is None:
            if len(self._spans) > _KEPT_DAYS:
                self._spans.clear()
            spans = self._spans[day] = self._draw(day, self._hours.on(day))
        return spans

    def usual_spans_on(self, day: int) -> Spans:
        """The spans that the day would have, were it neither a holiday nor a special day."""
        return self._draw(day, self._hours.usual(day))

    def merged(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The open spans of the days `first` to `last` in microseconds, joined where they touch."""
        begin = end = -1
        for opening, closing in itertools.chain.from_iterable(map(self.spans_on, range(first, last + 1))):
            if opening * SECOND != end:
                if end > 0:
                    yield begin, end
                begin = opening * SECOND
            end = closing * SECOND
        if end > 0:
            yield begin, end

    def measure(self, instant: int) -> int:
        """Open microseconds before the instant, counted from a beginning that is the same for each call."""
        day = self.day_of(instant)
        total = self.before(day - 2) * SECOND
        for near in range(day - 2, day + 2):
            for opening, closing in self.spans_on(near):
                if opening * SECOND >= instant:
                    return total
                total += min(closing * SECOND, instant) - opening * SECOND
        return total

    def find_instant(self, amount: int, near: int) -> int | None:
        """The first instant before which `amount` microseconds are open; `near` is a guess at its day."""
        found = self._find_day(amount, near)
        if found is None:
            return None
        day, rest = found
        for opening, closing in self.spans_on(day):
            if rest <= (closing - opening) * SECOND:
                return opening * SECOND + rest
            rest -= (closing - opening) * SECOND
        return None

    def is_open(self, instant: int) -> bool:
        """Whether the instant lies in a span; its end does not."""
        day = self.day_of(instant)
        spans = itertools.chain.from_iterable(map(self.spans_on, range(day - 2, day + 2)))
        return any(opening * SECOND <= instant < closing * SECOND for opening, closing in spans)

    def find_closing(self, instant: int) -> int | None:
        """The end of the unbroken open time around an open instant; None if it does not end."""
        closed = instant - self.measure(instant)
        last = LAST_DAY * DAY
        low, high = instant, min(last, instant + DAY)
        while high - self.measure(high) == closed:
            if high == last:
                return None
            low, high = high, min(last, high + 2 * (high - instant))
        while high - low > DAY:
            middle = (low + high) // 2
            if middle - self.measure(middle) == closed:
                low = middle
            else:
                high = middle
        spans = self.merged(self.day_of(low) - 2, self.day_of(high) + 2)
        return next(end for _, end in spans if end >= low and end > instant)

    def before(self, day: int) -> int:
        """Open seconds, real ones, in the windows of all days before `day`; the same beginning as `measure`."""
        year = date.fromordinal(day).year
        days, sums = self._shifts_in(year)
        place = bisect_left(days, day - date(year, 1, 1).toordinal())
        return self.tally.before(day) + self._shift_before(year) + sums[place]

    def _find_day(self, amount: int, near: int) -> tuple[int, int] | None:
        """The day in whose spans the amount is reached, and what is left of it on that morning (microseconds).

        Guesses by the written week, each corrected by the true rest; by halves when those do not settle.
        """
        low, high = FIRST_DAY - 1, self.tally.last_day + 1
        guess, guesses = near, _GUESSES
        while high - low > 1:
            day = guess if guesses and low < guess < high else (low + high) // 2
            guesses = max(0, guesses - 1)
            rest = amount - self.before(day) * SECOND
            if rest <= 0:
                high = day
                guess = day + self.tally.days_for(rest // SECOND, day)
                continue
            within = SECOND * sum(closing - opening for opening, closing in self.spans_on(day))
            if rest <= within:
                return day, rest
            low = day
            guess = day + 1 + self.tally.days_for((rest - within) // SECOND, day + 1)
        return None

    def _draw(self, day: int, windows: Windows) -> Spans:
        if not windows:
            return ()
        change = clockchanges.changed_days(self._zone, date.fromordinal(day).year).get(day)
        midnight = day * DAY_SECONDS
        if change is None:
            midnight -= clockchanges.offset_on(self._zone, day)
            return tuple((midnight + opening, midnight + closing) for opening, closing in windows)
        reached = 0
        for eve in (day - 2, day - 1):
            for _, closing in self._hours.on(eve):
                reached = change.closing(eve * DAY_SECONDS + closing)
        spans = []
        for opening, closing in windows:
            begin, end = max(change.opening(midnight + opening), reached), change.closing(midnight + closing)
            if begin < end:
                spans.append((begin, end))
            reached = max(reached, end)
        return tuple(spans)

    def _shifts_in(self, year: int) -> tuple[list[int], list[int]]:
        """The days of a year, counted from 1 January, on which clocks shift hours, and their running sums."""
        model = year if year < self._rule_from else clockchanges.model_year(self._rule_from - 1, year)
        known = self._shifts.get(model)
        if known is None:
            first = date(model, 1, 1).toordinal()
            changed = clockchanges.changed_days(self._zone, model)
            shifts = {day - first: self._shift_on(day, changed[day]) for day in sorted(changed)}
            shifted = {day: seconds for day, seconds in shifts.items() if seconds}
            known = self._shifts[model] = (list(shifted), [0, *itertools.accumulate(shifted.values())])
        return known

    def _shift_on(self, day: int, change: clockchanges.ClockChange) -> int:
        """Seconds that the day's windows gain or lose by the change."""
        windows, midnight = self._hours.on(day), day * DAY_SECONDS
        first, last = sorted((change.at + change.before - midnight, change.at + change.after - midnight))
        if not any(opening <= last and closing >= first for opening, closing in windows):
            return 0
        return sum(closing - opening for opening, closing in self.spans_on(day)) - length(windows)

    def _shift_before(self, year: int) -> int:
        """Seconds that clock changes shift in the years before, from an anchor: the first year asked for."""
        year = max(year, clockchanges.FIRST_YEAR)
        known = self._shift_sums.get(year)
        if known is not None:
            return known
        rule_from = self._rule_from
        anchor = self._anchor.setdefault("year", min(year, rule_from))
        if year > rule_from:
            return self._shift_before(rule_from) + self._shift_by_rule(year - rule_from)
        total = 0
        for passed in range(anchor, year):
            total += self._shifts_in(passed)[1][-1]
        for ahead in range(year, anchor):
            total -= self._shifts_in(ahead)[1][-1]
        return self._shift_sums.setdefault(year, total)

    def _shift_by_rule(self, years: int) -> int:
        """The same for so many years from the first in which zone, week and holidays follow yearly rules."""
        if not self._cycle_sums:
            cycle = range(self._rule_from, self._rule_from + 400)
            yearly = (self._shifts_in(year)[1][-1] for year in cycle)
            self._cycle_sums = [0, *itertools.accumulate(yearly)]
        cycles, rest = divmod(years, 400)
        return cycles * self._cycle_sums[400] + self._cycle_sums[rest]
