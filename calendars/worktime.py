"""Business time: the one place that adds, subtracts and measures time inside a calendar's opening hours.

Pure: no database, no clock, no Django. Every deadline and every explanation of the product is reckoned here,
and takes the same few steps whether the deadline lies a day or a thousand years ahead. The rules at the
edges:

- A window belongs to the local day on which it opens. A holiday takes that day's windows away, a special day
  puts its own in their place and beats a holiday; the tail of the eve's night shift stays.
- An edge in an hour that spring skips moves to the end of that hour; in an hour that autumn repeats, an
  opening takes the first and a closing the second. Touching windows are one open span.
- A deadline that falls on a closing is that closing. A closing is not open, an opening is.
"""

import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from calendars.reasons import InvalidCalendar, InvalidMoment, NeverCloses, NeverOpens, WorkTimeError
from calendars.tally import FIRST_DAY, LAST_DAY
from calendars.timeline import DAY, SECOND, Timeline, to_datetime, to_instant
from calendars.windows import OpeningHours

__all__ = ["InvalidCalendar", "InvalidMoment", "NeverCloses", "NeverOpens", "WorkCalendar", "WorkTimeError"]

Pauses = Sequence[tuple[datetime, datetime]]

MOST_CLOSED_DAYS = 60
_MICROSECOND = timedelta(microseconds=1)


