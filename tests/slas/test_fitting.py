"""Do inner agreements fit into the outer one? In their calendars, from the worst hour of a fortnight to begin."""

import datetime as dt

import pytest

from accounts import actions as accounts
from accounts.models import Team
from accounts.roles import Role
from core import errors, time
from journal.models import Entry
from slas import agreeing, fitting, standards
from slas.drafts import AgreementDraft, TargetDraft
from slas.models import Gap
from tests import agreed
from tests.api.callers import Caller
from tests.places import NOON, SYSTEM, World
from tests.slas.conftest import HOUR, Levels

pytestmark = pytest.mark.django_db
SAID = {"scope": "All lines", "responsibilities": "They mend, we tell the customer."}


def contract(world: World, levels: Levels, hours: int, **more):
    draft = AgreementDraft(
        customer=None, kind="uc", supplier=world.supplier, name="Lakeside lines",
        calendar=levels.london, targets=[TargetDraft(metric="resolution", seconds=hours * HOUR)], **SAID, **more,
    )  # fmt: skip
    return agreed.agree(draft)


def operational(team: Team, levels: Levels, hours: int, **more):
    target = TargetDraft(metric="resolution", seconds=hours * HOUR, **more)
    draft = AgreementDraft(
        customer=None,
        kind="ola",
        team=team,
        name=f"OLA {team}",
        calendar=levels.london,
        targets=[target],
        **SAID,
    )
    return agreed.agree(draft)


def over() -> list[tuple]:
    rows = Gap.objects.unresolved().order_by("id")
    return [(str(one.inner), one.outer_target.priority, one.over_seconds / HOUR, one.state) for one in rows]


def test_eight_hours_of_a_supplier_do_not_fit_into_four(world: World, levels: Levels):
    uc = contract(world, levels, 8)  # Gold: 4, 8, 16 and 40 hours in the same calendar
    assert over() == [("Lakeside lines", 1, 4.0, "open")]
    (gap,) = fitting.gaps_of(levels.gold)
    assert fitting.gaps_of(uc) == [gap]
    entry = Entry.objects.get(name="gap.found")
    assert (entry.data["outer"], entry.data["inner"], entry.data["over_seconds"]) == (
        "Gold",
        "Lakeside lines",
        4 * HOUR,
    )
    agreed.agree_anew(uc, targets=[TargetDraft(metric="resolution", seconds=4 * HOUR)])
    assert over() == []
    gap.refresh_from_db()
    assert (gap.state, gap.resolved_at) == ("resolved", NOON)
    assert Entry.objects.filter(name="gap.closed").count() == 1


def test_hours_of_another_calendar_are_judged_from_the_worst_moment(world: World, levels: Levels):
    around = standards.calendar("Around the clock", by=SYSTEM, at=NOON, week=standards.AROUND_THE_CLOCK)
    gold = agreed.agree_anew(levels.gold, calendar=around)
    assert over() == []
    operational(world.desk, levels, 4)  # from Thursday 14:00 on they end on Monday at 10:00, past a holiday
    assert [(one.outer_target.priority, one.over_seconds / HOUR) for one in fitting.gaps_of(gold)] == [
        (1, 88.0), (2, 84.0), (3, 76.0), (4, 52.0),
    ]  # fmt: skip


def test_a_suppliers_time_adds_to_the_teams_where_its_clock_waits_for_him(world: World, levels: Levels):
    operational(world.desk, levels, 3, pauses_on=("supplier",))
    contract(world, levels, 3)
    (gap,) = fitting.gaps_of(levels.gold)
    assert (str(gap.inner), str(gap.through), gap.over_seconds) == (
        "Lakeside lines",
        "OLA Service desk",
        2 * HOUR,
    )


def test_within_the_teams_time_the_supplier_must_fit_alone(world: World, levels: Levels):
    operational(world.desk, levels, 3)
    contract(world, levels, 3)
    assert over() == []


def test_a_team_that_supports_none_of_the_services_is_no_link(world: World, levels: Levels):
    other = accounts.create_team(Team(slug="field", name="Field"), by=SYSTEM, at=NOON, members=[world.agent])
    operational(other, levels, 30)
    contract(world, levels, 30, services=[world.beta.service])
    assert over() == []


def test_a_gap_has_an_owner_and_a_decision_and_opens_again_when_it_grows(world: World, levels: Levels):
    uc = contract(world, levels, 8)
    (gap,) = fitting.gaps_of(levels.gold)
    accounts.grant(world.agent, Role.SERVICE_LEVEL_MANAGER, by=SYSTEM, at=NOON)
    given = {"owner": world.lead.pk, "decision": "Borne until the contract ends", "is_accepted": True}
    with time.frozen(NOON):
        assert Caller(world.auditor).post(f"gaps/{gap.pk}/decide/", given).status_code == 403
        assert Caller(world.acme.manager).get("gaps/").json()["results"] == []
        told = Caller(world.agent).post(f"gaps/{gap.pk}/decide/", given)
    assert told.status_code == 200, told.content
    assert (told.json()["state"], told.json()["owner"]["name"]) == ("accepted", str(world.lead))
    assert Entry.objects.get(name="gap.decided").data["is_accepted"] is True
    fitting.check([levels.gold], on=NOON.date(), by=SYSTEM, at=NOON)
    assert over() == [("Lakeside lines", 1, 4.0, "accepted")]
    agreed.agree_anew(uc, targets=[TargetDraft(metric="resolution", seconds=9 * HOUR)])
    assert over()[0] == ("Lakeside lines", 1, 5.0, "open")
    agreeing.end(uc, by=SYSTEM, at=NOON, last=NOON.date(), reason="Another supplier")
    assert fitting.check_all(by=SYSTEM, at=NOON + dt.timedelta(days=1)) == 0
    with pytest.raises(errors.Conflict):
        fitting.decide_gap(gap, by=world.actor(world.agent), at=NOON, owner=world.lead, decision="Too late")
