"""Whatever happens to a ticket, in whatever order: clocks are what their segments give, and what a stepper counts."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendars.worktime import WorkCalendar
from core import errors
from slas import queries, reckoning, standards, sweep
from slas.choices import SegmentKind, TimerState
from slas.reckoning import Mark
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import Hands, Levels, everywhere_at

LONDON = WorkCalendar(
    "Europe/London", standards.OFFICE_HOURS, [{"date": "2026-11-20", "name": "Founders' day"}]
)
AUCKLAND = WorkCalendar("Pacific/Auckland", {day: [["22:00", "06:00"]] for day in standards.EVERY_DAY})
MINUTE = dt.timedelta(minutes=1)

gaps = st.integers(min_value=0, max_value=60 * 24 * 3)
kinds = st.sampled_from([one for one in SegmentKind if one != SegmentKind.CANCELLED])
credited = st.integers(min_value=-60 * 8, max_value=60 * 24)
targets = st.integers(min_value=1, max_value=60 * 40)
hours = st.sampled_from([LONDON, AUCKLAND])


@st.composite
def lives(draw):
    """The marks of one clock: a start, and then anything, at whole minutes."""
    at = NOON
    target, calendar = draw(targets) * MINUTE, draw(hours)
    marks = [Mark(at=at, kind=SegmentKind.RUNNING, target=target, hours=calendar)]
    for _ in range(draw(st.integers(min_value=0, max_value=8))):
        at += draw(gaps) * MINUTE
        kind = draw(kinds)
        if kind == SegmentKind.CORRECTED:
            passed = (at - NOON) // MINUTE
            if passed:
                begin = draw(st.integers(min_value=0, max_value=passed - 1))
                end = draw(st.integers(min_value=begin + 1, max_value=passed))
                without = (NOON + begin * MINUTE, NOON + end * MINUTE)
                marks.append(Mark(at=at, kind=kind, target=target, hours=calendar, without=without))
            continue
        if kind == SegmentKind.RETARGETED:
            target, calendar = draw(targets) * MINUTE, draw(hours)
        credit = draw(credited) * MINUTE if kind == SegmentKind.BACKDATED else dt.timedelta(0)
        marks.append(Mark(at=at, kind=kind, target=target, hours=calendar, credit=credit))
    return marks


def stepped(marks: list[Mark], until: dt.datetime) -> tuple[dt.timedelta, dt.datetime | None]:
    """Business time used by `until`, and when the target in force was used up: counted minute by minute."""
    used, exhausted = dt.timedelta(0), None
    state, at, rest = SegmentKind.RUNNING, marks[0].at, list(marks[1:])
    target, calendar = marks[0].target, marks[0].hours
    without = [one.without for one in marks if one.without]
    rest = [one for one in rest if not one.without]
    while True:
        while rest and rest[0].at <= at:
            mark = rest.pop(0)
            if mark.kind in (SegmentKind.RETARGETED, SegmentKind.BACKDATED):
                target, calendar = mark.target, mark.hours
                used = max(used + mark.credit, dt.timedelta(0))
                if used < target:
                    exhausted = None
                elif exhausted is None:
                    exhausted = at
            else:
                state = mark.kind
        if at >= until:
            return used, exhausted
        is_left_out = any(begin <= at < end for begin, end in without)
        if state == SegmentKind.RUNNING and calendar.is_open(at) and not is_left_out:
            if used == target and exhausted is None:
                exhausted = at
            used += MINUTE
        at += MINUTE


@given(lives())
@settings(max_examples=80, deadline=None)
def test_a_clock_is_what_a_stepper_counts(marks):
    reading = reckoning.fold(marks)
    used, _ = stepped(marks, marks[-1].at)
    assert reading.used == used


@given(lives(), st.integers(min_value=0, max_value=60 * 24 * 2))
@settings(max_examples=80, deadline=None)
def test_a_running_clock_is_due_when_a_stepper_says_so(marks, later):
    reading = reckoning.fold(marks)
    if reading.state != TimerState.RUNNING:
        assert (reading.due_at is None) == (reading.state == TimerState.PAUSED or reading.due_at is None)
        return
    until = marks[-1].at + later * MINUTE
    used, exhausted = stepped(marks, until)
    assert reckoning.used_by(reading, until) == used
    if reading.due_at > until:
        assert used <= reading.target
    else:
        assert used >= reading.target
    if exhausted is not None:  # the stepper sees it at the next opening, never before it was due
        assert reading.due_at <= exhausted


@given(lives(), st.integers(min_value=0, max_value=60 * 72), st.integers(min_value=0, max_value=60 * 72))
@settings(max_examples=80, deadline=None)
def test_a_pause_never_makes_a_deadline_earlier(marks, wait, pause):
    reading = reckoning.fold(marks)
    if reading.state != TimerState.RUNNING:
        return
    last = marks[-1]
    begin = last.at + wait * MINUTE
    paused = Mark(at=begin, kind=SegmentKind.PAUSED, target=reading.target, hours=reading.hours)
    resumed = Mark(
        at=begin + pause * MINUTE, kind=SegmentKind.RUNNING, target=reading.target, hours=reading.hours
    )
    after = reckoning.after(reckoning.after(reading, paused), resumed)
    assert after.due_at >= reading.due_at
    lost = reading.hours.between(reading.due_at, after.due_at)
    assert lost == (reading.hours.between(begin, resumed.at) if begin <= reading.due_at else dt.timedelta(0))


@given(lives(), targets)
@settings(max_examples=80, deadline=None)
def test_a_new_target_keeps_what_was_used(marks, minutes):
    before = reckoning.fold(marks)
    moved = reckoning.after(
        before,
        Mark(at=marks[-1].at, kind=SegmentKind.RETARGETED, target=minutes * MINUTE, hours=before.hours),
    )
    assert (moved.used, moved.state) == (before.used, before.state)
    back = reckoning.after(
        moved, Mark(at=marks[-1].at, kind=SegmentKind.RETARGETED, target=before.target, hours=before.hours)
    )
    assert back.used == before.used


@given(lives(), st.integers(min_value=0, max_value=60 * 24))
@settings(max_examples=80, deadline=None)
def test_a_merge_never_makes_a_deadline_later_and_undoing_it_puts_it_back(marks, minutes):
    before = reckoning.fold(marks)
    named = {
        "at": marks[-1].at,
        "kind": SegmentKind.BACKDATED,
        "target": before.target,
        "hours": before.hours,
    }
    merged = reckoning.after(before, Mark(**named, credit=minutes * MINUTE))
    assert (merged.used, merged.state) == (before.used + minutes * MINUTE, before.state)
    back = reckoning.after(merged, Mark(**named, credit=-minutes * MINUTE))
    assert (back.used, back.state) == (before.used, before.state)
    if before.state == TimerState.RUNNING:
        assert merged.due_at <= max(before.due_at, marks[-1].at)
        assert back.due_at == before.due_at or before.exhausted_at is not None


@given(lives(), st.integers(min_value=0), st.integers(min_value=1, max_value=60 * 24))
@settings(max_examples=100, deadline=None)
def test_a_corrected_clock_is_what_it_would_be_if_it_had_been_paused(marks, begin, length):
    known = (SegmentKind.RUNNING, SegmentKind.RETARGETED)
    lived = [one for one in marks if one.kind in known]
    last = lived[-1]
    whole = max((last.at - NOON) // MINUTE, 1)
    since = NOON + begin % whole * MINUTE
    until = since + length * MINUTE
    end = max(last.at, until)
    corrected = Mark(
        at=end, kind=SegmentKind.CORRECTED, target=last.target, hours=last.hours, without=(since, until)
    )
    found = reckoning.live([*lived, corrected])
    paused, state = [], None
    for one in sorted(
        [*((one.at, 1, one) for one in lived), (since, 2, None), (until, 0, None)], key=lambda at: at[:2]
    ):
        at, order, mark = one
        here = mark or paused[-1]
        if order == 2:
            state = SegmentKind.PAUSED
        elif order == 0:
            state = None
        elif mark.kind == SegmentKind.RUNNING and state:
            continue
        kind = mark.kind if mark else state or SegmentKind.RUNNING
        paused.append(Mark(at=at, kind=kind, target=here.target, hours=here.hours))
    as_paused = reckoning.live(
        [*paused, Mark(at=end, kind=SegmentKind.CORRECTED, target=last.target, hours=last.hours)]
    )
    assert (found.reading.used, found.reading.due_at) == (as_paused.reading.used, as_paused.reading.due_at)
    assert found.breached_at == as_paused.breached_at


moves = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "reply",
                "answer",
                "hold",
                "schedule",
                "resume",
                "prioritise",
                "resolve",
                "reopen",
                "absorb",
                "release",
                "correct",
                "sweep",
            ]
        ),
        gaps,
        st.integers(min_value=1, max_value=4),
    ),
    max_size=8,
)


@pytest.mark.django_db
@given(story=moves)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_after_any_story_every_clock_is_what_its_segments_give(world: World, levels: Levels, story):
    with transaction.atomic():
        _live(Hands(world, report(world.acme)), story)
        transaction.set_rollback(True)


def _live(hands: Hands, story: list[tuple[str, int, int]]) -> None:
    at, paused_before = NOON, {}
    for move, gap, number in story:
        at += gap * MINUTE + dt.timedelta(microseconds=number * 137)
        try:
            _carry_out(hands, move, at, number)
        except errors.Refused:
            continue
        timers = queries.timers_of(hands.ticket)
        assert list(queries.differing(timers)) == []
        for timer in timers:
            paused = _paused(timer)
            before = paused_before.get(timer.pk, [])
            assert paused[: len(before)] == before  # segments are append-only: nothing is backdated
            paused_before[timer.pk] = paused
        running = [one.due_at for one in timers if one.state == "running"]
        assert hands.fresh().due_at == min(running, default=None)


def _carry_out(hands: Hands, move: str, at: dt.datetime, number: int) -> None:
    if move == "prioritise":
        hands.prioritise(at, number)
    elif move == "absorb":
        hands.absorb(at, NOON - number * dt.timedelta(hours=3))
    elif move == "sweep":
        with everywhere_at(at):
            sweep.sweep(SYSTEM)
    elif move == "correct":
        hands.correct(at, at - number * dt.timedelta(hours=2), at - number * dt.timedelta(hours=1))
    elif move == "schedule":
        hands.hold(at, reason="scheduled", until=at + dt.timedelta(hours=number))
    else:
        getattr(hands, move)(at)


def _paused(timer) -> list[tuple[dt.datetime, dt.datetime]]:
    """The stretches of pause that have ended, one by one: no later change may touch them, not even to make one longer
    (the gap between resolved and reopened is a stretch of its own)."""
    ended = [one for one in queries.stretches(timer) if one.kind == "paused" and one.to_at is not None]
    return [(one.from_at, one.to_at) for one in ended]
