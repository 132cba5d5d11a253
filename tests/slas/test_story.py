"""The clocks of one incident through a day, exactly as docs/clocks.md says."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actor import Actor, ActorKind, Side
from incidents import actions as incidents
from journal.models import Entry
from slas import actions as slas
from slas import queries, subscribers
from slas.models import Segment, Timer
from tests.places import NOON, report
from tests.slas.conftest import Hands, at, make_levels
from tickets import actions as tickets
from tickets import events
from tickets.choices import Origin

pytestmark = pytest.mark.django_db


def marks(timer: Timer) -> list[tuple[str, str]]:
    return [(one.kind, one.cause) for one in timer.segments.all()]


def test_a_report_starts_both_clocks_and_promises_the_first_one(hands: Hands):
    response, resolution = hands.clock("first_response"), hands.clock()
    assert (response.state, response.due_at) == ("running", at(16))
    assert (resolution.state, resolution.due_at) == (
        "running",
        at(12, day=23),
    )  # 16 h over a holiday and a weekend
    ticket = hands.fresh()
    assert (ticket.due_at, ticket.due_metric, ticket.clock_from) == (at(16), "first_response", NOON)
    assert ticket.next_at == at(16)
    assert response.next_at == at(15)  # 75 %


def test_promising_makes_no_version_and_no_history(hands: Hands):
    assert hands.fresh().version == 1
    assert hands.ticket.history.count() == 1


def test_a_public_reply_of_a_person_stops_the_first_response(hands: Hands):
    hands.reply(at(12, 30))
    response = hands.clock("first_response")
    assert (response.state, response.stopped_at, response.verdict) == ("stopped", at(12, 30), "met")
    assert response.used_seconds == 1800
    assert hands.fresh().due_metric == "resolution"


def test_what_is_no_answer_of_a_person_stops_nothing(hands: Hands):
    program = Actor(
        kind=ActorKind.SERVICE_ACCOUNT, id=7, label="Bot", side=Side.DESK,
        customers=frozenset({hands.ticket.customer_id}), grants={None: frozenset({"ticket.work"})},
    )  # fmt: skip
    tickets.reply(hands.ticket, by=program, at=at(12, 5), body="We have received your report.")
    tickets.note(hands.ticket, by=hands.agent, at=at(12, 6), body="Looks like the gateway.")
    tickets.assign(hands.ticket, by=hands.agent, at=at(12, 7), assignee=hands.world.agent)
    hands.answer(at(12, 8))
    assert marks(hands.clock("first_response")) == [("running", "opened")]


def test_a_message_to_a_supplier_is_no_answer_to_the_customer(hands: Hands):
    hands.hold(at(12, 10), reason="supplier", supplier=hands.world.supplier)
    tickets.reply(hands.ticket, by=hands.agent, at=at(12, 20), body="Please look.", audience="supplier")
    assert hands.clock("first_response").state == "running"


@pytest.mark.parametrize("channel", ["phone", "chat", "in_person"])
def test_what_was_taken_down_in_a_conversation_is_answered_at_once(world, levels, channel):
    ticket = report(world.acme, by=world.actor(world.agent), channel=channel)
    response = Hands(world, ticket).clock("first_response")
    assert (response.state, response.stopped_at, response.used_seconds) == ("stopped", NOON, 0)
    assert marks(response) == [("running", "opened"), ("stopped", "spoken")]


def test_without_a_requester_to_accept_is_the_first_response(world, levels):
    ticket = report(world.acme, by=world.actor(world.agent), requester=None, channel="monitoring")
    hands = Hands(world, ticket)
    incidents.accept(ticket, by=hands.agent, at=at(12, 40))
    assert marks(hands.clock("first_response"))[-1] == ("stopped", "accepted")


def test_accepting_is_no_answer_where_somebody_waits_for_one(hands: Hands):
    incidents.accept(hands.ticket, by=hands.agent, at=at(12, 40))
    assert hands.clock("first_response").state == "running"


def test_a_hold_pauses_the_clocks_whose_target_says_so(hands: Hands):
    hands.hold(at(13))
    response, resolution = hands.clock("first_response"), hands.clock()
    assert response.state == "stopped"  # the question was a public reply
    assert (resolution.state, resolution.due_at, resolution.remaining_seconds) == ("paused", None, 15 * 3600)
    assert hands.fresh().due_at is None
    hands.answer(at(10, day=19))
    resumed = hands.clock()
    assert (resumed.state, resumed.due_at) == ("running", at(17, day=23))  # 15 h from Thursday 10:00
    assert marks(resumed) == [("running", "opened"), ("paused", "hold"), ("running", "answer")]


def test_waiting_for_our_own_supplier_does_not_pause(hands: Hands):
    due = hands.clock().due_at
    hands.hold(at(13), reason="supplier", supplier=hands.world.supplier)
    assert (hands.clock().state, hands.clock().due_at) == ("running", due)


def test_resolve_stops_everything_and_reopen_lets_the_gap_count_for_nobody(hands: Hands):
    hands.resolve(at(14))
    assert hands.clock("first_response").verdict == "met"
    stopped = hands.clock()
    assert (stopped.verdict, stopped.used_seconds, hands.fresh().due_at) == ("met", 2 * 3600, None)
    hands.reopen(at(9, day=19))
    again = hands.clock()
    assert (again.state, again.stopped_at, again.due_at) == ("running", None, at(15, day=23))
    kinds = [(one.kind, one.cause) for one in queries.stretches(again)]
    assert kinds == [("running", "opened"), ("paused", "resolved"), ("running", "reopened")]
    assert hands.clock("first_response").state == "stopped"


def test_a_higher_priority_keeps_what_was_used(hands: Hands):
    hands.prioritise(at(14), 1)  # 2 h of 16 used; 4 in all: 2 left
    moved = hands.clock()
    assert (moved.target_seconds, moved.used_seconds, moved.due_at) == (4 * 3600, 2 * 3600, at(16))
    assert marks(moved)[-1] == ("retargeted", "retargeted")
    assert moved.segments.all()[1].reason == "priority 3 → 1"


def test_where_nothing_is_left_due_is_the_moment_of_the_change(hands: Hands):
    hands.reply(at(12, 5))
    hands.prioritise(at(11, day=19), 1)  # 7 h used, 4 h allowed
    cut = hands.clock()
    assert (cut.due_at, cut.is_cut, cut.breached_at) == (at(11, day=19), True, None)
    assert cut.next_at == at(11, day=19)


def test_the_deadline_that_had_passed_stays_when_the_target_grows_tighter(hands: Hands):
    hands.prioritise(at(12), 1)
    hands.prioritise(at(10, day=19), 2)  # due since Wednesday 16:00; 8 h allow until Thursday 12:00
    late = hands.clock()
    assert late.breached_at == at(16)
    assert late.due_at == at(12, day=19)
    assert late.verdict == "breached"
    hands.resolve(at(11, day=19))
    assert hands.clock().verdict == "breached"


def test_stopping_after_the_deadline_is_a_breach_even_where_no_sweep_came_by(hands: Hands):
    hands.reply(at(16, 30))
    response = hands.clock("first_response")
    assert (response.breached_at, response.stopped_at, response.verdict) == (at(16), at(16, 30), "breached")
    entry = Entry.objects.get(name="sla.breached")
    assert (entry.at, entry.subject_label, entry.data["late_seconds"]) == (at(16), hands.ticket.number, 1800)
    assert entry.audience == "provider"


def test_stopping_at_the_very_deadline_is_in_time(hands: Hands):
    hands.reply(at(16))
    assert hands.clock("first_response").verdict == "met"


def test_cancel_ends_the_clocks_and_removes_no_breach(hands: Hands):
    hands.cancel(at(16, 30))
    response, resolution = hands.clock("first_response"), hands.clock()
    assert (response.state, response.verdict) == ("cancelled", "breached")
    assert (resolution.state, resolution.verdict) == ("cancelled", None)
    assert hands.fresh().due_at is None


def test_an_arranged_time_resumes_when_it_was_arranged_for(hands: Hands):
    hands.hold(at(13), reason="scheduled", until=at(10, day=19))
    tickets.wake(hands.ticket, by=hands.agent, at=at(11, day=19))
    woken = hands.clock()
    assert woken.used_at == at(10, day=19)
    assert marks(woken)[-1] == ("running", "until")


def test_a_change_that_moves_no_clock_writes_none(hands: Hands):
    tickets.change(hands.ticket, by=hands.agent, at=at(13), fields={"title": "VPN drops all day"})
    assert Segment.objects.filter(kind="retargeted").count() == 0


def test_imported_history_starts_no_clock(world, levels):
    ticket = report(world.acme)
    ticket.origin = Origin.IMPORT
    before = Timer.objects.count()
    subscribers.opened(events.Opened(subject=ticket, by=world.actor(world.agent), at=NOON, channel="portal"))
    assert Timer.objects.count() == before


def test_imported_work_that_goes_on_here_is_clocked_from_now(world):
    ticket = report(world.acme)  # nothing was agreed yet
    make_levels(world)
    hands = Hands(world, ticket)
    slas.start_clocks(ticket, by=hands.agent, at=at(15))
    slas.start_clocks(ticket, by=hands.agent, at=at(16))
    assert hands.clock().started_at == at(15)
    assert marks(hands.clock()) == [("running", "live")]


def test_the_best_effort_matches_where_nothing_is_agreed(world, levels):
    timer = Hands(world, report(world.beta)).clock()
    assert timer.agreement == levels.best_effort
    assert timer.choice["is_default"] is True


def test_without_any_agreement_there_is_no_clock(world):
    ticket = report(world.acme)
    assert Timer.objects.filter(ticket=ticket).count() == 0
    assert ticket.due_at is None


def test_to_open_with_clocks_costs_a_fixed_number_of_statements(world, levels):
    report(world.acme)
    with CaptureQueriesContext(connection) as seen:
        report(world.acme)
    own = [one["sql"] for one in seen.captured_queries if "slas_" in one["sql"] or "calendars_" in one["sql"]]
    assert len(own) == 5, own  # targets, business hours, steps; timers and segments are one INSERT each


def test_to_resolve_costs_six_statements_of_the_clocks(hands):
    with CaptureQueriesContext(connection) as seen:
        hands.resolve(at(14))
    own = [one["sql"] for one in seen.captured_queries if "slas_" in one["sql"] or "calendars_" in one["sql"]]
    assert len(own) == 6, own  # when it closes itself: two; timers, business hours; one UPDATE, one INSERT


def test_a_merged_clock_counts_from_the_earlier_receipt_and_the_duplicates_ends_without_a_verdict(hands):
    before = hands.clock()
    merged = hands.absorb(at(13), at(10))
    after = hands.clock()
    assert (after.started_at, after.due_at) == (at(10), before.due_at - dt.timedelta(hours=2))
    assert {one.state for one in queries.timers_of(merged)} == {"cancelled"}
    assert hands.fresh().due_at <= after.due_at


def test_a_breach_of_the_duplicate_stays_when_it_is_merged(hands):
    merged = hands.absorb(at(16), at(9))  # four hours to answer
    first = next(one for one in queries.timers_of(merged) if one.metric == "first_response")
    assert (first.state, first.verdict, first.breached_at) == ("cancelled", "breached", at(13))


def test_a_merge_that_leaves_no_time_is_due_at_the_merge(hands):
    hands.absorb(at(16, day=19), at(9, day=10))
    clock = hands.clock()
    assert (clock.due_at, clock.is_cut) == (at(16, day=19), True)


def test_after_unmerging_both_are_due_when_they_would_have_been(hands):
    before = hands.clock()
    duplicate = report(hands.world.acme, at=at(10))
    own = next(one for one in queries.timers_of(duplicate) if one.metric == "resolution")
    tickets.merge(duplicate, by=hands.agent, at=at(13), into=hands.ticket)
    tickets.unmerge(duplicate, by=hands.agent, at=at(15))
    after = hands.clock()
    back = next(one for one in queries.timers_of(duplicate) if one.metric == "resolution")
    assert (after.due_at, after.started_at) == (before.due_at, before.started_at)
    assert (back.due_at, back.state) == (own.due_at, "running")
    assert hands.fresh().due_at is not None
