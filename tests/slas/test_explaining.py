"""Every clock explains itself: all of it to the desk, what concerns them to the customer's people."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from calendars import actions as calendars
from core import time
from core.display import Tone
from customers import scoping
from slas import panels, standards
from slas.models import Timer
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import Hands, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reader_in_utc():
    with timezone.override(dt.UTC):
        yield


def card(hands: Hands, actor, instant) -> dict[str, panels.Clock]:
    with time.frozen(instant), scoping.scope(scoping.ALL):
        return {one.metric: one for one in panels.clock_card(hands.fresh(), actor)}


def test_the_desk_reads_agreement_rule_calendar_pauses_holidays_and_sum(hands: Hands):
    hands.hold(at(13))
    hands.answer(at(10, day=19))
    hands.prioritise(at(11, day=19), 2)
    sentences = card(hands, hands.agent, at(12, day=19))["resolution"].explanation
    wednesday, thursday = "Wednesday 18 November 2026", "Thursday 19 November 2026"
    agent, requester = "(Sofia Keller)", "(Requester canary-acme)"
    held = "on hold: Waiting for the customer's answer"
    assert sentences == [
        "Resolution within 8 h 00, by the agreement “Gold”, version 1.",
        "It was chosen as the most specific that fits: customer Acme canary-acme, priority P2.",
        "It counts the hours of “London” (Europe/London), version 1, the calendar of the agreement.",
        f"Running from {wednesday} 12:00 UTC to {wednesday} 13:00 UTC: received {requester}.",
        f"Paused from {wednesday} 13:00 UTC to {thursday} 10:00 UTC: {held} {agent}.",
        f"Running from {thursday} 10:00 UTC to {thursday} 11:00 UTC: the customer answered {requester}.",
        f"Running since {thursday} 11:00 UTC: moved to another target: priority 3 → 2 {agent}.",
        f"3 h 00 of 8 h 00 are used, 5 h 00 are left: due {thursday} 17:00 UTC.",
    ]


def test_days_with_other_hours_are_named(hands: Hands):
    sentences = card(hands, hands.agent, at(12, day=19))["resolution"].explanation
    assert "Other hours than usual: 20 Nov 2026 (Founders' day)." in sentences


def test_a_customer_reads_we_and_you_and_no_name_or_rule(hands: Hands):
    hands.hold(at(13))
    clocks = card(hands, hands.requester, at(14))
    assert clocks["first_response"].explanation == [
        "We answered you in time, at Wednesday 18 November 2026 13:00 UTC."
    ]
    assert clocks["resolution"].explanation == ["We are waiting for your answer; this time does not count."]
    for clock in clocks.values():
        assert clock.agreement == ""
        assert "Sofia" not in " ".join(clock.explanation)
        assert "Gold" not in " ".join(clock.explanation)


def test_a_late_answer_is_said_plainly_to_the_customer(hands: Hands):
    assert card(hands, hands.requester, at(16, 30))["first_response"].explanation == [
        "We wanted to answer you by Wednesday 18 November 2026 16:00 UTC: we are late."
    ]


@pytest.mark.parametrize(
    ("instant", "tone", "text", "fraction"),
    [
        (at(12), Tone.OK, "4 h 00", 1.0),
        (at(14), Tone.OK, "2 h 00", 0.5),
        (at(15, 30), Tone.SOON, "30 min", 0.125),
        (at(16, 30), Tone.OVER, "−30 min", 1.0),
    ],
)
def test_a_running_clock_on_the_card(hands: Hands, instant, tone, text, fraction):
    clock = card(hands, hands.agent, instant)["first_response"]
    assert (clock.label, clock.tone, clock.text, clock.fraction) == ("Reply", tone, text, fraction)
    assert clock.due_at == at(16)


def test_paused_met_missed_and_cancelled_on_the_card(world: World, hands: Hands):
    hands.hold(at(13))
    clocks = card(hands, hands.agent, at(14))
    assert (clocks["first_response"].tone, clocks["first_response"].text) == (Tone.MET, "1 h 00")
    paused = clocks["resolution"]
    assert (paused.tone, paused.text, paused.fraction) == (Tone.HOLD, "Paused", 15 / 16)
    assert paused.title == "Waiting for the customer's answer"
    late = Hands(world, report(world.acme))
    late.cancel(at(16, 30))
    ended = card(late, late.agent, at(17))
    assert (ended["first_response"].text, ended["first_response"].verdict) == ("Missed", "breached")
    assert (ended["resolution"].text, ended["resolution"].verdict) == ("Cancelled", None)


def test_soon_is_under_an_hour_or_under_a_quarter(hands: Hands):
    assert hands.clock("first_response").warn_at == at(15)
    resolution = hands.clock()
    assert resolution.warn_at == resolution.due_at - (resolution.due_at - NOON) / 4


def test_no_agreement_is_called_so(world: World, levels):
    hands = Hands(world, report(world.beta))
    first = card(hands, hands.agent, at(13))["resolution"].explanation[0]
    assert first == "Resolution within 1 d 16 h: no agreement covers this, “Best effort” applies (version 1)."


def test_verify_timers_is_content_with_what_the_house_wrote(hands: Hands, levels):
    hands.hold(at(13))
    hands.answer(at(14))
    calendars.change_calendar(
        levels.london, by=SYSTEM, at=at(15), fields={"week": standards.AROUND_THE_CLOCK}
    )
    said = StringIO()
    call_command("verify_timers", stdout=said)
    assert said.getvalue() == "2 timers recomputed, 0 differ.\n"


def test_verify_timers_names_what_differs_and_fails(hands: Hands):
    Timer.objects.filter(metric="resolution").update(used_seconds=5)
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_timers", stdout=said)
    assert ended.value.code == 1
    assert "used_seconds is 5.000000, its segments give 0" in said.getvalue()
    assert "2 timers recomputed, 1 differ." in said.getvalue()
