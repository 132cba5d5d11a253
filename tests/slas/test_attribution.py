"""Who spent a clock's time: parts that add up to what was used and what was paused, whatever happened."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import actions as accounts
from accounts.models import Team
from core import errors
from slas import attribution, clocks, queries, reckoning
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import Hands, Levels, at
from tickets import actions as tickets

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def network(world: World, levels: Levels) -> Team:
    return accounts.create_team(
        Team(slug="network", name="Network"), by=SYSTEM, at=NOON, members=[world.agent]
    )


def parts(hands: Hands, now: dt.datetime) -> list[tuple]:
    timer = hands.clock()
    return [
        (str(one.kind), one.name, round(one.seconds / 60), one.counted)
        for one in attribution.shares(timer, now)
    ]


def test_each_part_of_a_clocks_time_is_somebodys(world: World, network: Team):
    hands = Hands(world, report(world.acme))
    hands.prioritise(at(12, 1), 1)  # four hours
    tickets.assign(hands.fresh(), by=hands.agent, at=at(12, 30), team=network)
    hands.hold(at(13))
    hands.answer(at(13, 40))
    tickets.hand_over(
        hands.fresh(), by=hands.agent, at=at(15), supplier=world.supplier, message="It is dead."
    )
    tickets.take_back(hands.fresh(), by=hands.agent, at=at(16), reason="We know")
    hands.resolve(at(10, day=19))
    found = attribution.shares(hands.clock(), at(12, day=19))
    assert parts(hands, at(12, day=19)) == [
        ("team", "Network", 230, True),
        ("supplier", "Lakeside Telecom", 60, True),
        ("team", "Service desk", 30, True),
        ("customer", world.acme.customer.name, 40, False),
    ]
    assert attribution.sentence(hands.clock(), found) == (
        "Where the time went: 3 h 50 of 4 h 00 with Network, 1 h 00 of 4 h 00 with Lakeside Telecom, "
        "30 min of 4 h 00 with Service desk, 40 min waiting for Acme canary-acme (not counted)."
    )


def test_a_part_of_a_clocks_time_is_never_said_to_be_of_less_than_itself(world: World, network: Team):
    hands = Hands(world, report(world.acme))
    hands.prioritise(at(12, 1), 1)  # four hours
    tickets.assign(hands.fresh(), by=hands.agent, at=at(12, 30), team=network)
    hands.resolve(at(10, day=19))
    found = attribution.shares(hands.clock(), at(12, day=19))
    assert attribution.sentence(hands.clock(), found) == (
        "Where the time went: 5 h 30 of 6 h 00 with Network, 30 min of 6 h 00 with Service desk."
    )


moves = st.lists(
    st.tuples(
        st.sampled_from(
            ["assign", "back", "hand_over", "take_back", "hold", "answer", "resume", "prioritise", "resolve",
             "reopen", "absorb", "release", "correct"]
        ),
        st.integers(min_value=0, max_value=60 * 24),
        st.integers(min_value=1, max_value=4),
    ),
    max_size=8,
)  # fmt: skip


@given(story=moves)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_after_any_story_the_parts_are_the_time_used_and_the_time_paused(world: World, network: Team, story):
    with transaction.atomic():
        hands, now = Hands(world, report(world.acme)), NOON
        for move, gap, number in story:
            now += gap * MINUTE + dt.timedelta(microseconds=number * 131)
            try:
                _carry_out(hands, network, move, now, number)
            except errors.Refused:
                continue
        now += 90 * MINUTE
        for timer in queries.timers_of(hands.ticket):
            found = attribution.shares(timer, now)
            hours = queries.hours_of([timer])[timer.pk]
            used = reckoning.used_by(clocks.reading_of(timer, hours), max(now, timer.used_at))
            assert sum(one.seconds for one in found if one.counted) == clocks.to_seconds(used)
            assert sum(float(one.seconds) for one in found if not one.counted) == pytest.approx(
                _paused(timer, now)
            )
        transaction.set_rollback(True)


def _carry_out(hands: Hands, network: Team, move: str, now: dt.datetime, number: int) -> None:
    supplier = hands.world.supplier
    if move in ("assign", "back"):
        team = network if move == "assign" else hands.world.desk
        tickets.assign(hands.fresh(), by=hands.agent, at=now, team=team)
    elif move == "hand_over":
        tickets.hand_over(hands.fresh(), by=hands.agent, at=now, supplier=supplier, message="Please.")
    elif move == "take_back":
        tickets.take_back(hands.fresh(), by=hands.agent, at=now, reason="Done")
    elif move == "prioritise":
        hands.prioritise(now, number)
    elif move == "absorb":
        hands.absorb(now, NOON - number * dt.timedelta(hours=3))
    elif move == "correct":
        hands.correct(now, now - number * dt.timedelta(hours=2), now - number * dt.timedelta(hours=1))
    else:
        getattr(hands, move)(now)


def _paused(timer, now: dt.datetime) -> float:
    hours = queries.hours_of([timer])[timer.pk]
    stretches = [one for one in queries.stretches(timer) if one.kind == "paused"]
    ends = [(one, timer.stopped_at or (now if one.to_at is None else one.to_at)) for one in stretches]
    return sum(
        hours.between(one.from_at, min(one.to_at or end, end)).total_seconds()
        for one, end in ends
        if one.from_at < end
    )
