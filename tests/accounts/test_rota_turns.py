"""Who is on call when, as a pure question: turns, changes of clocks, swaps, absences, gaps."""

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import rota
from accounts.choices import Gap, TurnUnit
from accounts.rota import Away, Plan, Shift, Stand, Swap
from calendars.worktime import WorkCalendar

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MONDAY = dt.date(2026, 11, 2)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC)


def plan(**given) -> Plan:
    return Plan(
        **{"zone": BERLIN, "starts_on": MONDAY, "handover_time": dt.time(9), "members": (1, 2, 3), **given}
    )


def lines(found: list[Shift]) -> list[tuple]:
    return [
        (one.from_at.astimezone(BERLIN).strftime("%d %H:%M"), one.stand.user_id or one.stand.gap)
        for one in found
    ]


def test_members_take_turns_and_hand_over_at_the_hour():
    assert lines(rota.shifts(plan(), at("2026-11-02 09:00"), at("2026-11-30 09:00"))) == [
        ("02 09:00", 1),
        ("09 09:00", 2),
        ("16 09:00", 3),
        ("23 09:00", 1),
    ]
    before = at("2026-11-09 09:00") - dt.timedelta(microseconds=1)
    assert [rota.on_call(plan(), one).user_id for one in (before, at("2026-11-09 09:00"))] == [1, 2]


def test_turns_in_weeks_begin_on_the_first_hand_over_day_and_nobody_is_on_call_before():
    late = plan(weekday=3)
    assert rota.on_call(late, at("2026-11-05 08:59")) == Stand(gap=Gap.NOT_BEGUN)
    assert rota.on_call(late, at("2026-11-05 09:00")) == Stand(1, 1)


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        ("2026-03-28", "02:30", "2026-03-28T01:30+00:00"),
        ("2026-03-29", "02:30", "2026-03-29T01:00+00:00"),  # skipped: its end
        ("2026-10-25", "02:30", "2026-10-25T00:30+00:00"),  # twice: the first
        ("2026-10-26", "02:30", "2026-10-26T01:30+00:00"),
    ],
)
def test_a_hand_over_in_an_hour_that_a_change_of_clocks_skips_or_repeats(day: str, hour: str, instant: str):
    found = rota.instant(dt.date.fromisoformat(day), dt.time.fromisoformat(hour), BERLIN)
    assert found == dt.datetime.fromisoformat(instant)


def test_a_swap_takes_its_time_out_of_the_turns_and_says_whose_it_was():
    given = plan(swaps=[Swap(7, at("2026-11-04 12:00"), at("2026-11-05 12:00"), 3)])
    found = rota.shifts(given, at("2026-11-02 09:00"), at("2026-11-09 09:00"))
    assert lines(found) == [("02 09:00", 1), ("04 12:00", 3), ("05 12:00", 1)]
    assert found[1].stand == Stand(3, planned_id=1, swap_id=7)


def test_absences_go_to_the_deputy_or_are_gaps():
    away = Away(1, at("2026-11-03 00:00"), at("2026-11-05 00:00"), 9)
    found = rota.shifts(plan(absences=[away]), at("2026-11-02 09:00"), at("2026-11-09 09:00"))
    assert lines(found) == [("02 09:00", 1), ("03 00:00", 9), ("05 00:00", 1)]
    assert found[1].stand.deputy_of == 1
    alone = plan(absences=[Away(1, away.from_at, away.to_at, None)])
    assert rota.on_call(alone, away.from_at) == Stand(planned_id=1, deputy_of=1, gap=Gap.AWAY)
    both = plan(absences=[away, Away(9, away.from_at, away.to_at, None)])
    assert rota.on_call(both, away.from_at).gap == Gap.AWAY


def test_who_has_left_and_hours_without_cover_are_gaps():
    assert rota.on_call(plan(gone=frozenset({1})), at("2026-11-02 09:00")).gap == Gap.GONE
    assert rota.on_call(plan(members=()), at("2026-11-02 09:00")).gap == Gap.NO_MEMBER
    nights = WorkCalendar("Europe/Berlin", {"mon": [["18:00", "24:00"]], "tue": [["00:00", "08:00"]]}, [], {})
    found = rota.shifts(plan(hours=nights), at("2026-11-02 09:00"), at("2026-11-03 12:00"))
    assert lines(found) == [("02 09:00", Gap.NOT_COVERED), ("02 18:00", 1), ("03 08:00", Gap.NOT_COVERED)]


INSTANTS = st.integers(0, 729 * 24 * 60).map(
    lambda one: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=one)
)
SPANS = st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=20))
PLANS = st.builds(
    Plan,
    zone=st.sampled_from(
        [BERLIN, zoneinfo.ZoneInfo("America/New_York"), zoneinfo.ZoneInfo("Australia/Lord_Howe"), dt.UTC]
    ),
    starts_on=st.dates(dt.date(2026, 1, 1), dt.date(2027, 6, 1)),
    handover_time=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    members=st.lists(st.integers(1, 5), min_size=1, max_size=4, unique=True),
    unit=st.sampled_from(TurnUnit.values),
    length=st.integers(1, 3),
    weekday=st.integers(0, 6),
    swaps=st.lists(
        st.builds(lambda begin, length, user: Swap(1, begin, begin + length, user), INSTANTS, SPANS, st.integers(1, 5)),
        max_size=2,
    ),
    absences=st.lists(
        st.builds(
            lambda user, begin, length, deputy: Away(user, begin, begin + length, deputy),
            st.integers(1, 5), INSTANTS, SPANS, st.none() | st.integers(6, 7),
        ),
        max_size=2,
    ),
    gone=st.frozensets(st.integers(1, 5), max_size=1),
)  # fmt: skip


@given(PLANS, INSTANTS, st.timedeltas(HOUR, 60 * DAY), st.floats(0, 0.999))
@settings(max_examples=60, deadline=None)
def test_shifts_cover_all_time_and_say_what_one_instant_says(
    one: Plan, since: dt.datetime, length: dt.timedelta, share: float
):
    found = rota.shifts(one, since, since + length)
    assert (found[0].from_at, found[-1].to_at) == (since, since + length)
    assert all(a.to_at == b.from_at and a.stand != b.stand for a, b in itertools.pairwise(found))
    moment = since + length * share
    [around] = [shift for shift in found if shift.from_at <= moment < shift.to_at]
    assert rota.on_call(one, moment) == around.stand
    assert (around.stand.user_id is None) == (around.stand.gap is not None)


@given(PLANS, st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_every_turn_begins_at_its_local_hour_and_is_its_members(one: Plan, number: int):
    begins, ends = rota.turn_begins(one, number), rota.turn_begins(one, number + 1)
    assert begins < ends
    local = begins.astimezone(one.zone)
    exists = local.replace(tzinfo=None).time() == one.handover_time
    assert exists or local.utcoffset() != (begins - HOUR).astimezone(one.zone).utcoffset()
    bare = Plan(**{**vars(one), "swaps": (), "absences": (), "gone": frozenset()})
    for moment in (begins, ends - dt.timedelta(microseconds=1)):
        assert rota.on_call(bare, moment).user_id == one.members[number % len(one.members)]
