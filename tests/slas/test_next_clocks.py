"""The clocks that start again: an answer to each question, and the next news of a major incident."""

import pytest

from core.actor import Actor, ActorKind, Side
from journal import recording
from journal.models import Entry
from slas import panels, queries
from slas.drafts import AgreementDraft, TargetDraft
from slas.sweep import sweep
from tests import agreed
from tests.places import SYSTEM, World, report
from tests.slas.conftest import HOUR, Hands, at, everywhere_at, gold_targets, make_levels
from tickets import actions as tickets
from tickets import events

pytestmark = pytest.mark.django_db


@pytest.fixture
def hands(world: World) -> Hands:
    """Gold with two hours to every further answer (waiting for a supplier pauses them), and one to news."""
    levels = make_levels(world)
    further = [
        TargetDraft(metric="next_response", seconds=2 * HOUR, pauses_on=("supplier",)),
        TargetDraft(metric="next_update", seconds=HOUR),
    ]
    agreed.agree_anew(levels.gold, targets=[*gold_targets(), *further])
    return Hands(world, report(world.acme))


def cycles(hands: Hands, metric: str = "next_response") -> list:
    found = [one for one in queries.timers_of(hands.ticket) if one.metric == metric]
    assert list(queries.differing(found)) == []
    return found


def test_until_the_first_response_is_given_no_further_one_is_owed(hands: Hands):
    hands.answer(at(12, 10))
    assert cycles(hands) == []
    hands.reply(at(12, 20))
    assert cycles(hands) == []


def test_it_runs_from_the_oldest_message_without_an_answer_and_more_messages_do_not_move_it(hands: Hands):
    hands.reply(at(12, 20))
    hands.answer(at(13))
    hands.answer(at(14))
    (clock,) = cycles(hands)
    assert (clock.cycle, clock.started_at, clock.due_at, clock.state) == (1, at(13), at(15), "running")
    assert (hands.fresh().due_at, hands.fresh().due_metric) == (at(15), "next_response")


def test_a_public_reply_stops_it_and_the_next_message_starts_the_next_cycle(hands: Hands):
    hands.reply(at(12, 20))
    hands.answer(at(13))
    hands.reply(at(13, 30))
    hands.answer(at(14))
    first, second = cycles(hands)
    assert (first.state, first.stopped_at, first.verdict) == ("stopped", at(13, 30), "met")
    assert (second.cycle, second.started_at, second.state) == (2, at(14), "running")


def test_what_is_no_answer_of_a_person_does_not_stop_it(hands: Hands):
    hands.reply(at(12, 20))
    hands.answer(at(13))
    program = Actor(
        kind=ActorKind.SERVICE_ACCOUNT, id=7, label="Bot", side=Side.DESK,
        customers=frozenset({hands.ticket.customer_id}), grants={None: frozenset({"ticket.work"})},
    )  # fmt: skip
    tickets.reply(hands.ticket, by=program, at=at(13, 5), body="Received.")
    tickets.note(hands.ticket, by=hands.agent, at=at(13, 6), body="The gateway again.")
    tickets.assign(hands.ticket, by=hands.agent, at=at(13, 7), assignee=hands.world.agent)
    assert [one.state for one in cycles(hands)] == ["running"]


def test_it_pauses_where_its_target_says_so_even_if_the_question_comes_while_it_waits(hands: Hands):
    hands.reply(at(12, 20))
    hands.hold(at(12, 30), reason="supplier", supplier=hands.world.supplier)
    hands.answer(at(13))
    (clock,) = cycles(hands)
    assert (clock.state, clock.due_at) == ("paused", None)
    hands.resume(at(14))
    (clock,) = cycles(hands)
    assert (clock.state, clock.due_at) == ("running", at(16))


def test_resolving_answers_and_words_that_come_with_a_reopening_start_a_new_cycle(hands: Hands):
    hands.reply(at(12, 20))
    hands.answer(at(13))
    hands.resolve(at(13, 30))
    tickets.reply(hands.ticket, by=hands.requester, at=at(14), body="It still drops.")
    first, second = cycles(hands)
    assert (first.state, first.verdict) == ("stopped", "met")
    assert (second.started_at, second.state) == (at(14), "running")
    assert hands.fresh().state == "in_progress"


def test_a_merge_leaves_the_time_of_a_later_message_as_it_is(hands: Hands):
    hands.reply(at(12, 30))
    hands.answer(at(13))
    before = hands.clock("next_response").due_at
    hands.absorb(at(13, 30), at(10))
    assert (hands.clock("next_response").due_at, hands.clock("next_response").started_at) == (before, at(13))


def test_a_missed_one_is_said_once_and_the_card_shows_it_beside_the_newest(hands: Hands):
    hands.reply(at(12, 20))
    hands.answer(at(13))
    with everywhere_at(at(15, 30)):
        sweep(SYSTEM)
        sweep(SYSTEM)
    assert Entry.objects.filter(name="sla.breached", data__metric="next_response").count() == 1
    hands.reply(at(15, 40))
    hands.answer(at(15, 50))
    hands.reply(at(15, 55))
    hands.answer(at(16))
    assert [one.verdict for one in cycles(hands)] == ["breached", "met", None]
    shown = [
        one.verdict for one in panels.clock_card(hands.fresh(), hands.agent) if one.metric == "next_response"
    ]
    assert sorted(shown, key=str) == [None, "breached"]


def test_a_lower_target_moves_the_cycle_that_runs(hands: Hands):
    hands.reply(at(12, 20))
    hands.answer(at(13))
    draft = AgreementDraft(
        customer=hands.world.acme.customer, name="Urgent", calendar=cycles(hands)[0].calendar,
        services=[hands.world.acme.service],
        targets=[TargetDraft(metric="next_response", priority=1, seconds=HOUR)],
    )  # fmt: skip
    agreed.agree(draft)
    hands.prioritise(at(13, 30), 1)
    assert cycles(hands)[0].due_at == at(14)


def promise(hands: Hands, moment, until) -> None:
    row = hands.fresh()
    recording.record(events.UpdatePromised(subject=row, by=hands.agent, at=moment, next_update_at=until))


def test_each_news_starts_the_next_cycle_and_the_last_one_none(hands: Hands):
    promise(hands, at(12, 10), at(13))
    promise(hands, at(13), at(14))
    first, second = cycles(hands, "next_update")
    assert (first.verdict, second.due_at) == ("met", at(14))
    promise(hands, at(13, 30), None)
    assert [one.state for one in cycles(hands, "next_update")] == ["stopped", "stopped"]


def test_news_stops_with_the_solution_and_goes_on_when_it_did_not_hold(hands: Hands):
    promise(hands, at(12), at(13))
    promise(hands, at(12, 30), at(13, 30))
    hands.resolve(at(13))
    hands.reopen(at(14))
    assert [(one.state, one.due_at) for one in cycles(hands, "next_update")] == [
        ("stopped", at(13)),
        ("running", at(14, 30)),
    ]


def test_where_no_more_news_is_owed_its_clock_ends_without_a_verdict(hands: Hands):
    promise(hands, at(12), at(13))
    recording.record(
        events.PromiseEnded(subject=hands.fresh(), by=hands.agent, at=at(12, 5), reason="Not major")
    )
    (clock,) = cycles(hands, "next_update")
    assert (clock.state, clock.verdict) == ("cancelled", None)
