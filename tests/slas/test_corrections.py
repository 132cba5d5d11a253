"""Corrections: time that two people agree not to count, as a segment; the only thing that takes a breach away."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts.roles import Role
from core import errors
from journal.models import Entry
from slas import correcting, queries, sweep
from slas.models import BreachCause, Correction, Segment
from tests.places import NOON, SYSTEM, World
from tests.slas.conftest import Hands, at, everywhere_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(world: World):
    """Two people who may agree on a correction."""
    for who in (world.agent, world.lead):
        accounts.grant(who, Role.SERVICE_LEVEL_MANAGER, by=SYSTEM, at=NOON)
    return world.actor(world.agent), world.actor(world.lead)


def ask(hands: Hands, by, begin, end, *, now, metric="first_response") -> Correction:
    timer = hands.clock(metric)
    return correcting.ask_correction(
        timer, by=by, at=now, from_at=begin, to_at=end, reason="The line was cut by the customer"
    )


def test_a_correction_of_two_removes_a_breach_that_then_was_none(hands: Hands, both):
    asker, other = both
    hands.reply(at(16, 30))  # due at 16:00
    assert hands.clock("first_response").breached_at == at(16)
    waiting = ask(hands, asker, at(13), at(14), now=at(17))
    assert correcting.preview(waiting, at(17)).breached_at is None
    done = correcting.approve_correction(waiting, by=other, at=at(17, 5))
    timer = hands.clock("first_response")
    assert (timer.breached_at, timer.verdict, timer.used_seconds) == (None, "met", 3.5 * 3600)
    assert (done.seconds, done.verdict) == (3600, "approved")
    last = Segment.objects.filter(timer=timer).order_by("-id")[0]
    assert (last.kind, last.credit_seconds) == ("corrected", -3600)
    entry = Entry.objects.get(name="sla.corrected")
    assert (entry.data["seconds"], "breached_after" in entry.data) == (3600, False)


def test_a_correction_that_is_too_short_moves_the_breach_and_leaves_it(hands: Hands, both):
    asker, other = both
    hands.reply(at(16, 30))
    correcting.approve_correction(ask(hands, asker, at(13), at(13, 10), now=at(17)), by=other, at=at(17, 5))
    timer = hands.clock("first_response")
    assert (timer.breached_at, timer.verdict) == (at(16, 10), "breached")


def test_a_running_clock_gets_its_time_back_and_a_second_breach_is_said_again(hands: Hands, both):
    asker, other = both
    with everywhere_at(at(16, 30)):
        sweep.sweep(SYSTEM)
    waiting = ask(hands, asker, at(12), at(15), now=at(16, 30))
    correcting.approve_correction(waiting, by=other, at=at(16, 30))
    timer = hands.clock("first_response")
    assert (timer.state, timer.breached_at, timer.due_at) == ("running", None, at(11, day=19))
    assert timer.next_at is not None
    with everywhere_at(at(12, day=19)):
        sweep.sweep(SYSTEM)
    assert hands.clock("first_response").breached_at == at(11, day=19)
    assert Entry.objects.filter(name="sla.breached", data__metric="first_response").count() == 2


def test_a_breach_under_an_older_target_stays_though_the_new_one_has_time(hands: Hands, both):
    asker, other = both
    hands.prioritise(at(12, 1), 1)  # four hours: due at 16:00
    hands.prioritise(at(16, 30), 4)  # forty
    waiting = ask(hands, asker, at(13), at(13, 10), now=at(16, 40), metric="resolution")
    correcting.approve_correction(waiting, by=other, at=at(16, 40))
    assert hands.clock().breached_at == at(16, 10)


def test_nobody_approves_what_he_asked_for_and_nothing_changes(hands: Hands, both, world: World):
    asker, other = both
    hands.reply(at(16, 30))
    waiting = ask(hands, asker, at(13), at(14), now=at(17))
    entries = Entry.objects.count()
    for by in (asker, SYSTEM, hands.requester, world.actor(world.auditor)):
        with pytest.raises(errors.Forbidden):
            correcting.approve_correction(waiting, by=by, at=at(17))
    with pytest.raises(errors.Forbidden):
        ask(hands, hands.requester, at(14), at(15), now=at(17))
    assert hands.clock("first_response").breached_at == at(16)
    assert (Entry.objects.count(), Correction.objects.waiting().count()) == (entries, 1)
    correcting.decline_correction(waiting, by=other, at=at(17), reason="The line was ours")
    assert hands.clock("first_response").breached_at == at(16)
    with pytest.raises(errors.Conflict):
        correcting.approve_correction(waiting, by=other, at=at(17))


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [
        (at(14), at(13), "to_at"),
        (at(11), at(13), "from_at"),
        (at(13), at(20), "to_at"),
        (at(16, 45), at(16, 50), "from_at"),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused_at_its_field(hands: Hands, both, begin, end, field):
    hands.reply(at(16, 30))
    with pytest.raises(errors.Invalid) as refused:
        ask(hands, both[0], begin, end, now=at(17))
    assert list(refused.value.errors) == [field]
    assert Correction.objects.count() == 0


def test_two_corrections_do_not_meet(hands: Hands, both):
    hands.reply(at(16, 30))
    ask(hands, both[0], at(13), at(14), now=at(17))
    with pytest.raises(errors.Invalid):
        ask(hands, both[0], at(13, 30), at(14, 30), now=at(17))


def test_a_reopened_clock_runs_on_after_a_correction(hands: Hands, both):
    asker, other = both
    hands.resolve(at(14))
    correcting.approve_correction(
        ask(hands, asker, at(13), at(13, 30), now=at(15), metric="resolution"), by=other, at=at(15)
    )
    hands.reopen(at(16))
    timer = hands.clock()
    assert (timer.state, timer.used_seconds) == ("running", 1.5 * 3600)
    assert [(one.from_at, one.kind) for one in queries.stretches(timer)] == [
        (NOON, "running"), (at(14), "paused"), (at(16), "running"),
    ]  # fmt: skip


def test_a_breach_is_explained_and_may_be_disputed(hands: Hands, both):
    with pytest.raises(errors.Invalid):
        correcting.explain_breach(hands.clock(), by=hands.agent, at=at(13), cause="No one was there")
    hands.reply(at(16, 30))
    timer = hands.clock("first_response")
    correcting.explain_breach(timer, by=hands.agent, at=at(17), cause="Too few on shift", category="ours")
    correcting.explain_breach(
        timer, by=hands.agent, at=at(17, 1), cause="They say we called", is_disputed=True
    )
    with pytest.raises(errors.Forbidden):
        correcting.explain_breach(timer, by=hands.requester, at=at(17), cause="x")
    assert list(BreachCause.objects.order_by("id").values_list("category", "is_disputed")) == [
        ("ours", False), ("", True),
    ]  # fmt: skip
    assert Entry.objects.filter(name="sla.breach_explained").count() == 2
    assert dt.timedelta(seconds=float(hands.clock("first_response").used_seconds)) == dt.timedelta(hours=4.5)
