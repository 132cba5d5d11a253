"""An agreement as a document: drafted, offered, approved by both sides, in force on its days, ended (8.3.3)."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts.models import Membership, Team
from approvals.models import Approval
from cmdb.models import Subscription
from core import errors
from customers.models import Organization
from journal.models import Entry
from slas import actions, agreeing, documents, force
from slas.agreements_api import visible_agreements
from slas.choices import AgreementKind, Phase
from slas.drafts import AgreementDraft, LimitDraft, TargetDraft
from slas.models import Agreement, AgreementVersion
from slas.sweep import sweep
from tests import agreed
from tests.places import NOON, SYSTEM, report
from tests.slas.conftest import HOUR, Hands, at, everywhere_at

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 18)


def silver(world, levels, **more) -> Agreement:
    """A draft about one service of Acme, complete."""
    draft = AgreementDraft(
        customer=world.acme.customer, name="Silver", calendar=levels.london, services=[world.acme.service],
        targets=[TargetDraft(metric="resolution", seconds=6 * HOUR)], limits=[LimitDraft(most=20)],
        exceptions="Announced maintenance", requirements=[agreed.need(world.acme.customer)],
    )  # fmt: skip
    return actions.create_agreement(
        AgreementDraft(**{**vars(draft), **more}), by=SYSTEM, at=NOON, reason="Asked for"
    )


def phases(agreement) -> list[tuple[int, str]]:
    return [(one.number, documents.phase(one, TODAY)) for one in documents.versions_of(agreement)]


def test_a_draft_holds_for_nobody_and_an_offer_neither(world, levels):
    row = silver(world, levels)
    assert phases(row) == [(1, Phase.DRAFT)]
    assert Hands(world, report(world.acme)).clock().agreement == levels.gold
    agreeing.offer(row, by=SYSTEM, at=NOON)
    assert phases(row) == [(1, Phase.OFFERED)]
    assert Hands(world, report(world.acme)).clock().agreement == levels.gold


def test_both_sides_approve_each_for_itself_and_then_it_holds(world, levels):
    row = silver(world, levels)
    agreeing.offer(row, by=SYSTEM, at=NOON)
    manager, admin = world.actor(world.acme.manager), world.actor(world.administrator)
    for by, side in (
        (manager, "provider"),
        (admin, "customer"),
        (world.actor(world.acme.requester), "customer"),
    ):
        with pytest.raises(errors.Forbidden):
            agreeing.decide(row, side=side, by=by, at=NOON, is_approved=True)
    assert Approval.objects.filter(subject_id=row.pk, decided_at=None).count() == 2
    agreeing.decide(row, side="provider", by=admin, at=NOON, is_approved=True)
    assert phases(row) == [(1, Phase.OFFERED)]
    agreeing.decide(row, side="customer", by=manager, at=NOON, is_approved=True, comment="Good")
    assert phases(row) == [(1, Phase.ACTIVE)]
    assert Hands(world, report(world.acme)).clock().agreement == row
    names = Entry.objects.filter(subject_label="Silver").order_by("id").values_list("name", flat=True)
    assert list(names) == [
        "agreement.created", "agreement.offered", "agreement.approved", "agreement.approved", "agreement.agreed",
    ]  # fmt: skip


def test_who_declines_says_why_and_the_offer_is_over(world, levels):
    row = silver(world, levels)
    agreeing.offer(row, by=SYSTEM, at=NOON)
    manager = world.actor(world.acme.manager)
    with pytest.raises(errors.Invalid) as refused:
        agreeing.decide(row, side="customer", by=manager, at=NOON, is_approved=False)
    assert list(refused.value.errors) == ["comment"]
    agreeing.decide(row, side="customer", by=manager, at=NOON, is_approved=False, comment="Too slow")
    assert phases(row) == [(1, Phase.DECLINED)]
    with pytest.raises(errors.Conflict):
        agreeing.decide(row, side="provider", by=SYSTEM, at=NOON, is_approved=True)
    assert sorted(Approval.objects.filter(subject_id=row.pk).values_list("verdict", flat=True)) == [
        "declined",
        "void",
    ]


def test_a_signature_on_paper_says_by_whom_and_where_it_is(world, levels):
    row = silver(world, levels)
    agreeing.offer(row, by=SYSTEM, at=NOON)
    with pytest.raises(errors.Invalid) as refused:
        agreeing.decide(row, side="customer", by=SYSTEM, at=NOON, is_approved=True, signed_by="Mara Voss")
    assert list(refused.value.errors) == ["evidence"]
    agreeing.decide(row, side="customer", by=SYSTEM, at=NOON, is_approved=True, **agreed.SIGNED)
    asked = {one.side: one for one in agreeing.approvals_of(row, 1)}
    assert (asked["customer"].decided_label, asked["customer"].evidence) == (
        "Mara Voss",
        "Minutes of 2 November",
    )


@pytest.mark.parametrize(
    ("missing", "field"),
    [({"limits": ()}, "limits"), ({"exceptions": ""}, "exceptions"), ({"requirements": ()}, "requirements")],
)
def test_an_agreement_that_lacks_what_the_standard_wants_is_not_offered(world, levels, missing, field):
    row = silver(world, levels, **missing)
    with pytest.raises(errors.Invalid) as refused:
        agreeing.offer(row, by=SYSTEM, at=NOON)
    assert list(refused.value.errors) == [field]
    assert (phases(row), Approval.objects.filter(subject_id=row.pk).count()) == ([(1, Phase.DRAFT)], 0)


def test_an_operational_agreement_is_approved_by_the_lead_of_the_team(world, levels):
    network = accounts.create_team(Team(slug="network", name="Network"), by=SYSTEM, at=NOON)
    draft = AgreementDraft(
        customer=None, kind=AgreementKind.OLA, name="OLA Network", team=network, calendar=levels.london,
        targets=[TargetDraft(metric="resolution", seconds=2 * HOUR)],
    )  # fmt: skip
    row = actions.create_agreement(draft, by=SYSTEM, at=NOON)
    agreeing.offer(row, by=SYSTEM, at=NOON)
    lead = world.actor(world.agent)
    with pytest.raises(errors.Forbidden):
        agreeing.decide(row, side="team", by=lead, at=NOON, is_approved=True)
    Membership.objects.create(user=world.agent, team=network, is_lead=True)
    agreeing.decide(row, side="team", by=lead, at=NOON, is_approved=True)
    agreeing.decide(row, side="provider", by=SYSTEM, at=NOON, is_approved=True)
    assert phases(row) == [(1, Phase.ACTIVE)]
    assert Hands(world, report(world.acme)).clock().agreement == levels.gold


def test_a_contract_says_what_is_supplied_and_who_is_responsible(world, levels):
    supplier = Organization.objects.filter(is_supplier=True).first()
    draft = AgreementDraft(
        customer=None, kind=AgreementKind.UC, name="Contract", supplier=supplier, calendar=levels.london,
        targets=[TargetDraft(metric="resolution", seconds=8 * HOUR)],
    )  # fmt: skip
    row = actions.create_agreement(draft, by=SYSTEM, at=NOON)
    with pytest.raises(errors.Invalid) as refused:
        agreeing.offer(row, by=SYSTEM, at=NOON)
    assert sorted(refused.value.errors) == ["responsibilities", "scope"]


def test_a_new_version_ends_the_old_one_the_day_before(world, levels):
    agreed.agree_anew(levels.gold, valid_from=dt.date(2026, 12, 1))
    assert phases(levels.gold) == [(2, Phase.APPROVED), (1, Phase.ACTIVE)]
    assert [one.valid_to for one in documents.versions_of(levels.gold)] == [None, dt.date(2026, 11, 30)]
    agreed.agree_anew(levels.gold, valid_from=None)
    assert phases(levels.gold) == [(3, Phase.ACTIVE), (2, Phase.SUPERSEDED), (1, Phase.ENDED)]


def test_a_ticket_is_judged_by_the_version_its_clock_began_with(world, levels):
    hands = Hands(world, report(world.acme))
    shorter = [
        TargetDraft(metric="resolution", seconds=HOUR),
        TargetDraft(metric="first_response", seconds=HOUR),
    ]
    agreed.agree_anew(levels.gold, targets=shorter, at=at(12, 10))
    hands.prioritise(at(12, 20), 1)
    assert (hands.clock().agreement_version, hands.clock().target_seconds) == (1, 4 * HOUR)
    assert Hands(world, report(world.acme, at=at(12, 30))).clock().agreement_version == 2


def test_a_version_that_was_replaced_on_its_first_day_still_judges_the_tickets_it_began(world, levels):
    two, three = ([TargetDraft(metric="resolution", seconds=hours * HOUR)] for hours in (2, 3))
    agreed.agree_anew(levels.gold, targets=two, at=at(12, 10))
    hands = Hands(world, report(world.acme, at=at(12, 20)))
    agreed.agree_anew(levels.gold, targets=three, at=at(12, 30))
    hands.prioritise(at(12, 40), 1)
    assert (hands.clock().agreement_version, hands.clock().target_seconds) == (2, 2 * HOUR)
    assert phases(levels.gold) == [(3, Phase.ACTIVE), (2, Phase.SUPERSEDED), (1, Phase.ENDED)]


def test_a_version_that_says_so_moves_the_clocks_that_run(world, levels):
    hands = Hands(world, report(world.acme))
    shorter = [
        TargetDraft(metric="resolution", seconds=2 * HOUR),
        TargetDraft(metric="first_response", seconds=HOUR),
    ]
    agreed.agree_anew(levels.gold, targets=shorter, moves_running=True, at=at(12, 10))
    with everywhere_at(at(13)):
        assert sweep(SYSTEM).moved == 2
        assert sweep(SYSTEM).moved == 0
    clock = hands.clock()
    assert (clock.agreement_version, clock.due_at, clock.segments.last().cause) == (2, at(14), "agreement")
    hands.prioritise(at(13, 10), 1)
    assert hands.clock().agreement_version == 2


def test_an_end_is_today_or_later_and_says_why(world, levels):
    for given, field in (
        ({"last": dt.date(2026, 11, 17), "reason": "Over"}, "last"),
        ({"last": TODAY, "reason": " "}, "reason"),
    ):
        with pytest.raises(errors.Invalid) as refused:
            agreeing.end(levels.gold, by=SYSTEM, at=NOON, **given)
        assert list(refused.value.errors) == [field]
    with pytest.raises(errors.Conflict):
        agreeing.end(levels.best_effort, by=SYSTEM, at=NOON, last=TODAY, reason="Over")
    agreeing.end(levels.gold, by=SYSTEM, at=NOON, last=TODAY, reason="Cancelled by both")
    assert Hands(world, report(world.acme)).clock().agreement == levels.gold
    assert Hands(world, report(world.acme, at=at(10, day=19))).clock().agreement == levels.best_effort


def test_a_target_for_a_type_of_item_is_the_more_specific(world, levels):
    item = world.acme.service
    targets = [TargetDraft(metric="resolution", seconds=6 * HOUR),
               TargetDraft(metric="resolution", seconds=3 * HOUR, item_type=item.type)]  # fmt: skip
    row = silver(world, levels, targets=targets)
    agreeing.settle(row, by=SYSTEM, at=NOON, **agreed.SIGNED)
    clock = Hands(world, report(world.acme, configuration_items=[item])).clock()
    assert (clock.target_seconds, clock.choice["matched"]["item_type"]) == (3 * HOUR, item.type.name)
    assert Hands(world, report(world.acme)).clock().target_seconds == 6 * HOUR


def test_an_agreement_about_a_service_that_ends_has_to_end_too(world, levels):
    Subscription.objects.filter(customer=world.acme.customer, service=world.acme.service).update(
        valid_to=dt.date(2027, 3, 31)
    )
    with pytest.raises(errors.Invalid) as refused:
        silver(world, levels)
    assert list(refused.value.errors) == ["valid_to"]
    assert silver(world, levels, valid_to=dt.date(2027, 3, 31)).latest.valid_to == dt.date(2027, 3, 31)


def test_the_database_holds_one_version_at_a_time(world, levels):
    rows = AgreementVersion.objects.filter(agreement=levels.gold, state="agreed")
    assert rows.count() == 1
    copy = rows.get()
    copy.pk, copy.number = None, 9
    with pytest.raises(errors.Conflict):
        force.settings.save(copy)
    assert rows.count() == 1


def test_another_customers_manager_sees_and_approves_nothing(world, levels):
    row = silver(world, levels)
    agreeing.offer(row, by=SYSTEM, at=NOON)
    other = world.actor(world.beta.manager)
    assert list(visible_agreements(other)) == []
    with pytest.raises(errors.Forbidden):
        agreeing.decide(row, side="customer", by=other, at=NOON, is_approved=True)
    mine = world.actor(world.acme.manager)
    assert set(visible_agreements(mine)) == {row, levels.gold}