class WorkCalendar:
    """One calendar's opening hours in one zone; a value, safe to keep and to share between threads.

    `week` maps mon to sun to windows `("09:00", "17:00")`, `"HH:MM:SS"` too; an end may be `"24:00"`, an end
    before its start runs into the next day, a missing day is closed. `holidays` holds `{"date"}`, `{"from",
    "to"}` (both included) or `{"annual": "12-25"}`, each with an optional `name`; an annual `02-29` is one in
    leap years only. `special_days` maps dates to the windows of that day, an empty list closes it. Windows
    may touch, never overlap.

    All moments are aware datetimes between 0001-01-10 and 9999-12-20, all answers are in UTC, exact to the
    microsecond. Pauses are half-open `[from, to)`, in any order, and may overlap. Errors are WorkTimeError (a
    ValueError): InvalidCalendar here, InvalidMoment for a wrong argument, NeverOpens and NeverCloses.
    """

    def __init__(
        self,
        time_zone: str,
        week: dict[str, list[tuple[str, str]]],
        holidays: Sequence[dict[str, str]] = (),
        special_days: dict[str, list[tuple[str, str]]] | None = None,
    ) -> None:
        self.time_zone = time_zone
        self._hours = OpeningHours(week, holidays, {} if special_days is None else special_days)
        self._timeline = Timeline(self._hours, _read_zone(time_zone))
        if self._timeline.tally.never_opens:
            raise InvalidCalendar(
                "The calendar never opens: no day of its week and no special day has a window left."
            )

    def add(self, start: datetime, duration: timedelta, pauses: Pauses = ()) -> datetime:
        """The first moment at which `duration` of opening hours outside the pauses has passed since `start`.

        `add(start, 0)` is `start`. Raises NeverOpens if the calendar has not that much left, InvalidMoment.
        """
        begin, length = _read_moment(start, "start"), _read_duration(duration)
        united = _read_pauses(pauses)
        if length == 0:
            return to_datetime(begin)
        measure = self._timeline.measure
        target = measure(begin) + length
        for paused_from, paused_to in united:
            if paused_to <= begin:
                continue
            before = measure(max(paused_from, begin))
            if before >= target:
                break
            target += measure(paused_to) - before
        found = self._timeline.find_instant(target, self._timeline.day_of(begin))
        if found is None:
            raise NeverOpens(f"After {start} the calendar does not have {duration} of opening hours left.")
        return to_datetime(found)

    def subtract(self, end: datetime, duration: timedelta) -> datetime:
        """The last moment from which `duration` of opening hours passes until `end`: the inverse of `add`.

        `subtract(end, 0)` is `end`. Raises NeverOpens if the calendar had not that much before,
        InvalidMoment.
        """
        finish, length = _read_moment(end, "end"), _read_duration(duration)
        if length == 0:
            return to_datetime(finish)
        found = self._last_instant(self._timeline.measure(finish) - length, finish)
        if found is None:
            raise NeverOpens(f"Before {end} the calendar does not have {duration} of opening hours.")
        return to_datetime(found)

    def between(self, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
        """Elapsed real time from `start` to `end` inside opening hours and outside pauses.

        Raises InvalidMoment, also if `end` lies before `start`.
        """
        begin, finish = _read_period(start, end)
        measure = self._timeline.measure
        total = measure(finish) - measure(begin)
        for paused_from, paused_to in _read_pauses(pauses):
            if paused_from < finish and paused_to > begin:
                total -= measure(min(paused_to, finish)) - measure(max(paused_from, begin))
        return total * _MICROSECOND

    def is_open(self, at: datetime) -> bool:
        """Whether the calendar is open at the moment: at an opening it is, at a closing it is not."""
        return self._timeline.is_open(_read_moment(at, "at"))

    def next_opening(self, at: datetime) -> datetime:
        """The first opening strictly later than `at`; touching windows have none between them.

        Raises NeverOpens if there is none, NeverCloses if the calendar is open from `at` on without end.
        """
        instant = _read_moment(at, "at")
        if self._timeline.is_open(instant):
            instant = self._closing_after(instant, at)
        return to_datetime(self._opening_after(instant, at))

    def next_closing(self, at: datetime) -> datetime:
        """The first closing strictly later than `at`; touching windows have none between them.

        Raises NeverCloses if the calendar stays open without end (24 hours, 7 days), NeverOpens if it stays
        closed.
        """
        instant = _read_moment(at, "at")
        if not self._timeline.is_open(instant):
            instant = self._opening_after(instant, at)
        return to_datetime(self._closing_after(instant, at))

    def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans between two moments, cut to them, joined where they touch. Raises InvalidMoment."""
        begin, finish = _read_period(start, end)
        first, last = self._timeline.day_of(begin) - 2, self._timeline.day_of(finish) + 1
        return (
            (to_datetime(max(opening, begin)), to_datetime(min(closing, finish)))
            for opening, closing in self._timeline.merged(first, last)
            if max(opening, begin) < min(closing, finish)
        )

    def closed_days(self, start: datetime, end: datetime) -> list[tuple[date, str]]:
        """Holidays and special days that changed opening hours between two moments: the first 60, in order.

        Each with the name of the holiday on that day; "" for a special day that is none. Raises
        InvalidMoment.
        """
        begin, finish = _read_period(start, end)
        days: list[tuple[date, str]] = []
        for day in self._hours.exceptions(
            self._timeline.day_of(begin) - 2, self._timeline.day_of(finish) + 1
        ):
            usual, actual = self._timeline.usual_spans_on(day), self._timeline.spans_on(day)
            if _cut(usual, begin, finish) != _cut(actual, begin, finish):
                days.append((date.fromordinal(day), self._hours.holiday_name(day)))
            if len(days) == MOST_CLOSED_DAYS:
                break
        return days

    def _last_instant(self, amount: int, near: int) -> int | None:
        """The last instant before which `amount` is open: one microsecond more is open right after it."""
        found = self._timeline.find_instant(amount + 1, self._timeline.day_of(near))
        return None if found is None else found - 1

    def _opening_after(self, closed: int, at: datetime) -> int:
        found = self._last_instant(self._timeline.measure(closed), closed)
        if found is None:
            raise NeverOpens(f"The calendar does not open again after {at}.")
        return found

    def _closing_after(self, opened: int, at: datetime) -> int:
        found = self._timeline.find_closing(opened)
        if found is None:
            raise NeverCloses(
                f"The calendar is open without end after {at}: it has no later closing or opening."
            )
        return found


def _read_zone(time_zone: object) -> zoneinfo.ZoneInfo:
    if not isinstance(time_zone, str):
        raise InvalidCalendar(f"A time zone must be a name such as 'Europe/Berlin', not {time_zone!r}.")
    try:
        return zoneinfo.ZoneInfo(time_zone)
    except (LookupError, OSError, ValueError) as error:
        raise InvalidCalendar(
            f"There is no time zone {time_zone!r}: use a name such as 'Europe/Berlin'."
        ) from error


def _read_moment(at: object, name: str) -> int:
    if not isinstance(at, datetime):
        raise InvalidMoment(f"The {name} must be a datetime with a time zone, not {at!r}.")
    if at.utcoffset() is None:
        raise InvalidMoment(f"The {name} {at.isoformat()} has no time zone.")
    try:
        instant = to_instant(at)
    except OverflowError:
        instant = -1
    if not FIRST_DAY * DAY <= instant <= LAST_DAY * DAY:
        first, last = date.fromordinal(FIRST_DAY), date.fromordinal(LAST_DAY)
        raise InvalidMoment(f"The {name} {at.isoformat()} lies outside {first} to {last}.")
    return instant


def _read_period(start: datetime, end: datetime) -> tuple[int, int]:
    begin, finish = _read_moment(start, "start"), _read_moment(end, "end")
    if finish < begin:
        raise InvalidMoment(f"The end {end.isoformat()} lies before the start {start.isoformat()}.")
    return begin, finish


def _read_duration(duration: object) -> int:
    if not isinstance(duration, timedelta):
        raise InvalidMoment(f"The duration must be a timedelta, not {duration!r}.")
    if duration < timedelta(0):
        raise InvalidMoment(f"The duration {duration} is negative.")
    return duration // _MICROSECOND


def _read_pauses(pauses: Pauses) -> list[tuple[int, int]]:
    """The pauses united: sorted, disjoint, none empty."""
    read = []
    for paused_from, paused_to in pauses:
        begin, finish = _read_moment(paused_from, "pause's start"), _read_moment(paused_to, "pause's end")
        if finish < begin:
            raise InvalidMoment(
                f"The pause from {paused_from.isoformat()} ends before it: {paused_to.isoformat()}."
            )
        if begin < finish:
            read.append((begin, finish))
    united: list[tuple[int, int]] = []
    for begin, finish in sorted(read):
        if united and begin <= united[-1][1]:
            united[-1] = (united[-1][0], max(finish, united[-1][1]))
        else:
            united.append((begin, finish))
    return united


def _cut(spans: Sequence[tuple[int, int]], begin: int, finish: int) -> list[tuple[int, int]]:
    cut = ((max(opening * SECOND, begin), min(closing * SECOND, finish)) for opening, closing in spans)
    return [(opening, closing) for opening, closing in cut if opening < closing]
