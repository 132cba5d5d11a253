"""A clock's life on a time axis: what counted, what was paused and why, when it was closed. Plain data."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from calendars import versions
from calendars.reasons import NeverCloses, NeverOpens
from calendars.versions import BusinessTime
from slas import queries, reckoning
from slas.choices import SegmentKind, TimerState
from slas.models import Timer

LONGEST = dt.timedelta(days=45)  # beyond this closed hours are too thin to draw
MOST_PIECES = 400
_DAY = dt.timedelta(days=1)


class PieceKind(StrEnum):
    """How a piece of the bar counts."""

    RUNNING = "running"
    OVER = "over"  # counts, after the deadline
    PAUSED = "paused"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    CORRECTED = "corrected"  # left out by agreement
    COMING = "coming"  # open hours that are left


@dataclass(frozen=True)
class Piece:
    """One piece of a bar. `cause` and `reason` of a pause are the segment's; `reason` of a holiday is its name."""

    kind: PieceKind
    from_at: dt.datetime
    to_at: dt.datetime
    cause: str = ""
    reason: str = ""
    by_label: str = ""


@dataclass(frozen=True)
class Bar:
    """One clock from its start to its end, or to its deadline. `is_coarse`: too long to tell open from closed hours."""

    from_at: dt.datetime
    to_at: dt.datetime
    now: dt.datetime | None
    due_at: dt.datetime | None
    pieces: list[Piece] = field(default_factory=list)
    is_coarse: bool = False


Hours = Mapping[int, Mapping[int, BusinessTime]]


def of(timers: Sequence[Timer], at: dt.datetime) -> dict[int, Bar]:
    """The bars of clocks with their segments, {timer id: bar}; one query."""
    known = versions.of({segment.calendar_id for one in timers for segment in one.segments.all()})
    return {one.pk: _bar(one, at, known) for one in timers}


def _bar(timer: Timer, at: dt.datetime, hours: Hours) -> Bar:
    end = _end(timer)
    until = end or max(at, timer.used_at)
    due = timer.due_at if timer.due_at and timer.due_at < reckoning.NEVER else None
    deadline = timer.breached_at or due
    shows_due = deadline is not None and (end is None or timer.breached_at is not None)
    last = max(until, deadline) if shows_due and deadline else until
    is_coarse = last - timer.started_at > LONGEST
    drawn = list(_past(timer, until, deadline, hours, is_coarse=is_coarse))
    if end is None and timer.state == TimerState.RUNNING and due is not None and due > until:
        own = hours[timer.calendar_id][timer.calendar_version]
        drawn += _open_or_closed(timer, own, until, due, PieceKind.COMING, is_coarse=is_coarse)
    return Bar(
        from_at=timer.started_at, to_at=max(last, timer.started_at + dt.timedelta(minutes=1)),
        now=at if end is None else None, due_at=deadline if shows_due else None,
        pieces=_joined(drawn)[:MOST_PIECES], is_coarse=is_coarse,
    )  # fmt: skip


def _end(timer: Timer) -> dt.datetime | None:
    if timer.state == TimerState.CANCELLED:
        return timer.used_at
    return timer.stopped_at


def _past(
    timer: Timer, until: dt.datetime, deadline: dt.datetime | None, hours: Hours, *, is_coarse: bool
) -> Iterator[Piece]:
    stretches = queries.stretches(timer)
    if stretches and timer.started_at < stretches[0].from_at:  # counted from an earlier receipt, by a merge
        own = hours[stretches[0].hours[0]][stretches[0].hours[1]]
        begin, end = timer.started_at, stretches[0].from_at
        yield from _open_or_closed(timer, own, begin, end, PieceKind.RUNNING, is_coarse=is_coarse)
    left_out = [
        (one.without_from, one.without_to)
        for one in timer.segments.all()
        if one.without_from and one.without_to
    ]
    for one in stretches:
        begin, end = one.from_at, min(one.to_at or until, until)
        if begin >= end:
            continue
        if one.kind == SegmentKind.PAUSED:
            yield Piece(PieceKind.PAUSED, begin, end, one.cause, one.reason, one.by_label)
            continue
        calendar, version = one.hours
        pieces = _open_or_closed(
            timer, hours[calendar][version], begin, end, PieceKind.RUNNING, is_coarse=is_coarse
        )
        yield from _late(_without(pieces, left_out), deadline)


