"""Which agreement and target apply, and what an agreement may not say."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts.models import Person, Site
from calendars import actions as calendars
from calendars.models import Calendar
from cmdb import actions as cmdb
from core import errors
from core.actor import Actor, ActorKind, Side
from journal.models import Entry
from slas import actions, documents, standards
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement, Target, Timer
from tests import agreed
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import HOUR, Hands, Levels, at

pytestmark = pytest.mark.django_db


def agree(world: World, levels: Levels, name: str, *targets: TargetDraft, **more) -> Agreement:
    draft = AgreementDraft(
        **{
            "customer": world.acme.customer,
            "name": name,
            "calendar": levels.london,
            "targets": targets,
            **more,
        }
    )
    return agreed.agree(draft, reason="As negotiated")


def fix_within(hours: int, **more) -> TargetDraft:
    return TargetDraft(metric="resolution", seconds=hours * HOUR, **more)


def resolution(world: World, **given) -> Timer:
    return Hands(world, report(world.acme, **given)).clock()


def test_a_listed_service_beats_all_services_of_the_customer(world, levels):
    listed = agree(world, levels, "VPN", fix_within(6), services=[world.acme.service])
    timer = resolution(world)
    assert (timer.agreement, timer.target_seconds) == (listed, 6 * HOUR)
    assert timer.choice["matched"] == {"customer": "Acme canary-acme", "service": world.acme.service.name}
    assert resolution(world, service=None).agreement == levels.gold


def test_category_type_and_priority_make_a_target_more_specific(world, levels):
    draft = (
        fix_within(30),
        fix_within(20, category=world.category),
        fix_within(10, priority=3),
        fix_within(5, ticket_kind="incident"),
    )
    agree(world, levels, "VPN", *draft, services=[world.acme.service])
    assert resolution(world).target_seconds == 5 * HOUR  # the type weighs more than the priority
    assert resolution(world).choice["matched"]["ticket_kind"] == "incident"


def test_an_agreement_counts_in_its_period_only(world, levels):
    agree(world, levels, "Then", fix_within(6), services=[world.acme.service], valid_to=dt.date(2026, 11, 17))
    agree(
        world, levels, "Later", fix_within(7), services=[world.acme.service], valid_from=dt.date(2026, 11, 19)
    )
    assert resolution(world).agreement == levels.gold
    ticket = report(world.acme, at=at(10, day=19))
    assert Hands(world, ticket).clock().agreement.name == "Later"


def test_two_targets_as_specific_for_the_same_tickets_are_refused(world, levels):
    before = Agreement.objects.count(), Target.objects.count()
    sentence = "Target 1 is for the same tickets as one of “Gold”, and no more specific"
    with pytest.raises(errors.Invalid, match=sentence) as refused:
        agree(world, levels, "Silver", fix_within(9, priority=3))
    assert list(refused.value.errors) == ["targets"]
    assert Entry.objects.filter(name="agreement.created", subject_label="Silver").count() == 0
    assert before[0] >= 2


def test_they_may_stand_side_by_side_in_different_periods(world, levels):
    agreed.agree_anew(levels.gold, valid_to=dt.date(2026, 12, 31))
    agree(world, levels, "Silver", fix_within(9, priority=3), valid_from=dt.date(2027, 1, 1))
    with pytest.raises(errors.Invalid, match="Silver"):
        agreed.agree_anew(levels.gold, valid_to=None)


def test_the_target_brings_the_calendar_then_the_site_then_the_agreement(world, levels):
    always = calendars.create_calendar(
        Calendar(name="Always", time_zone="UTC"), by=SYSTEM, at=NOON, week=standards.AROUND_THE_CLOCK
    )
    nights = calendars.create_calendar(
        Calendar(name="Nights", time_zone="UTC"), by=SYSTEM, at=NOON, week={"wed": [["20:00", "23:00"]]}
    )
    site = accounts.create_site(
        Site(customer=world.acme.customer, name="Dock 4", calendar=nights), by=SYSTEM, at=NOON
    )
    Person.objects.filter(pk=world.acme.requester.pk).update(site=site)
    world.acme.requester.refresh_from_db()
    timer = resolution(world)
    assert (timer.calendar, timer.choice["calendar_source"]) == (nights, "site")
    agree(world, levels, "VPN", fix_within(6, calendar=always), services=[world.acme.service])
    timer = resolution(world)
    assert (timer.calendar, timer.choice["calendar_source"], timer.due_at) == (always, "target", at(18))


def test_a_new_version_counts_for_new_tickets_and_leaves_running_clocks(world, levels):
    old = Hands(world, report(world.acme))
    due = old.clock().due_at
    changed = agreed.agree_anew(levels.gold, targets=(fix_within(2),), reason="Renegotiated")
    assert changed.version == 2
    assert (old.clock().due_at, old.clock().agreement_version) == (due, 1)
    assert resolution(world).target_seconds == 2 * HOUR
    entry = Entry.objects.get(name="agreement.changed")
    assert entry.data["reason"] == "Renegotiated"
    assert [one["seconds"] for one in entry.data["changes"]["targets"][1]] == [2 * HOUR]


def test_a_change_that_changes_nothing_is_no_version(world, levels):
    same = documents.draft_of(levels.gold)
    actions.change_agreement(
        levels.gold, by=SYSTEM, at=NOON, fields={"targets": same.targets, "name": "Gold"}
    )
    assert Agreement.objects.get(pk=levels.gold.pk).version == 1
    assert Entry.objects.filter(name="agreement.changed").count() == 0


def test_a_stale_edit_is_refused(world, levels):
    actions.change_agreement(levels.gold, by=SYSTEM, at=NOON, fields={"name": "Golden"}, version=1)
    with pytest.raises(errors.Stale):
        actions.change_agreement(levels.gold, by=SYSTEM, at=NOON, fields={"name": "Gilded"}, version=1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (
            {"targets": (TargetDraft(metric="first_response", seconds=60, pauses_on=("customer",)),)},
            "targets",
        ),
        ({"targets": (TargetDraft(metric="resolution", seconds=0),)}, "targets"),
        ({"targets": (TargetDraft(metric="resolution", seconds=60, pauses_on=("lunch",)),)}, "targets"),
        (
            {"targets": (TargetDraft(metric="resolution", seconds=60, steps=(StepDraft(percent=10),)),)},
            "targets",
        ),
        (
            {
                "targets": (
                    TargetDraft(metric="resolution", seconds=60, steps=(StepDraft(notify=("team",)),)),
                )
            },
            "targets",
        ),
        ({"targets": (fix_within(1), fix_within(2))}, "targets"),
        ({"targets": ()}, "targets"),
        ({"name": " "}, "name"),
        ({"services": []}, "services"),
        ({"valid_from": dt.date(2027, 1, 2), "valid_to": dt.date(2027, 1, 1)}, "valid_to"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(world, levels, wrong, field):
    before = Agreement.objects.count(), Entry.objects.count()
    values = {"targets": (fix_within(1, priority=4, category=world.category),), **wrong}
    with pytest.raises(errors.Invalid) as refused:
        agree(world, levels, values.pop("name", "Silver"), *values.pop("targets"), **values)
    assert list(refused.value.errors) == [field]
    assert (Agreement.objects.count(), Entry.objects.count()) == before


def test_a_service_that_the_customer_does_not_take_is_refused(world, levels):
    with pytest.raises(errors.Conflict):
        agree(world, levels, "VPN", fix_within(6), services=[world.beta.service])


def test_who_may_not_write_agreements_writes_none(world, levels):
    before = Agreement.objects.count(), Entry.objects.count()
    draft = AgreementDraft(
        customer=world.acme.customer,
        name="Mine",
        calendar=levels.london,
        targets=(fix_within(1, category=world.category),),
    )
    for who in (world.agent, world.auditor, world.acme.agent, world.acme.manager):
        with pytest.raises(errors.Forbidden):
            actions.create_agreement(draft, by=world.actor(who), at=NOON)
    assert (Agreement.objects.count(), Entry.objects.count()) == before


def test_who_writes_for_one_customer_does_not_write_the_best_effort_of_all(world, levels):
    narrow = Actor(
        kind=ActorKind.USER, id=1, label="Narrow", side=Side.DESK, customers=frozenset({world.acme.customer.pk}),
        grants={world.acme.customer.pk: frozenset({"agreement.write"})},
    )  # fmt: skip
    with pytest.raises(errors.Forbidden):
        actions.change_agreement(levels.best_effort, by=narrow, at=NOON, fields={"name": "None at all"})


def test_standards_may_be_called_again(levels):
    again = standards.best_effort(by=SYSTEM, at=NOON)
    assert again == levels.best_effort
    assert standards.calendar("London", by=SYSTEM, at=NOON) == levels.london
    assert Agreement.objects.filter(is_default=True).count() == 1


def test_an_agreement_covers_services_of_its_customer_even_if_shared(world, levels):
    cmdb.subscribe(world.beta.service, by=SYSTEM, at=NOON, customer=world.acme.customer)
    listed = agree(world, levels, "Both", fix_within(6), services=[world.acme.service, world.beta.service])
    assert documents.service_ids(listed) == {world.acme.service.pk, world.beta.service.pk}
    assert resolution(world, service=world.beta.service).agreement == listed
