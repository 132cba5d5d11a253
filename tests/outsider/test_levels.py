"""The outsider at service levels: alone where two are needed, and where a sweep would never come to an end."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts import actors, service_accounts
from accounts.roles import Role
from calendars import actions as calendars
from calendars.models import Calendar
from core import errors
from customers.models import Customer
from slas import actions, agreeing, correcting, documents, fitting, following
from slas.drafts import AgreementDraft, LimitDraft, TargetDraft
from slas.models import Gap, Segment, Timer
from tests import agreed
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import HOUR, Levels, everywhere_at, make_levels

pytestmark = pytest.mark.django_db
TOMORROW = dt.date(2026, 11, 19)


@pytest.fixture
def levels(world: World) -> Levels:
    return make_levels(world)


def test_nobody_approves_what_his_own_program_asked_for(world: World, levels: Levels) -> None:
    program = service_accounts.create("Monitoring", owner=world.administrator, by=SYSTEM, at=NOON)
    accounts.grant(program, Role.SERVICE_LEVEL_MANAGER, by=SYSTEM, at=NOON)
    timer = Timer.objects.get(ticket=report(world.acme), metric="resolution")
    later = NOON + dt.timedelta(hours=3)
    with everywhere_at(later):
        asked = correcting.ask_correction(
            timer, by=actors.of_service_account(program), at=later, from_at=NOON, to_at=NOON + dt.timedelta(hours=1),
            reason="An outage of theirs",
        )  # fmt: skip
        with pytest.raises(errors.Forbidden, match="second person"):
            correcting.approve_correction(asked, by=world.actor(world.administrator), at=later)
    asked.refresh_from_db()
    assert asked.verdict == ""


def test_a_blank_name_signs_for_nobody(world: World, levels: Levels) -> None:
    row = actions.change_agreement(levels.gold, by=SYSTEM, at=NOON, fields={"scope": "More"})
    agreeing.offer(row, by=SYSTEM, at=NOON)
    with pytest.raises(errors.Forbidden):
        agreeing.decide(
            row, side="customer", by=world.actor(world.administrator), at=NOON, is_approved=True,
            signed_by="  ", evidence=" ",
        )  # fmt: skip
    assert {one.verdict for one in agreeing.approvals_of(row, row.version)} == {"pending"}


def test_whose_role_reaches_one_customer_reads_no_contract_for_all(world: World, levels: Levels) -> None:
    contract = AgreementDraft(
        customer=None, kind="uc", name="Lines", supplier=world.supplier, calendar=levels.london, scope="Lines",
        responsibilities="They repair", targets=[TargetDraft(metric="resolution", seconds=2 * HOUR)],
    )  # fmt: skip
    agreed.agree(contract)
    names = {
        who: set(documents.agreements(world.actor(who)).values_list("name", flat=True))
        for who in (world.acme.agent, world.agent)
    }
    assert names == {
        world.acme.agent: {"Best effort", "Gold"},
        world.agent: {"Best effort", "Gold", "Lines"},
    }


def test_a_gap_of_centuries_keeps_nobody_from_agreeing(world: World, levels: Levels) -> None:
    week = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    always = Calendar(name="Always", time_zone="Europe/London")
    always = calendars.create_calendar(always, by=SYSTEM, at=NOON, week=week, holidays=[])
    agreed.agree_anew(levels.gold, calendar=always, targets=[TargetDraft(metric="resolution", seconds=HOUR)])
    slow = AgreementDraft(
        customer=None, kind="ola", name="Slow", team=world.desk, calendar=levels.london,
        targets=[TargetDraft(metric="resolution", seconds=2**31 - 1)],
    )  # fmt: skip
    agreed.agree(slow)
    assert list(Gap.objects.values_list("inner__name", "over_seconds")) == [("Slow", fitting.LONGEST)]


def test_a_target_for_a_priority_that_no_ticket_has_is_refused(world: World, levels: Levels) -> None:
    for part in ({"targets": [TargetDraft(metric="resolution", seconds=HOUR, priority=99)]},
                 {"limits": [LimitDraft(most=5, priority=99)]}):  # fmt: skip
        with pytest.raises(errors.Invalid, match="no such priority") as refused:
            actions.change_agreement(levels.gold, by=SYSTEM, at=NOON, fields=part)
        assert list(refused.value.errors) == list(part)


def test_clocks_do_not_follow_before_the_day_has_come_where_the_customer_is(world: World, levels) -> None:
    Customer.objects.filter(pk=world.acme.customer.pk).update(time_zone="America/Los_Angeles")
    ticket = report(world.acme)
    targets = [TargetDraft(metric=one, seconds=HOUR) for one in ("first_response", "resolution")]
    agreed.agree_anew(levels.gold, valid_from=TOMORROW, moves_running=True, targets=targets)
    assert moved(dt.datetime(2026, 11, 19, 1, 0, tzinfo=dt.UTC), ticket) == (0, 2)
    assert moved(dt.datetime(2026, 11, 19, 9, 0, tzinfo=dt.UTC), ticket) == (2, 4)
    assert moved(dt.datetime(2026, 11, 19, 9, 1, tzinfo=dt.UTC), ticket) == (0, 4)


def test_clocks_that_a_new_version_has_nothing_for_are_looked_at_once(world: World, levels: Levels) -> None:
    ticket = report(world.acme)
    targets = [TargetDraft(metric="resolution", seconds=HOUR, priority=1)]
    agreed.agree_anew(levels.gold, moves_running=True, targets=targets)
    for minute in (1, 2):
        assert moved(NOON + dt.timedelta(minutes=minute), ticket) == (0, 2)
    kept = Timer.objects.filter(ticket=ticket).values_list("agreement__name", "agreement_version")
    assert set(kept) == {("Gold", 2)}


def moved(moment: dt.datetime, ticket) -> tuple[int, int]:
    """How many clocks a sweep moves, and how many segments the ticket's clocks have after it."""
    with everywhere_at(moment):
        count, failed = following.follow(SYSTEM)
        assert failed == 0
        return count, Segment.objects.filter(timer__ticket=ticket).count()
