"""Opening hours as people write them: a week, holidays and special days, read, checked and asked day by day.

A day is its proleptic ordinal (`date.toordinal`), a window two wall-clock times in seconds after the midnight
of the day on which it opens; a night shift closes after 86,400. Nothing here knows of time zones.
"""

import heapq
import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from calendars.reasons import InvalidCalendar

Windows = tuple[tuple[int, int], ...]

DAY_SECONDS = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAP_YEAR = 2000

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_END_OF_DAY = frozenset({"24:00", "24:00:00"})
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ANNUAL = re.compile(r"[0-9]{2}-[0-9]{2}")
_HOLIDAY_SHAPES = (frozenset({"date"}), frozenset({"from", "to"}), frozenset({"annual"}))


class OpeningHours:
    """What a calendar says about each day, before any clock change: immutable after construction.

    `week` holds seven tuples of windows, Monday first; `annual` maps (month, day) to a holiday's name;
    `closed` is the union of dated holidays as sorted, disjoint pairs (first day, day after the last);
    `special` maps a day to the windows that replace its own. Raises InvalidCalendar.
    """

    def __init__(self, week: object, holidays: object, special_days: object) -> None:
        self.week = _read_week(week)
        self.annual: dict[tuple[int, int], str] = {}
        self._dated: list[tuple[int, int, str]] = []
        for holiday in _listed(holidays, "holidays"):
            self._read_holiday(holiday)
        self.closed = tuple(_united((first, last + 1) for first, last, _ in self._dated))
        self._closed_from = [first for first, _ in self.closed]
        self.special = _read_special_days(special_days)
        self.special_on = sorted(self.special)
        self._check_overlaps()

    def on(self, day: int) -> Windows:
        """The windows that open on a day, in order: special ones, none on a holiday, or those of its weekday."""
        special = self.special.get(day)
        if special is not None:
            return special
        return () if self.is_holiday(day) else self.week[(day - 1) % 7]

    def usual(self, day: int) -> Windows:
        """The windows of a day's weekday, whatever holidays and special days say."""
        return self.week[(day - 1) % 7]

    def is_holiday(self, day: int) -> bool:
        """Whether a dated or an annual holiday falls on the day (a special day may still open it)."""
        place = bisect_right(self._closed_from, day) - 1
        if place >= 0 and day < self.closed[place][1]:
            return True
        if not self.annual:
            return False
        on = date.fromordinal(day)
        return (on.month, on.day) in self.annual

    def holiday_name(self, day: int) -> str:
        """The name of the first holiday written for the day; "" where there is none or it has no name."""
        for first, last, name in self._dated:
            if first <= day <= last:
                return name
        on = date.fromordinal(day)
        return self.annual.get((on.month, on.day), "")

    def exceptions(self, first: int, last: int) -> Iterator[int]:
        """Holidays and special days from `first` to `last`, both included: ascending, each once."""
        special = self.special_on[bisect_left(self.special_on, first) : bisect_right(self.special_on, last)]
        closed = [range(max(begin, first), min(end, last + 1)) for begin, end in self.closed]
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1) if self.annual else ()
        annual = (day for year in years for day in self.annual_days(year) if first <= day <= last)
        return (day for day, _ in itertools.groupby(heapq.merge(special, *closed, annual)))

    def annual_days(self, year: int) -> Iterator[int]:
        """The days of a year on which an annual holiday falls, ascending: 29 February in leap years only."""
        for month, day in sorted(self.annual):
            if (month, day) != (2, 29) or is_leap(year):
                yield date(year, month, day).toordinal()

    def last_exception(self) -> int:
        """The last dated day the calendar speaks of; 0 if it speaks of none."""
        ends = [last for _, last, _ in self._dated]
        return max([*ends, *self.special_on[-1:]], default=0)

    def _read_holiday(self, holiday: object) -> None:
        if not isinstance(holiday, Mapping):
            raise InvalidCalendar(
                f"A holiday must be an object such as {{'date': '2026-12-25'}}, not {holiday!r}."
            )
        shape = frozenset(holiday) - {"name"}
        if shape not in _HOLIDAY_SHAPES:
            raise InvalidCalendar(
                f"The holiday {dict(holiday)!r} must have 'date', or 'from' and 'to', or 'annual', and a 'name'; "
                f"it has {', '.join(sorted(map(repr, holiday))) or 'nothing'}."
            )
        name = holiday.get("name", "")
        if not isinstance(name, str):
            raise InvalidCalendar(f"The name of a holiday must be text, not {name!r}.")
        if "annual" in shape:
            self.annual.setdefault(_read_annual(holiday["annual"]), name)
            return
        first = _read_date(holiday.get("date", holiday.get("from")))
        last = _read_date(holiday.get("date", holiday.get("to")))
        if last < first:
            raise InvalidCalendar(
                f"The holiday {name!r} ends on {holiday['to']}, before it begins on {holiday['from']}."
            )
        self._dated.append((first, last, name))

    def _check_overlaps(self) -> None:
        for number, windows in enumerate(self.week):
            following = (number + 1) % 7
            if _overlap(windows, self.week[following]):
                raise _refusal(windows, self.week[following], WEEKDAYS[number], WEEKDAYS[following])
        for day in self.special_on:
            for eve in (day - 1, day):
                if date.min.toordinal() <= eve < date.max.toordinal() and _overlap(
                    self.on(eve), self.on(eve + 1)
                ):
                    names = (date.fromordinal(eve).isoformat(), date.fromordinal(eve + 1).isoformat())
                    raise _refusal(self.on(eve), self.on(eve + 1), *names)


