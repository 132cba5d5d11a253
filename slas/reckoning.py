"""The arithmetic of a clock, without a database: a clock is the fold of its marks, one after the other.

What is stored on a timer is a `Reading`; every change takes the reading there is and one mark to the next, so that
going through all marks from the first gives the stored one again.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from calendars.versions import BusinessTime
from calendars.worktime import NeverOpens
from slas.choices import Counting, SegmentKind, TimerState

NEVER = dt.datetime(
    9999, 1, 1, tzinfo=dt.UTC
)  # due, where a calendar has no hours left: the queue's last place
_ZERO = dt.timedelta(0)
Stretch = tuple[dt.datetime, dt.datetime]  # from, to: half-open


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something that happened to a clock at an instant: what begins, and the target and hours from there on.

    `credit` is time used before, which a merge counts (below zero: counts no more). `without` is the stretch that an
    agreed correction leaves out.
    """

    at: dt.datetime
    kind: SegmentKind
    target: dt.timedelta
    hours: BusinessTime
    credit: dt.timedelta = _ZERO
    without: Stretch | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A clock as it stands after a mark. `used` is business time up to `used_at`; it may run on from there.

    `exhausted_at` is the instant at which the target in force was used up. `is_cut`: by a change of target that left
    nothing. `due_at` is None while paused; a stopped or cancelled clock keeps the one it had. `without` are stretches
    that do not count, while a correction is reckoned: nothing of them is stored.
    """

    state: TimerState
    target: dt.timedelta
    hours: BusinessTime
    used: dt.timedelta
    used_at: dt.datetime
    due_at: dt.datetime | None = None
    exhausted_at: dt.datetime | None = None
    is_cut: bool = False
    stopped_at: dt.datetime | None = None
    without: tuple[Stretch, ...] = ()

    @property
    def remaining(self) -> dt.timedelta:
        """What was left of the target at `used_at`; below 0 when overdue."""
        return self.target - self.used


@dataclass(frozen=True)
class Life:
    """A clock's whole life: how it stands, the due moment that passed first, and all that it ever had (a sweep may have
    stamped any of those)."""

    reading: Reading
    breached_at: dt.datetime | None = None
    dues: frozenset[dt.datetime | None] = frozenset()


class StepRule(Protocol):
    """What is asked of a step here: a moment relative to the target."""

    percent: int | None
    offset_seconds: int | None
    counting: str

    @property
    def is_warning(self) -> bool: ...


def start(mark: Mark, *, without: Sequence[Stretch] = ()) -> Reading:
    """The reading of a clock that begins to run with this mark."""
    begun = Reading(
        state=TimerState.RUNNING, target=mark.target, hours=mark.hours, used=_ZERO, used_at=mark.at,
        without=tuple(without),
    )  # fmt: skip
    return dataclasses.replace(begun, due_at=_due(begun))


def after(reading: Reading, mark: Mark) -> Reading:
    """The reading after one more mark. An instant before what has been measured counts as the measured one.

    A correction needs all marks (`live`): alone it only measures.
    """
    at = effective(reading, mark.at)
    measured = _measure(reading, at) if reading.state == TimerState.RUNNING else reading
    if mark.kind == SegmentKind.RETARGETED:
        moved = _retarget(measured, mark, at)
        return dataclasses.replace(moved, due_at=_due(moved))
    if mark.kind == SegmentKind.BACKDATED:
        moved = _credit(measured, mark, at)
        return dataclasses.replace(moved, due_at=_due(moved))
    if mark.kind == SegmentKind.CORRECTED:
        return dataclasses.replace(measured, due_at=_due(measured))
    if mark.kind == SegmentKind.RUNNING:
        runs = dataclasses.replace(measured, state=TimerState.RUNNING, used_at=at, stopped_at=None)
        return dataclasses.replace(runs, due_at=_due(runs))
    if mark.kind == SegmentKind.PAUSED:
        return dataclasses.replace(measured, state=TimerState.PAUSED, due_at=None)
    if mark.kind == SegmentKind.STOPPED:
        return dataclasses.replace(measured, state=TimerState.STOPPED, used_at=at, stopped_at=at)
    return dataclasses.replace(measured, state=TimerState.CANCELLED, used_at=at)


def fold(marks: Iterable[Mark]) -> Reading:
    """The reading after all marks, oldest first; the first one starts the clock."""
    return live(marks).reading


def live(marks: Iterable[Mark]) -> Life:
    """A clock's life by all its marks, oldest first. After a correction it is the life that the clock would have had
    if the stretch had been a pause: the one way in which a breach can go, or come later."""
    known: list[Mark] = []
    without: list[Stretch] = []
    life: Life | None = None
    for mark in marks:
        known.append(mark)
        if mark.without is not None:
            without.append(mark.without)
            again = _lived(known, without)
            life = dataclasses.replace(again, reading=dataclasses.replace(again.reading, without=()))
        else:
            life = _after(life, mark)
    if life is None:
        raise ValueError("A clock without marks has no reading.")
    return life


def _lived(marks: Sequence[Mark], without: Sequence[Stretch]) -> Life:
    life: Life | None = None
    for mark in marks:
        life = _after(life, mark, without)
    assert life is not None
    return life


def _after(life: Life | None, mark: Mark, without: Sequence[Stretch] = ()) -> Life:
    if life is None:
        begun = start(mark, without=without)
        return Life(begun, None, frozenset({begun.due_at}))
    passed = breach_before(life.reading, effective(life.reading, mark.at))
    reading = after(life.reading, mark)
    return Life(reading, life.breached_at or passed, life.dues | {reading.due_at})


def effective(reading: Reading, at: dt.datetime) -> dt.datetime:
    """The instant as which a change at `at` counts: never before what has been measured already."""
    return max(at, reading.used_at)


def used_by(reading: Reading, at: dt.datetime) -> dt.timedelta:
    """Business time used up to `at`, which is not before `used_at`."""
    if reading.state != TimerState.RUNNING or at <= reading.used_at:
        return reading.used
    return reading.used + reading.hours.between(reading.used_at, at, reading.without)


def breach_before(reading: Reading, at: dt.datetime) -> dt.datetime | None:
    """The due moment that passed before `at`, if the clock runs and one did. To be due at `at` is in time."""
    if reading.state != TimerState.RUNNING or reading.due_at is None or reading.due_at >= at:
        return None
    return reading.due_at


def moment(reading: Reading, step: StepRule) -> dt.datetime | None:
    """When a step is owed by a running clock; None if it is not running, or the step is a warning it has outrun.

    A share of the target that was used up before the clock last began to run is owed from then on.
    """
    if reading.state != TimerState.RUNNING or reading.due_at is None:
        return None
    if reading.is_cut and step.is_warning:
        return None
    if reading.due_at >= NEVER:
        return NEVER
    try:
        if step.percent is not None:
            return _moment_of_share(reading, reading.due_at, step.percent)
        return _moment_of_offset(reading, reading.due_at, step)
    except NeverOpens:
        return NEVER


def _measure(reading: Reading, at: dt.datetime) -> Reading:
    is_past = reading.exhausted_at is None and reading.due_at is not None and reading.due_at < at
    return dataclasses.replace(
        reading,
        used=used_by(reading, at),
        used_at=at,
        exhausted_at=reading.due_at if is_past else reading.exhausted_at,
    )


def _retarget(reading: Reading, mark: Mark, at: dt.datetime) -> Reading:
    moved = dataclasses.replace(reading, target=mark.target, hours=mark.hours)
    if moved.remaining > _ZERO:
        return dataclasses.replace(moved, exhausted_at=None, is_cut=False)
    if moved.exhausted_at is not None:
        return moved
    return dataclasses.replace(moved, exhausted_at=at, is_cut=True)


def _credit(reading: Reading, mark: Mark, at: dt.datetime) -> Reading:
    """More (or less) is used than was measured. Nothing left: due at the mark, not in a past unseen."""
    moved = dataclasses.replace(reading, used=max(reading.used + mark.credit, _ZERO))
    if moved.remaining > _ZERO:
        return dataclasses.replace(moved, exhausted_at=None, is_cut=False)
    if moved.exhausted_at is not None:
        return moved
    return dataclasses.replace(moved, exhausted_at=at, is_cut=True)


def _due(reading: Reading) -> dt.datetime | None:
    if reading.state != TimerState.RUNNING:
        return reading.due_at
    if reading.exhausted_at is not None:
        return reading.exhausted_at
    try:
        return min(reading.hours.add(reading.used_at, reading.remaining, reading.without), NEVER)
    except NeverOpens:
        return NEVER


def _moment_of_share(reading: Reading, due_at: dt.datetime, percent: int) -> dt.datetime:
    share = reading.target * percent / 100
    if percent > 100:
        return reading.hours.add(due_at, share - reading.target)
    if percent == 100:
        return due_at
    return reading.hours.add(reading.used_at, max(share - reading.used, _ZERO))


def _moment_of_offset(reading: Reading, due_at: dt.datetime, step: StepRule) -> dt.datetime:
    offset = dt.timedelta(seconds=step.offset_seconds or 0)
    if step.counting == Counting.ELAPSED:
        return due_at + offset
    if offset < _ZERO:
        return reading.hours.subtract(due_at, -offset)
    return reading.hours.add(due_at, offset)
