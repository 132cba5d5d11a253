"""Several versions of one calendar as one: a day is judged by the version in force on that day.

Each version is held to its own days (all others are closed for it), so that the tail of an eve's night shift stays
with the version that opened it, and the answers of the parts add up. Pure but for `of`, which reads the rows.
"""

import datetime as dt
import functools
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from calendars.models import CalendarVersion
from calendars.worktime import InvalidCalendar, NeverCloses, NeverOpens, WorkCalendar

Pauses = Sequence[tuple[dt.datetime, dt.datetime]]

_INSTANT = dt.timedelta(microseconds=1)
_DAY = dt.timedelta(days=1)
_ZERO = dt.timedelta(0)
_MOST_CLOSED_DAYS = 60


class BusinessTime(Protocol):
    """What clocks ask of a calendar: one WorkCalendar, or several versions as one. Instants aware, answers in UTC."""

    def add(self, start: dt.datetime, duration: dt.timedelta, pauses: Pauses = ()) -> dt.datetime: ...
    def subtract(self, end: dt.datetime, duration: dt.timedelta) -> dt.datetime: ...
    def between(self, start: dt.datetime, end: dt.datetime, pauses: Pauses = ()) -> dt.timedelta: ...
    def is_open(self, at: dt.datetime) -> bool: ...
    def next_opening(self, at: dt.datetime) -> dt.datetime: ...
    def next_closing(self, at: dt.datetime) -> dt.datetime: ...
    def closed_days(self, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.date, str]]: ...


class Hours(NamedTuple):
    """What one version says, as a value. Days are local; `valid_from` None = always. JSON texts, so that it hashes."""

    number: int
    valid_from: dt.date | None
    time_zone: str
    week: str
    holidays: str
    special_days: str

    def calendar(self, first: dt.date | None = None, last: dt.date | None = None) -> WorkCalendar:
        """These hours on the days `first` to `last` only, both included. Raises InvalidCalendar."""
        holidays, special = json.loads(self.holidays), json.loads(self.special_days)
        if first:
            holidays.append({"from": dt.date.min.isoformat(), "to": (first - _DAY).isoformat()})
        if last:
            holidays.append({"from": (last + _DAY).isoformat(), "to": dt.date.max.isoformat()})
        if first or last:
            begin, end = (first or dt.date.min).isoformat(), (last or dt.date.max).isoformat()
            special = {on: windows for on, windows in special.items() if begin <= on <= end}
        return WorkCalendar(self.time_zone, json.loads(self.week), holidays, special)


def hours(version: CalendarVersion) -> Hours:
    """The value of a version's row."""
    texts = (
        json.dumps(one, sort_keys=True) for one in (version.week, version.holidays, version.special_days)
    )
    return Hours(version.number, version.valid_from, version.time_zone, *texts)


def of(calendar_ids: Iterable[int]) -> dict[int, dict[int, BusinessTime]]:
    """For each calendar, its business time as it stood with each version: {calendar id: {version: …}}; one query."""
    rows = CalendarVersion.objects.filter(calendar_id__in=set(calendar_ids)).order_by("calendar_id", "number")
    found: dict[int, dict[int, BusinessTime]] = {}
    for calendar_id, versions in itertools.groupby(rows, key=lambda row: row.calendar_id):
        known = tuple(hours(version) for version in versions)
        found[calendar_id] = {one.number: combine(known[: place + 1]) for place, one in enumerate(known)}
    return found


def changed_at(calendar_id: int, number: int) -> dt.datetime:
    """When a version was written down. Raises CalendarVersion.DoesNotExist."""
    return CalendarVersion.objects.get(calendar_id=calendar_id, number=number).created_at


@functools.lru_cache(maxsize=512)
def combine(versions: tuple[Hours, ...]) -> BusinessTime:
    """Versions, oldest first, as one business time. Raises InvalidCalendar where one runs into the next."""
    parts = _judging(versions)
    if len(parts) == 1:
        return parts[0][2].calendar()
    return VersionedCalendar([_part(first, last, one) for first, last, one in parts])


def _judging(versions: Sequence[Hours]) -> list[tuple[dt.date | None, dt.date | None, Hours]]:
    """(first day, last day, version) in order: on each day the newest version valid by then."""
    starts = sorted({one.valid_from or dt.date.min for one in versions})
    judges = [
        max((one for one in versions if (one.valid_from or dt.date.min) <= day), key=_number)
        for day in starts
    ]
    grouped = [
        list(group)
        for _, group in itertools.groupby(zip(starts, judges, strict=True), key=lambda pair: pair[1])
    ]
    firsts = [group[0][0] for group in grouped]
    ends: list[dt.date | None] = [first - _DAY for first in firsts[1:]]
    return [
        (None if first == dt.date.min else first, last, group[0][1])
        for first, last, group in zip(firsts, [*ends, None], grouped, strict=True)
    ]


