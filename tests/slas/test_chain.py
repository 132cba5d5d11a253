"""Chains: beside the customer's clocks one for each team that has the ticket, one for each supplier."""

import dataclasses

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions as accounts
from accounts.models import Team
from journal.models import Entry
from slas import panels, queries, sweep
from slas.drafts import AgreementDraft, TargetDraft
from slas.models import Timer
from tests import agreed
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import HOUR, Hands, Levels, at, everywhere_at
from tickets import actions as tickets
from tickets import queries as ticket_queries

pytestmark = pytest.mark.django_db
SAID = {"scope": "Second line and its reach", "responsibilities": "They work, we tell the customer."}


@dataclasses.dataclass
class Chain:
    """The desk has two hours and its own half hour to take in hand, the network three; Lakeside four."""

    desk: Team
    network: Team


@pytest.fixture
def chain(world: World, levels: Levels) -> Chain:
    network = Team(slug="network", name="Network")
    network = accounts.create_team(network, by=SYSTEM, at=NOON, members=[world.agent])
    for team, hours in ((world.desk, 2), (network, 3)):
        agreed.agree(
            AgreementDraft(
                customer=None, kind="ola", team=team, name=f"OLA {team.name}", calendar=levels.london,
                targets=[
                    TargetDraft(metric="first_response", seconds=HOUR // 2),
                    TargetDraft(metric="resolution", seconds=hours * HOUR, pauses_on=("customer",)),
                ],
                **SAID,
            )
        )  # fmt: skip
    agreed.agree(
        AgreementDraft(
            customer=None, kind="uc", supplier=world.supplier, name="Lakeside lines", calendar=levels.london,
            targets=[
                TargetDraft(metric="first_response", seconds=HOUR),
                TargetDraft(metric="resolution", seconds=4 * HOUR),
            ],
            **SAID,
        )
    )  # fmt: skip
    return Chain(world.desk, network)


def inner(ticket) -> list[tuple]:
    """(whose, metric, cycle, state, used hours) of each inner clock, as stored, which is what its segments give."""
    timers = queries.timers_of(ticket)
    assert list(queries.differing(timers)) == []
    return [
        (str(one.team or one.supplier), one.metric, one.cycle, one.state, float(one.used_seconds) / HOUR)
        for one in sorted(timers, key=lambda one: one.pk)
        if one.kind != "sla"
    ]


def test_each_team_has_a_clock_while_it_has_the_ticket(chain: Chain, world: World):
    hands = Hands(world, report(world.acme))
    assert hands.ticket.due_at == at(16)  # the customer's: no inner clock moves it
    tickets.assign(hands.ticket, by=hands.agent, at=at(12, 30), assignee=world.agent)
    tickets.assign(hands.fresh(), by=hands.agent, at=at(13), team=chain.network)
    tickets.assign(hands.fresh(), by=hands.agent, at=at(14), team=chain.desk)
    hands.resolve(at(15))
    assert inner(hands.ticket) == [
        ("Service desk", "first_response", 1, "stopped", 0.5),
        ("Service desk", "resolution", 1, "stopped", 1.0),
        ("Network", "first_response", 2, "stopped", 0.0),
        ("Network", "resolution", 2, "stopped", 1.0),
        ("Service desk", "first_response", 3, "stopped", 0.0),
        ("Service desk", "resolution", 3, "stopped", 1.0),
    ]
    hands.reopen(at(16))
    assert [one[2:4] for one in inner(hands.ticket) if one[3] == "running"] == [(3, "running")]


def test_a_supplier_has_a_clock_from_handover_to_return_and_answers_by_accepting(chain: Chain, world: World):
    hands = Hands(world, report(world.acme))
    given = {"by": hands.agent, "supplier": world.supplier, "message": "The line is dead."}
    tickets.hand_over(hands.ticket, at=at(12, 30), **given)
    supplier = dataclasses.replace(SYSTEM, parties=frozenset({world.supplier.pk}))
    tickets.accept_handover(hands.fresh(), by=supplier, at=at(13))
    tickets.take_back(hands.fresh(), by=hands.agent, at=at(15, 30), reason="We know it now")
    tickets.hand_over(hands.fresh(), at=at(16), **given)
    lakeside = [one for one in inner(hands.ticket) if one[0] == "Lakeside Telecom"]
    assert lakeside == [
        ("Lakeside Telecom", "first_response", 1, "stopped", 0.5),
        ("Lakeside Telecom", "resolution", 1, "stopped", 3.0),
        ("Lakeside Telecom", "first_response", 2, "running", 0.0),
        ("Lakeside Telecom", "resolution", 2, "running", 0.0),
    ]


def test_inner_clocks_pause_move_and_end_with_the_ticket(chain: Chain, world: World):
    hands = Hands(world, report(world.acme))
    hands.hold(at(13))
    tickets.assign(hands.fresh(), by=hands.agent, at=at(14), team=chain.network)
    hands.answer(at(15))
    hands.prioritise(at(15, 30), 1)
    network = [one for one in inner(hands.ticket) if one[0] == "Network" and one[1] == "resolution"]
    assert network == [
        ("Network", "resolution", 2, "running", 0.0)
    ]  # it came while we waited for the customer
    hands.cancel(at(16))
    assert {one[3] for one in inner(hands.ticket)} == {"stopped", "cancelled"}


def test_a_merge_credits_no_inner_clock(chain: Chain, world: World):
    hands = Hands(world, report(world.acme))
    hands.absorb(at(12, 20), at(9))
    assert ("Service desk", "first_response", 1, "running", 0.0) in inner(hands.ticket)
    started = Timer.objects.filter(ticket=hands.ticket, kind="ola").values_list("started_at", flat=True)
    assert set(started) == {NOON}


def test_an_inner_breach_is_stamped_said_inside_and_unknown_outside(chain: Chain, world: World):
    hands = Hands(world, report(world.acme))
    with everywhere_at(at(14, 30)):
        sweep.sweep(SYSTEM)
        assert hands.fresh().due_at == at(16)
        desk = panels.clock_card(hands.fresh(), hands.agent)
        customer = panels.clock_card(hands.fresh(), hands.requester)
        read = ticket_queries.entries(hands.fresh(), hands.requester)
        assert [one.name for one in read if one.name.startswith("sla.")] == []
    assert [one.label for one in desk if one.party] == ["Service desk: Taken in hand", "Service desk: Fix"]
    assert [one.party for one in customer] == ["", ""]
    said = Entry.objects.filter(name="sla.breached", data__agreement="OLA Service desk")
    assert sorted(said.values_list("data__metric", flat=True)) == ["first_response", "resolution"]


def test_without_inner_agreements_to_assign_asks_one_thing_more(world: World, levels: Levels):
    hands = Hands(world, report(world.acme))
    with CaptureQueriesContext(connection) as seen:
        tickets.assign(hands.ticket, by=hands.agent, at=at(13), assignee=world.agent)
    own = [one["sql"] for one in seen.captured_queries if "slas_" in one["sql"]]
    assert len(own) == 1, own


def test_it_begins_with_one_candidate_query_for_customer_and_team(chain: Chain, world: World):
    report(world.acme)
    with CaptureQueriesContext(connection) as seen:
        report(world.acme)
    asked = [one["sql"] for one in seen.captured_queries if 'FROM "slas_target"' in one["sql"]]
    assert len(asked) == 1, asked
