"""Random lives across a change of the clocks, with edited calendars and sweeps: every column can be reckoned anew."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import actors
from calendars import actions as calendars
from calendars.models import Calendar
from core import errors, time
from slas import proving, queries, standards, sweep
from slas.models import Timer
from tests.places import SYSTEM, World, report
from tests.slas.conftest import Hands, Levels, at, everywhere_at

FRIDAY = dt.datetime(
    2027, 3, 26, 14, 0, tzinfo=dt.UTC
)  # London sets its clocks on the 28th, Auckland on 4 April
NIGHTS = {day: [["22:00", "06:00"]] for day in standards.EVERY_DAY}
EDITS = (
    {"week": standards.AROUND_THE_CLOCK},
    {"week": NIGHTS},
    {"week": standards.OFFICE_HOURS, "holidays": [{"date": "2027-03-29", "name": "Easter Monday"}]},
    {"time_zone": "Pacific/Auckland"},
    {"time_zone": "Europe/London", "special_days": {"2027-03-30": [["07:00", "12:00"]]}},
)
MOVES = (
    "reply", "answer", "hold", "resume", "prioritise", "resolve", "reopen", "absorb", "release", "edit", "sweep",
)  # fmt: skip

stories = st.lists(
    st.tuples(st.sampled_from(MOVES), st.integers(min_value=0, max_value=60 * 60), st.integers(1, 4)),
    min_size=3,
    max_size=9,
)


@pytest.mark.django_db
@given(story=stories)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_after_any_life_every_column_can_be_reckoned_anew(world: World, levels: Levels, story):
    with transaction.atomic():
        hands, instant = Hands(world, report(world.acme, at=FRIDAY)), FRIDAY
        for move, minutes, number in story:
            instant += dt.timedelta(minutes=minutes, microseconds=number * 137)
            try:
                carry_out(hands, levels, move, instant, number)
            except errors.Refused:
                continue
            timers = queries.timers_of(hands.ticket)
            assert list(proving.differing(timers)) == []
        transaction.set_rollback(True)


def carry_out(hands: Hands, levels: Levels, move: str, instant: dt.datetime, number: int) -> None:
    match move:
        case "prioritise":
            hands.prioritise(instant, number)
        case "absorb":
            hands.absorb(instant, FRIDAY - number * dt.timedelta(hours=3))
        case "sweep":
            swept(instant)
        case "edit":
            london = Calendar.objects.get(pk=levels.london.pk)
            fields = EDITS[(number + instant.day) % len(EDITS)]
            calendars.change_calendar(london, by=SYSTEM, at=instant, fields=fields, reason="As agreed")
        case _:
            getattr(hands, move)(instant)


def swept(instant: dt.datetime) -> sweep.Swept:
    with time.frozen(instant):
        return sweep.sweep(actors.system("Clock sweep"))


@pytest.mark.parametrize(
    ("column", "value"),
    [("next_at", at(9, day=19)), ("next_at", None), ("warn_at", at(9, day=19)), ("breached_at", None)],
)
def test_what_the_segments_do_not_hold_is_proven_too(hands: Hands, column: str, value: dt.datetime | None):
    clock = Timer.objects.get(ticket=hands.ticket, metric="first_response")
    if column == "breached_at":
        swept(at(16, 1))
        hands.reply(at(17))
    Timer.objects.filter(pk=clock.pk).update(**{column: value})
    said = io.StringIO()
    with pytest.raises(SystemExit), time.frozen(at(18)):
        call_command("verify_timers", stdout=said)
    assert f"timer {clock.pk} (first_response of ticket {hands.ticket.pk}): {column} is" in said.getvalue()


def test_a_step_that_was_put_off_differs_from_nothing(hands: Hands):
    clock = Timer.objects.get(ticket=hands.ticket, metric="first_response")
    with everywhere_at(at(15, 1)):
        Timer.objects.filter(pk=clock.pk).update(next_at=at(15, 6))
        assert list(proving.differing(queries.timers_of(hands.ticket))) == []
