"""One ticket's clocks, derived from its entries by the arithmetic of the live ones. Pure.

The handlers follow `slas.subscribers` entry by entry; `tests/slas/test_rehearsal.py` holds the two together over random
histories: what is derived is what the timers say.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from django.utils.dateparse import parse_datetime

from calendars.versions import BusinessTime
from slas import metrics, reckoning
from slas.choices import AGAIN, LEFT, Cause, Metric, SegmentKind, TimerState
from slas.matching import Versions
from slas.reckoning import Mark
from slas.rehearsal import courses
from slas.rehearsal.stories import Facts, Story, Told
from tickets.choices import OPEN_PHASES, SPOKEN, HoldKind, Phase

FIRST, NEXT, UPDATE = Metric.FIRST_RESPONSE.value, Metric.NEXT_RESPONSE.value, Metric.NEXT_UPDATE.value
RESPONSES = frozenset({FIRST, NEXT})
MET, BREACHED = "met", "breached"
_ZERO = dt.timedelta(0)
_GOING = (SegmentKind.RUNNING, SegmentKind.PAUSED)
_ENDED = (Cause.RESOLVED, Cause.CLOSED)
_STILL = ("resolved", "closed")  # what stops all that is left says so itself
Phases = Mapping[tuple[str, str], Phase]


class Pick(NamedTuple):
    """The target that holds for a clock. Two equal picks are one and the same to a clock."""

    target_id: int
    seconds: int
    calendar_id: int
    pauses_on: frozenset[str]
    priority: int
    agreement_id: int
    version: int


class Rules(Protocol):
    """What a replay asks: which target holds (`kept` as in slas.matching), the hours of its calendar, and when new
    versions of agreements move clocks that run: [(instant, agreement, version)], oldest first; `rewritten` says when a
    calendar got a new version: [(instant, calendar)]."""

    @property
    def moving(self) -> Sequence[tuple[dt.datetime, int, int]]: ...
    def pick(self, facts: Facts, metric: str, at: dt.datetime, kept: Versions) -> Pick | None: ...
    @property
    def rewritten(self) -> Sequence[tuple[dt.datetime, int]]: ...
    def hours(self, calendar_id: int, at: dt.datetime) -> BusinessTime: ...


class Judged(NamedTuple):
    """One clock at the end. `verdict` is met, breached or None; `due_at` the moment missed, or the one that stood.

    `priority` and `team_id` are the ticket's when the clock ended, by its own record.
    """

    metric: str
    cycle: int
    verdict: str | None
    is_over: bool
    due_at: dt.datetime | None
    ended_at: dt.datetime | None
    priority: int
    team_id: int | None
    pick: Pick


class _Clock:
    """One clock on its way."""

    __slots__ = (
        "breached_at", "cause", "counted", "credit", "cycle", "from_at", "is_from_receipt", "marks", "metric",
        "pick", "priority", "reading", "team_id", "version", "went",
    )  # fmt: skip

    def __init__(self, metric: str, cycle: int, pick: Pick, begin: Mark):
        self.metric, self.cycle, self.pick = metric, cycle, pick
        self.marks, self.reading = [begin], reckoning.start(begin)
        self.version, self.is_from_receipt = pick.version, True
        self.from_at = self.counted = begin.at
        self.credit, self.cause, self.went = _ZERO, "", SegmentKind.RUNNING
        self.breached_at: dt.datetime | None = None
        self.priority = 0
        self.team_id: int | None = None

    @property
    def is_left(self) -> bool:
        return self.reading.state in LEFT


def replay(story: Story, rules: Rules, until: dt.datetime, phases: Phases) -> list[Judged]:
    """Every clock of a ticket as it stands at `until`, in the order in which they began."""
    played = _Played(story, rules, phases)
    played.open()
    for one in story.told:
        played.follow(one.at)
        played.hear(one)
    played.follow(until)
    return [_judge(clock, until, played) for clock in played.clocks]


def _judge(clock: _Clock, until: dt.datetime, played: "_Played") -> Judged:
    reading = clock.reading
    missed = clock.breached_at or reckoning.breach_before(reading, until)
    verdict = BREACHED if missed else MET if reading.state == TimerState.STOPPED else None
    is_left = clock.is_left
    return Judged(
        clock.metric, clock.cycle, verdict, not is_left, missed or reading.due_at, None if is_left else reading.used_at,
        played.facts.priority if is_left else clock.priority,
        played.team_id if is_left else clock.team_id, clock.pick,
    )  # fmt: skip


class _Played:
    """A ticket while it is played: its clocks, and what it is at the moment."""

    def __init__(self, story: Story, rules: Rules, phases: Phases):
        self.story, self.rules, self.phases = story, rules, phases
        self.facts, self.team_id, self.has_requester = story.facts, story.team_id, story.has_requester
        self.phase, self._held = Phase.OPEN, ""
        self.asked_at: dt.datetime | None = None
        self.clocks: list[_Clock] = []
        self.courses = courses.of(story.facts.kind)
        self.now = story.entered_at
        self._moving = [one for one in rules.moving if one[0] > story.entered_at]
        self._rewritten = [one for one in rules.rewritten if one[0] > story.entered_at]

    def open(self) -> None:
        """Clocks run from the receipt; what was said in a conversation is answered."""
        for metric in metrics.at_opening(self.facts.kind):
            self.start(metric, self.story.opened_at, self.story.entered_at)
        if self.story.channel in SPOKEN:
            self.stop(_of(self.clocks, (FIRST,)), self.story.entered_at, Cause.SPOKEN)

    def follow(self, until: dt.datetime) -> None:
        """As the sweep and `slas.following`: what was written or came into force up to an instant moves the clocks."""
        while due := [
            found[0] for found in (self._moving, self._rewritten) if found and found[0][0] <= until
        ]:
            first = min(due)
            self.now = max(self.now, first[0])
            if len(first) == 2:
                self._follow_calendar(*self._rewritten.pop(0))
            else:
                self._follow_agreement(*self._moving.pop(0))
        self.now = max(self.now, until)

    def _follow_calendar(self, at: dt.datetime, calendar_id: int) -> None:
        for clock in self.left():
            if clock.pick.calendar_id == calendar_id:
                self.mark(clock, SegmentKind.RETARGETED, at, Cause.CALENDAR)

    def _follow_agreement(self, at: dt.datetime, agreement_id: int, number: int) -> None:
        kept = self.kept()
        for clock in self.left():
            if clock.pick.agreement_id == agreement_id and clock.version < number:
                clock.version = number
                self.retarget(clock, self.rules.pick(self.facts, clock.metric, at, kept), at)

    def hear(self, one: Told) -> None:
        """One entry, and the state in which it leaves the ticket."""
        handler = _HANDLERS.get(one.past)
        if handler is not None:
            handler(self, one)
        self.measure(one)
        state = one.data.get("to_state")
        if state is not None:
            self.phase = self.phases.get((self.facts.kind, state), self.phase)
            self._held = one.data.get("kind", self._held)
        if one.data.get("team_id") or one.past == "assigned":
            self.team_id = one.data.get("team_id")

    @property
    def hold(self) -> str:
        """For whom it waits, if it does. Unmerged, it waits for whom it waited before."""
        return self._held if self.phase == Phase.WAITING else ""

    # What clocks do.

    def left(self, metrics: Iterable[str] | None = None) -> list[_Clock]:
        found = [one for one in self.clocks if one.is_left]
        return found if metrics is None else _of(found, metrics)

    def start(self, metric: str, at: dt.datetime, chosen_at: dt.datetime | None = None) -> _Clock | None:
        pick = self.rules.pick(self.facts, metric, chosen_at or at, self.kept())
        if pick is None:
            return None
        course = self.courses.get(metric)
        is_from_receipt = metric == FIRST or (course is not None and not course.starts)
        cycle = 1 + sum(one.metric == metric for one in self.clocks)
        clock = _Clock(metric, cycle, pick, self.marked(pick, SegmentKind.RUNNING, at))
        clock.is_from_receipt = is_from_receipt
        self.clocks.append(clock)
        return clock

    def mark(
        self, clock: _Clock, kind: SegmentKind, at: dt.datetime, cause: str, credit: dt.timedelta = _ZERO
    ) -> None:
        """As `Clocks.mark`: a due moment that passed before it is a breach first."""
        at = reckoning.effective(clock.reading, at)
        clock.breached_at = clock.breached_at or reckoning.breach_before(clock.reading, at)
        clock.marks.append(self.marked(clock.pick, kind, at, credit))
        clock.reading = reckoning.after(clock.reading, clock.marks[-1])
        clock.cause = cause
        if kind in _GOING:
            clock.went = kind
        if not clock.is_left:
            clock.priority, clock.team_id = self.facts.priority, self.team_id

    def retarget(self, clock: _Clock, pick: Pick | None, at: dt.datetime) -> None:
        """Another target or calendar may hold from now on; time used stays as it was measured."""
        if pick is None or pick[:3] == clock.pick[:3]:
            return
        clock.pick, clock.version = pick, pick.version
        self.mark(clock, SegmentKind.RETARGETED, at, Cause.RETARGETED)

    def kept(self) -> Versions:
        """As `Clocks.versions`: by which version of each agreement clocks of the ticket are judged already."""
        going = (one for one in self.clocks if one.reading.state != TimerState.CANCELLED)
        return {one.pick.agreement_id: one.version for one in going}

    def stop(self, clocks: Iterable[_Clock], at: dt.datetime, cause: str) -> None:
        for clock in clocks:
            self.mark(clock, SegmentKind.STOPPED, at, cause)

    def cancel(self, clocks: Iterable[_Clock], at: dt.datetime, cause: str) -> None:
        for clock in clocks:
            self.mark(clock, SegmentKind.CANCELLED, at, cause)

    def measure(self, one: Told) -> None:
        """As `slas.subscribers.measured`: what the process declares starts or ends with this."""
        starts = [name for name, course in self.courses.items() if one.past in course.starts]
        stops = [name for name, course in self.courses.items() if one.past in course.stops]
        if not starts and (not stops or one.past in _STILL):
            return
        self.stop(self.left(stops), one.at, Cause.DONE)
        left = {clock.metric for clock in self.left()}
        for metric in starts:
            clock = self.start(metric, one.at) if metric not in left else None
            if clock and self.courses[metric].can_pause and self.hold in clock.pick.pauses_on:
                self.mark(clock, SegmentKind.PAUSED, one.at, Cause.HOLD)

    def owe_response(self, at: dt.datetime) -> None:
        """The next cycle of the response, unless an older message still waits for its own."""
        if self.left(RESPONSES):
            return
        clock = self.start(NEXT, at)
        if clock and self.hold != HoldKind.CUSTOMER and self.hold in clock.pick.pauses_on:
            self.mark(clock, SegmentKind.PAUSED, at, Cause.HOLD)

    def marked(self, pick: Pick, kind: SegmentKind, at: dt.datetime, credit: dt.timedelta = _ZERO) -> Mark:
        hours = self.rules.hours(pick.calendar_id, self.now)
        return Mark(at=at, kind=kind, target=dt.timedelta(seconds=pick.seconds), hours=hours, credit=credit)


# What is heard. Names and order as in slas.subscribers.


def _replied(play: _Played, one: Told) -> None:
    if not one.data.get("is_human"):
        return
    if not one.data.get("from_customer"):
        play.stop(play.left(RESPONSES), one.at, Cause.REPLY)
        return
    play.asked_at = one.at
    if play.phase in OPEN_PHASES:
        play.owe_response(one.at)


def _accepted(play: _Played, one: Told) -> None:
    if not play.has_requester and one.is_human:
        play.stop(play.left((FIRST,)), one.at, Cause.ACCEPTED)


def _held(play: _Played, one: Told) -> None:
    for clock in play.left():
        course = play.courses.get(clock.metric)
        may = course is None or course.can_pause
        if (
            clock.reading.state == TimerState.RUNNING
            and may
            and one.data.get("kind", "") in clock.pick.pauses_on
        ):
            play.mark(clock, SegmentKind.PAUSED, one.at, Cause.HOLD)


def _resumed(play: _Played, one: Told) -> None:
    for clock in play.left():
        if clock.reading.state == TimerState.PAUSED:
            play.mark(clock, SegmentKind.RUNNING, one.at, Cause.AGENT)


def _resolved(play: _Played, one: Told) -> None:
    ends = [clock for clock in play.left() if not _goes_on(play, clock.metric)]
    play.stop(ends, one.at, Cause.RESOLVED)


def _goes_on(play: _Played, metric: str) -> bool:
    course = play.courses.get(metric)
    return course is not None and "resolved" not in course.stops


def _closed(play: _Played, one: Told) -> None:
    play.stop(play.left(), one.at, Cause.CLOSED)


def _reopened(play: _Played, one: Told) -> None:
    for clock in play.clocks:
        course = play.courses.get(clock.metric)
        is_own = clock.metric in AGAIN or (
            course is not None and (course.starts or "resolved" not in course.stops)
        )
        goes_on = not is_own or clock.cause in _ENDED
        if clock.reading.state == TimerState.STOPPED and clock.metric not in RESPONSES and goes_on:
            play.mark(clock, SegmentKind.RUNNING, one.at, Cause.REOPENED)
    if one.is_human and play.asked_at == one.at:
        play.owe_response(one.at)


def _cancelled(play: _Played, one: Told) -> None:
    play.cancel(play.left(), one.at, Cause.CANCELLED)


def _merged(play: _Played, one: Told) -> None:
    play.cancel(play.left(), one.at, Cause.MERGED)


def _unmerged(play: _Played, one: Told) -> None:
    at = parse_datetime(one.data["merged_at"]) or one.at
    for clock in play.clocks:
        if clock.reading.state == TimerState.CANCELLED and clock.cause == Cause.MERGED:
            play.mark(clock, clock.went, at, Cause.UNMERGED)


def _backdated(play: _Played, one: Told) -> None:
    since = parse_datetime(one.data["since"]) or one.at
    for clock in play.left():
        begin = min(clock.from_at, since)
        if begin == clock.counted or not clock.is_from_receipt:
            continue
        credit = clock.reading.hours.between(begin, clock.from_at) - clock.credit
        clock.credit, clock.counted = clock.credit + credit, begin
        play.mark(clock, SegmentKind.BACKDATED, one.at, Cause.MERGED, credit)


def _changed(play: _Played, one: Told) -> None:
    if one.requester is not None:
        play.has_requester = one.requester
    if one.changed is None:
        return
    play.facts = one.changed
    kept = play.kept()
    for clock in play.left():
        play.retarget(clock, play.rules.pick(play.facts, clock.metric, one.at, kept), one.at)


def _corrected(play: _Played, one: Told) -> None:
    """What two agreed to leave out is left out on both sides."""
    stretch = (parse_datetime(one.data["from_at"]), parse_datetime(one.data["to_at"]))
    for clock in play.clocks:
        if (clock.metric, clock.cycle) == one.data["clock"] and stretch[0] and stretch[1]:
            at = reckoning.effective(clock.reading, one.at)
            mark = play.marked(clock.pick, SegmentKind.CORRECTED, at)
            clock.marks.append(dataclasses.replace(mark, without=(stretch[0], stretch[1])))
            life = reckoning.live(clock.marks)
            clock.reading, clock.breached_at = life.reading, life.breached_at


def _promised(play: _Played, one: Told) -> None:
    play.stop(play.left((UPDATE,)), one.at, Cause.UPDATED)
    if one.data.get("next_update_at"):
        play.start(UPDATE, one.at)


def _unpromised(play: _Played, one: Told) -> None:
    play.cancel(play.left((UPDATE,)), one.at, Cause.WITHDRAWN)


_HANDLERS: dict[str, Callable[[_Played, Told], None]] = {
    "replied": _replied, "accepted": _accepted, "held": _held, "resumed": _resumed, "resolved": _resolved,
    "closed": _closed, "reopened": _reopened, "cancelled": _cancelled, "misfiled": _cancelled, "merged": _merged,
    "unmerged": _unmerged, "absorbed": _backdated, "released": _backdated, "changed": _changed,
    "update_promised": _promised, "promise_ended": _unpromised,
    "corrected": _corrected,
}  # fmt: skip


def _of(clocks: Iterable[_Clock], metrics: Iterable[str]) -> list[_Clock]:
    return [one for one in clocks if one.metric in metrics]