def _number(one: Hours) -> int:
    return one.number


@dataclass(frozen=True)
class Part:
    """One version on its own days. `own` is None where it never opens there; `begins`, `ends` bound its windows."""

    first: dt.date | None
    last: dt.date | None
    full: WorkCalendar
    own: WorkCalendar | None
    begins: dt.datetime | None
    ends: dt.datetime | None


def _part(first: dt.date | None, last: dt.date | None, one: Hours) -> Part:
    full = one.calendar()
    try:
        own = one.calendar(first, last)
    except InvalidCalendar:
        own = None  # as a whole it makes sense, so it has no hours on these days
    begins = _midnight(first - 2 * _DAY) if first else None
    ends = _midnight(last + 3 * _DAY) if last else None
    return Part(first, last, full, own, begins, ends)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


class VersionedCalendar:
    """Several versions that follow each other; answers as one WorkCalendar does, with the same errors."""

    def __init__(self, parts: list[Part]) -> None:
        self._all = parts
        self._parts = [(one.own, one) for one in parts if one.own is not None]
        for (earlier, before), (later, after) in itertools.pairwise(self._parts):
            _check_order(earlier, later, before, after)

    def add(self, start: dt.datetime, duration: dt.timedelta, pauses: Pauses = ()) -> dt.datetime:
        """The first moment at which `duration` of opening hours outside the pauses has passed since `start`."""
        rest = duration
        for own, part in self._parts:
            if rest > _ZERO and part.ends is not None:
                there = own.between(start, part.ends, pauses) if start < part.ends else _ZERO
                if there < rest:
                    rest -= there
                    continue
            return own.add(start, rest, pauses)
        raise NeverOpens(f"After {start} the calendar does not have {duration} of opening hours left.")

    def subtract(self, end: dt.datetime, duration: dt.timedelta) -> dt.datetime:
        """The last moment from which `duration` of opening hours passes until `end`."""
        rest = duration
        for own, part in reversed(self._parts):
            if rest > _ZERO and part.begins is not None:
                there = own.between(part.begins, end) if part.begins < end else _ZERO
                if there < rest:
                    rest -= there
                    continue
            return own.subtract(end, rest)
        raise NeverOpens(f"Before {end} the calendar does not have {duration} of opening hours.")

    def between(self, start: dt.datetime, end: dt.datetime, pauses: Pauses = ()) -> dt.timedelta:
        """Elapsed real time inside opening hours and outside pauses."""
        return sum((own.between(start, end, pauses) for own, _ in self._parts), _ZERO)

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the version in force is open at the moment."""
        return any(own.is_open(at) for own, _ in self._parts)

    def next_opening(self, at: dt.datetime) -> dt.datetime:
        """The first opening strictly later than `at`."""
        found = min(self._edges("next_opening", at), default=None)
        while found is not None and self.is_open(found - _INSTANT):
            found = min(self._edges("next_opening", found), default=None)
        if found is None:
            raise NeverOpens(f"The calendar does not open again after {at}.")
        return found

    def next_closing(self, at: dt.datetime) -> dt.datetime:
        """The first closing strictly later than `at`."""
        found = min(self._edges("next_closing", at), default=None)
        while found is not None and self.is_open(found):
            found = min(self._edges("next_closing", found), default=None)
        if found is None:
            raise NeverCloses(f"The calendar has no closing after {at}.")
        return found

    def closed_days(self, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.date, str]]:
        """Holidays and special days that changed opening hours between two moments: the first 60, in order."""
        days: list[tuple[dt.date, str]] = []
        for part in self._all:
            begin = max(start, part.begins) if part.begins else start
            finish = min(end, part.ends) if part.ends else end
            if begin < finish:
                days += [one for one in part.full.closed_days(begin, finish) if _judges(part, one[0])]
        return days[:_MOST_CLOSED_DAYS]

    def _edges(self, name: str, at: dt.datetime) -> list[dt.datetime]:
        found = []
        for own, _ in self._parts:
            try:
                found.append(getattr(own, name)(at))
            except (NeverOpens, NeverCloses):
                continue
        return found


def _judges(part: Part, day: dt.date) -> bool:
    return (part.first is None or day >= part.first) and (part.last is None or day <= part.last)


def _check_order(earlier: WorkCalendar, later: WorkCalendar, before: Part, after: Part) -> None:
    """Refuses a version whose first windows begin before the last ones of the version before it have ended."""
    if before.ends is None or after.begins is None:
        return
    since, until = after.begins - 3 * _DAY, before.ends + 3 * _DAY
    last = max((end for _, end in earlier.spans(since, until)), default=None)
    first = min((begin for begin, _ in later.spans(since, until)), default=None)
    if last is not None and first is not None and first < last:
        raise InvalidCalendar(
            f"The hours before {after.first} end at {last.isoformat()}, after the new ones begin at "
            f"{first.isoformat()}: choose another first day, or close that night."
        )