def _open_or_closed(
    timer: Timer,
    hours: BusinessTime,
    begin: dt.datetime,
    end: dt.datetime,
    kind: PieceKind,
    *,
    is_coarse: bool,
) -> Iterator[Piece]:
    if is_coarse:
        yield Piece(kind, begin, end)
        return
    zone = zoneinfo.ZoneInfo(timer.calendar.time_zone)
    days = dict(hours.closed_days(begin, end))
    for is_open, since, to in _spans(hours, begin, end):
        if is_open:
            yield Piece(kind, since, to)
        else:
            yield from _closed(since, to, days, zone)


def _closed(
    begin: dt.datetime, end: dt.datetime, days: Mapping[dt.date, str], zone: zoneinfo.ZoneInfo
) -> Iterator[Piece]:
    """A closed span, local day by local day where one of them is a holiday."""
    while begin < end:
        day = begin.astimezone(zone).date()
        midnight = dt.datetime.combine(day + _DAY, dt.time(), zone)
        to = min(end, midnight.astimezone(dt.UTC))
        if day in days:
            yield Piece(PieceKind.HOLIDAY, begin, to, reason=days[day])
        else:
            yield Piece(PieceKind.CLOSED, begin, to)
        begin = to


def _spans(
    hours: BusinessTime, begin: dt.datetime, end: dt.datetime
) -> Iterator[tuple[bool, dt.datetime, dt.datetime]]:
    """(is open, from, to) without a gap."""
    while begin < end:
        is_open = hours.is_open(begin)
        try:
            to = min(hours.next_closing(begin) if is_open else hours.next_opening(begin), end)
        except (NeverOpens, NeverCloses):
            to = end
        yield is_open, begin, to
        begin = to


def _without(pieces: Iterable[Piece], left_out: Sequence[reckoning.Stretch]) -> Iterator[Piece]:
    """What counted, less what a correction left out."""
    for one in pieces:
        rest = [one]
        for begin, end in left_out if one.kind == PieceKind.RUNNING else ():
            rest = [part for piece in rest for part in _cut(piece, begin, end, PieceKind.CORRECTED)]
        yield from rest


def _late(pieces: Iterable[Piece], deadline: dt.datetime | None) -> Iterator[Piece]:
    for one in pieces:
        if one.kind == PieceKind.RUNNING and deadline is not None and one.to_at > deadline:
            yield from _cut(one, deadline, one.to_at, PieceKind.OVER)
        else:
            yield one


def _cut(piece: Piece, begin: dt.datetime, end: dt.datetime, kind: PieceKind) -> list[Piece]:
    """A piece in up to three: the middle, from `begin` to `end`, is of another kind."""
    since, to = max(begin, piece.from_at), min(end, piece.to_at)
    if since >= to or piece.kind != PieceKind.RUNNING:
        return [piece]
    parts = [(piece.kind, piece.from_at, since), (kind, since, to), (piece.kind, to, piece.to_at)]
    return [Piece(what, first, last) for what, first, last in parts if first < last]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours that say the same are one piece."""
    found: list[Piece] = []
    for one in pieces:
        before = found[-1] if found else None
        is_same = before and (before.kind, before.cause, before.reason) == (one.kind, one.cause, one.reason)
        if before and is_same and before.to_at == one.from_at:
            found[-1] = Piece(
                before.kind, before.from_at, one.to_at, before.cause, before.reason, before.by_label
            )
        else:
            found.append(one)
    return found
