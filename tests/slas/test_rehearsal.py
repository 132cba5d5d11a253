"""What if: derived clocks are the recorded ones, both verdicts of made-up histories, whose tickets count, stopping."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import actions as accounts
from accounts.roles import Role
from calendars import actions as calendars
from calendars.models import Calendar
from core import errors
from customers import scoping
from jobs import actions as jobs
from jobs import tasks
from jobs.models import Job
from journal.models import Entry
from slas import queries, standards
from slas.drafts import TargetDraft
from slas.models import Segment, Timer
from slas.rehearsal import replaying, rules, running, stories, tallying
from slas.rehearsal.stories import Directory
from slas.rehearsal.whatif import NewTarget, WhatIf
from slas.sweep import sweep
from tests import agreed
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import Hands, Levels, at, everywhere_at
from tests.slas.test_properties import MINUTE, _carry_out, gaps
from tickets.models import Ticket

HOUR = 3_600
NOVEMBER = {"first_on": dt.date(2026, 11, 1), "last_on": dt.date(2026, 11, 30)}
LATER = at(9, day=27)
MOVES = [
    "reply", "answer", "hold", "schedule", "resume", "prioritise", "resolve", "reopen", "absorb", "release", "cancel",
    "correct", "sweep",
]  # fmt: skip


def asked(**changes) -> WhatIf:
    return WhatIf(**{**NOVEMBER, **changes})


def judged(ticket: Ticket, what: WhatIf, until: dt.datetime, world: World) -> tuple[list, list]:
    """The clocks of one ticket, as agreed and as they would be."""
    by = world.actor(world.administrator)
    terms = rules.Terms([ticket.customer_id], what, until)
    directory = Directory([ticket.customer_id], by, terms.judges, asks_items=terms.asks_items)
    rows = Ticket.objects.filter(pk=ticket.pk).values_list(*stories.columns())
    [story] = stories.read(rows, until, directory)
    made = (rules.AsAgreed(terms), rules.Changed(terms, what))
    return tuple(replaying.replay(story, one, until, stories.phases()) for one in made)


@pytest.mark.django_db
@given(story=st.lists(st.tuples(st.sampled_from(MOVES), gaps, st.integers(1, 4)), max_size=9))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_is_derived_is_what_the_clocks_say(world: World, levels: Levels, story):
    with transaction.atomic():
        hands, now = Hands(world, report(world.acme)), NOON
        for move, gap, number in story:
            now += gap * MINUTE + dt.timedelta(microseconds=number * 137)
            try:
                _carry_out(hands, move, now, number)
            except errors.Refused:
                continue
        for ticket in Ticket.objects.all():
            before, _after = judged(ticket, asked(percent=50), now, world)
            recorded = {(one.metric, one.cycle): one for one in queries.timers_of(ticket)}
            assert {(one.metric, one.cycle) for one in before} == recorded.keys()
            for one in before:
                timer = recorded[one.metric, one.cycle]
                missed = timer.breached_at or (
                    timer.due_at if timer.state == "running" and timer.due_at < now else None
                )
                assert one.verdict == ("breached" if missed else "met" if timer.state == "stopped" else None)
                assert one.due_at == (missed or timer.due_at)
                assert one.pick.target_id == timer.target_id
        transaction.set_rollback(True)


def both(hands: Hands, world: World, until: dt.datetime = LATER, **changes) -> tuple:
    """The resolution clock before and after: (verdict, due) each."""
    found = judged(hands.ticket, asked(**changes), until, world)
    before, after = (next(one for one in side if one.metric == "resolution") for side in found)
    return (before.verdict, before.due_at), (after.verdict, after.due_at)


def resolution(hours: float, priority: int | None = 3) -> tuple[NewTarget, ...]:
    return (NewTarget(metric="resolution", seconds=round(hours * HOUR), priority=priority),)


def test_a_shorter_time_is_due_earlier_and_missed(hands: Hands, world: World):
    hands.resolve(at(11, day=19))
    # 16 h from Wednesday 12:00: 5 h that day, 8 h on Thursday, none on Friday, 3 h on Monday; 6 h: Thursday 10:00.
    assert both(hands, world, targets=resolution(6)) == (
        ("met", at(12, day=23)),
        ("breached", at(10, day=19)),
    )
    assert both(hands, world, targets=resolution(7)) == (("met", at(12, day=23)), ("met", at(11, day=19)))
    assert both(hands, world, percent=50)[1] == ("met", at(12, day=19))


def test_without_the_pause_the_wait_for_the_customer_counts(hands: Hands, world: World):
    hands.hold(at(13))
    hands.answer(at(13, day=19))  # 8 business hours later
    hands.resolve(at(13, 1, day=23))
    assert both(hands, world, pauses_on=()) == (("met", at(12, day=24)), ("breached", at(12, day=23)))
    assert both(hands, world, pauses_on=("supplier",))[1] == ("breached", at(12, day=23))


def test_time_between_solution_and_reopening_counts_for_nobody(hands: Hands, world: World):
    hands.resolve(at(14))
    hands.reopen(at(9, day=19))
    hands.resolve(at(12, day=19))
    # used 2 h, then 3 h: five in all
    assert both(hands, world, targets=resolution(5)) == (("met", at(15, day=23)), ("met", at(12, day=19)))
    assert both(hands, world, targets=resolution(4.5)) == (
        ("met", at(15, day=23)),
        ("breached", at(11, 30, day=19)),
    )


def test_a_priority_that_changed_moves_both(hands: Hands, world: World):
    hands.prioritise(at(14), 1)
    hands.resolve(at(16, 30))
    # 2 h are used when it becomes P1: of 4 h two are left, of 2 h none
    assert both(hands, world, targets=resolution(2, 1)) == (("breached", at(16)), ("breached", at(14)))
    assert both(hands, world, targets=resolution(5, 1)) == (("breached", at(16)), ("met", at(17)))


def test_another_matrix_judges_but_what_was_set_by_hand(hands: Hands, world: World):
    cells = {"1": {"1": 1, "2": 1, "3": 2}, "2": {"1": 1, "2": 1, "3": 3}, "3": {"1": 3, "2": 3, "3": 4}}
    hands.resolve(at(16, 1))
    assert both(hands, world, cells=cells) == (("met", at(12, day=23)), ("breached", at(16)))
    hands.reopen(at(16, 2))
    hands.prioritise(at(16, 3), 4)
    assert both(hands, world, cells=cells)[1][0] == "breached"


def test_another_calendar_is_reckoned_from_the_beginning(hands: Hands, world: World, levels: Levels):
    hands.resolve(at(11, day=19))
    always = calendars.create_calendar(
        Calendar(name="Always", time_zone="UTC"), by=SYSTEM, at=NOON, week=standards.AROUND_THE_CLOCK
    )
    assert both(hands, world, calendar=always) == (("met", at(12, day=23)), ("breached", at(4, day=19)))


def test_an_agreement_alone_changes_and_one_that_is_younger_can_be_taken_for_always(
    world: World, levels: Levels
):
    hands = Hands(world, report(world.acme))
    other = {"agreement": levels.best_effort, "targets": resolution(1)}
    assert both(hands, world, until=at(14), **other) == ((None, at(12, day=23)),) * 2
    own = {"agreement": levels.gold, "targets": resolution(1)}
    assert both(hands, world, until=at(14), **own) == ((None, at(12, day=23)), ("breached", at(13)))


@pytest.mark.parametrize("moves", [False, True])
def test_the_version_holds_that_the_clocks_were_judged_by(
    hands: Hands, world: World, levels: Levels, moves: bool
):
    shorter = [TargetDraft(metric=name, seconds=2 * HOUR) for name in ("first_response", "resolution")]
    agreed.agree_anew(levels.gold, targets=shorter, moves_running=moves, at=at(12, 10))
    with everywhere_at(at(13)):
        sweep(SYSTEM)
    hands.prioritise(at(13, 10), 1)
    younger = Hands(world, report(world.acme, at=at(12, 30)))
    for one in (hands, younger):
        before, _after = judged(one.ticket, asked(percent=50), at(13, 20), world)
        clock = next(found for found in before if found.metric == "resolution")
        assert (clock.due_at, clock.pick.target_id) == (one.clock().due_at, one.clock().target_id)
    assert (hands.clock().agreement_version, younger.clock().agreement_version) == (2 if moves else 1, 2)


def test_hours_hold_from_the_moment_they_were_written(hands: Hands, world: World, levels: Levels):
    hands.hold(at(13))
    longer = {day: [["09:00", "22:00"]] for day in standards.WORKDAYS}
    calendars.change_calendar(
        levels.london, by=SYSTEM, at=at(16, 30), fields={"week": longer}, valid_from=dt.date(2026, 11, 18)
    )
    hands.resume(at(16, 45))
    with everywhere_at(at(17)):
        sweep(SYSTEM)
    before, _after = judged(hands.ticket, asked(percent=50), at(18), world)
    clocks = {one.metric: one for one in before}
    assert {name: one.due_at for name, one in clocks.items()} == {
        name: hands.clock(name).due_at for name in ("first_response", "resolution")
    }


def run(world: World, what: WhatIf, by=None) -> Job:
    """A rehearsal, worked off as a worker does."""
    by = by or world.actor(world.administrator)
    with scoping.scope(by.customers, caller=by.key):
        job = running.start(what, by=by, at=LATER)
    tasks.work(job.pk, job.caller)
    return fresh(job)


def fresh(job: Job) -> Job:
    with scoping.scope((), caller=job.caller):
        return Job.objects.get(pk=job.pk)


@pytest.fixture
def november(world: World, levels: Levels) -> Hands:
    """Two tickets of Acme and one of Beta; the first is resolved within a day."""
    hands = Hands(world, report(world.acme))
    hands.resolve(at(11, day=19))
    report(world.acme, channel="phone", impact=1, urgency=1)
    report(world.beta)
    return hands


def test_a_job_counts_both_verdicts_and_agrees_with_the_clocks(world: World, november: Hands):
    done = run(world, asked(targets=resolution(6), customer=world.acme.customer))
    assert (done.state, done.done, done.total) == ("done", 2, 2)
    result = done.result
    assert (result["tickets"], result["compared"], result["agreed"], result["differing"]) == (2, 4, 4, [])
    assert (result["worse"], result["better"]) == (1, 0)
    [flip] = result["flips"]
    assert (flip["number"], flip["before"], flip["after"]) == (november.ticket.number, "met", "breached")
    assert flip["why"] == {"seconds": [16 * HOUR, 6 * HOUR]}
    rows = {(one["metric"], one["by"], one["value"]): one for one in result["rows"]}
    everything = rows["resolution", "all", None]
    assert [everything[side] for side in tallying.SIDES] == [1, 1, 0, 0, 2, 0]
    assert [rows["resolution", "priority", 3][side] for side in tallying.SIDES] == [1, 0, 0, 0, 1, 0]
    assert rows["first_response", "priority", 1]["met_after"] == 1  # said on the phone


def test_nobody_counts_another_customers_tickets(world: World, november: Hands):
    by = world.actor(world.beta.agent)
    with pytest.raises(errors.Forbidden):
        running.start(asked(percent=50), by=by, at=LATER)
    accounts.grant(
        world.beta.agent, Role.SERVICE_LEVEL_MANAGER, by=SYSTEM, at=NOON, customer=world.beta.customer
    )
    by = world.actor(world.beta.agent)
    with pytest.raises(errors.Forbidden):
        running.start(asked(percent=50, customer=world.acme.customer), by=by, at=LATER)
    done = run(world, asked(percent=50), by=by)
    assert (done.result["tickets"], done.total) == (1, 1)


def test_cancelled_it_leaves_nothing(world: World, november: Hands):
    before = (Entry.objects.count(), Timer.objects.count(), Segment.objects.count())
    by = world.actor(world.administrator)
    with scoping.scope(by.customers, caller=by.key):
        job = running.start(asked(percent=50), by=by, at=LATER)
        claimed = jobs.claim(job.pk, at=LATER)
        jobs.cancel(job, by=by, at=LATER)
    with pytest.raises(jobs.Cancelled):
        running.run(claimed, by)
    with scoping.scope(by.customers, caller=by.key):
        jobs.stop(claimed, at=LATER)
    stopped = fresh(job)
    assert (stopped.state, stopped.result, stopped.done) == ("cancelled", {}, 0)
    assert (Entry.objects.count(), Timer.objects.count(), Segment.objects.count()) == before


WRONG = {
    "a period that ends before it begins": ({"last_on": dt.date(2026, 10, 1)}, "opened_to"),
    "nothing that differs": ({"percent": None}, "targets"),
    "a target of zero": ({"targets": resolution(0)}, "targets"),
    "a priority that is none": ({"targets": resolution(1, 9)}, "targets"),
    "no kind of waiting": ({"pauses_on": ["rain"]}, "pauses_on"),
    "half a matrix": ({"cells": {"1": {"1": 1}}}, "matrix"),
    "a share of nothing": ({"percent": 0}, "percent"),
    "always, without an agreement": ({"is_always": True}, "as_if_in_force"),
    "a period without tickets": (
        {"first_on": dt.date(2019, 1, 1), "last_on": dt.date(2019, 1, 2)},
        "opened_from",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_one_sentence_at_its_field(name: str, world: World, levels: Levels):
    changes, field = WRONG[name]
    with pytest.raises(errors.Invalid) as refused:
        running.start(asked(**{"percent": 50, **changes}), by=world.actor(world.administrator), at=LATER)
    assert list(refused.value.errors) == [field]
    assert not Job.objects.exists()