def is_leap(year: int) -> bool:
    """Whether the year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _read_week(week: object) -> tuple[Windows, ...]:
    if not isinstance(week, Mapping):
        raise InvalidCalendar(
            f"The week must be an object with the keys {', '.join(WEEKDAYS)}, not {week!r}."
        )
    for key in week:
        if key not in WEEKDAYS:
            raise InvalidCalendar(f"The week has no day {key!r}: use {', '.join(WEEKDAYS)}.")
    return tuple(_read_windows(week.get(name, ()), name) for name in WEEKDAYS)


def _read_special_days(special_days: object) -> dict[int, Windows]:
    if not isinstance(special_days, Mapping):
        raise InvalidCalendar(f"Special days must be an object of dates and windows, not {special_days!r}.")
    return {_read_date(text): _read_windows(windows, str(text)) for text, windows in special_days.items()}


def _read_windows(windows: object, where: str) -> Windows:
    """The windows of one day in order. Raises InvalidCalendar naming the day."""
    read = sorted(_read_window(window, where) for window in _listed(windows, f"the windows of {where}"))
    for (opening, closing), (next_opening, next_closing) in itertools.pairwise(read):
        if next_opening < closing:
            raise InvalidCalendar(
                f"Windows overlap on {where}: {_spoken(opening)}-{_spoken(closing)} "
                f"and {_spoken(next_opening)}-{_spoken(next_closing)}."
            )
    return tuple(read)


def _read_window(window: object, where: str) -> tuple[int, int]:
    if isinstance(window, str) or not isinstance(window, Sequence) or len(window) != 2:
        raise InvalidCalendar(
            f"A window of {where} must be two times such as ['09:00', '17:00'], not {window!r}."
        )
    opening, closing = _read_time(window[0], where), _read_time(window[1], where, is_end=True)
    if opening == closing:
        raise InvalidCalendar(f"A window of {where} ends where it starts: {window[0]}-{window[1]}.")
    return opening, closing if closing > opening else closing + DAY_SECONDS


def _read_time(text: object, where: str, *, is_end: bool = False) -> int:
    if is_end and text in _END_OF_DAY:
        return DAY_SECONDS
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise InvalidCalendar(
            f"A window of {where} has the time {text!r}: use HH:MM or HH:MM:SS from 00:00 to 23:59:59"
            f"{', or 24:00 for the end of the day' if is_end else ''}."
        )
    hours, minutes, seconds = found.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def _read_date(text: object) -> int:
    if isinstance(text, str) and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text).toordinal()
        except ValueError as error:
            raise InvalidCalendar(f"There is no such date as {text}: {error}.") from error
    raise InvalidCalendar(f"A date must be written as YYYY-MM-DD, not {text!r}.")


def _read_annual(text: object) -> tuple[int, int]:
    if isinstance(text, str) and _ANNUAL.fullmatch(text):
        try:
            on = date.fromisoformat(f"{LEAP_YEAR}-{text}")
        except ValueError as error:
            raise InvalidCalendar(f"No year has a day {text}: {error}.") from error
        return on.month, on.day
    raise InvalidCalendar(f"An annual holiday must be written as MM-DD, not {text!r}.")


def _listed(value: object, what: str) -> Sequence[object]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidCalendar(f"A calendar needs a list for {what}, not {value!r}.")
    return value


def _united(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Half-open ranges as sorted, disjoint, non-touching ones."""
    begin = end = None
    for first, last in sorted(ranges):
        if end is None or begin is None or first > end:
            if begin is not None and end is not None:
                yield begin, end
            begin, end = first, last
        else:
            end = max(end, last)
    if begin is not None and end is not None:
        yield begin, end


def _overlap(windows: Windows, following: Windows) -> bool:
    """Whether a day's last window runs into the first of the next day."""
    return bool(windows) and bool(following) and windows[-1][1] - DAY_SECONDS > following[0][0]


def _refusal(windows: Windows, following: Windows, name: str, next_name: str) -> InvalidCalendar:
    return InvalidCalendar(
        f"Windows overlap: {_spoken(windows[-1][0])}-{_spoken(windows[-1][1])} of {name} runs into "
        f"{_spoken(following[0][0])}-{_spoken(following[0][1])} of {next_name}."
    )


def _spoken(seconds: int) -> str:
    """A time of day for a sentence: 30600 is 08:30, 108000 (the next morning) is 06:00."""
    inside = seconds if seconds <= DAY_SECONDS else seconds - DAY_SECONDS
    hours, minutes, rest = inside // 3600, inside // 60 % 60, inside % 60
    return f"{hours:02}:{minutes:02}" + (f":{rest:02}" if rest else "")
