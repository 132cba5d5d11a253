"""Service levels from the first word to the proof, as programs do it (8.3.3, 8.3.4): agreed by both sides, missed,
explained, corrected by two people, rehearsed, and nothing that does not add up."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts import actions as accounts
from accounts.models import Membership, Team, User
from accounts.roles import Role
from core import time
from customers import scoping
from slas.choices import AgreementKind
from slas.sweep import sweep
from tests.api.callers import Caller
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import at

pytestmark = pytest.mark.django_db
WEEK = {day: [["09:00", "12:30"], ["13:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SIGNED = {"signed_by": "Noor Idris", "evidence": "Contract, page 9"}


@pytest.fixture
def admin(world: World) -> Caller:
    return Caller(world.administrator)


@pytest.fixture
def office(admin: Caller) -> int:
    said = {
        "name": "Office",
        "time_zone": "UTC",
        "week": WEEK,
        "holidays": [{"annual": "12-25", "name": "Christmas"}],
    }
    return admin.post("calendars/", said).json()["id"]


def within(hours: float, **more: Any) -> dict[str, Any]:
    return {"metric": "resolution", "seconds": round(hours * 3600), **more}


def agreed(admin: Caller, other: Caller | None, side: str, **said: Any) -> dict[str, Any]:
    """One agreement on its way: written, offered, approved for the provider, and by the other side or on paper."""
    made = admin.post("agreements/", said)
    assert made.status_code == 201, made.content
    place = f"agreements/{made.json()['id']}"
    assert admin.post(f"{place}/offer/").json()["phase"] == "offered"
    assert admin.post(f"{place}/approve/", {"side": "provider"}).status_code == 200
    if other is None:
        admin.post(f"{place}/approve/", {"side": side, **SIGNED})
    else:
        assert other.post(f"{place}/approve/", {"side": side, "comment": "As discussed"}).status_code == 200
    whole = admin.get(f"{place}/").json()
    assert whole["phase"] == "active"
    return whole


@pytest.fixture
def network(world: World) -> Team:
    team = accounts.create_team(Team(slug="network", name="Network"), by=SYSTEM, at=NOON)
    Membership.objects.create(user=world.lead, team=team, is_lead=True)
    return team


@pytest.fixture
def agreements(world: World, admin: Caller, office: int, network: Team) -> dict[str, dict[str, Any]]:
    """Gold for all services of Acme, Silver for one, what the team promised us, and what the supplier did."""
    need = admin.post(
        "service-requirements/", {"customer": "acme", "title": "Solved within half a day"}
    ).json()["id"]
    manager = Caller(world.acme.manager)
    whole = {
        "customer": "acme", "kind": AgreementKind.SLA, "calendar": office, "limits": [{"most": 300}],
        "exceptions": "Announced maintenance", "requirements": [need],
    }  # fmt: skip
    pausing = {"pauses_on": ["customer"]}
    return {
        "gold": agreed(admin, manager, "customer", name="Gold", targets=[within(4, **pausing)], **whole),
        "silver": agreed(
            admin, manager, "customer", name="Silver", services=["remote-access-acme"], **whole,
            targets=[{"metric": "first_response", "seconds": 3600}, within(2, **pausing)],
        ),
        "ola": agreed(
            admin, Caller(world.lead), "team", name="OLA Network", kind=AgreementKind.OLA, team="network",
            calendar=office, targets=[within(1)],
        ),
        "uc": agreed(
            admin, None, "supplier", name="Lines", kind=AgreementKind.UC, supplier=world.supplier.pk, calendar=office,
            targets=[within(8)], scope="Two lines", responsibilities="He repairs, we call",
        ),
    }  # fmt: skip


def test_from_agreement_to_proof(world: World, admin: Caller, agreements: dict[str, dict[str, Any]]) -> None:
    agent = Caller(world.agent)
    ticket = report(world.acme)
    place = f"tickets/{ticket.number}"
    assert agent.post(f"incidents/{ticket.number}/actions/assign/", {"team": "network"}).status_code == 200
    clock = _clock(agent, place)
    assert (clock["agreement"]["name"], clock["due_at"]) == (
        "Silver",
        "2026-11-18T15:00:00Z",
    )  # the lunch hour is closed
    with time.frozen(at(15, 30)), scoping.scope(SYSTEM.customers):
        assert sweep(SYSTEM).breached == 3
    with time.frozen(at(15, 40)):
        _explain(world, place, clock["id"])
    with time.frozen(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)):
        _report(world, admin)
    out = StringIO()
    call_command("verify_timers", stdout=out)
    assert out.getvalue().endswith("0 differ.\n")


def _clock(caller: Caller, place: str) -> dict[str, Any]:
    found = caller.get(f"{place}/timers/").json()["results"]
    return next(one for one in found if (one["kind"], one["metric"]) == ("sla", "resolution"))


def _explain(world: World, place: str, timer: int) -> None:
    """The desk sees all of it; the customer the same bar, and nothing of who promised what inside."""
    agent, requester = Caller(world.agent), Caller(world.acme.requester)
    assert _clock(agent, place)["verdict"] == "breached"
    inside = agent.get(f"{place}/explanations/").json()["results"]
    assert sorted(one["metric"] for one in inside) == ["first_response", "resolution", "resolution"]
    spent = next(one for one in inside if one["id"] == timer)["shares"]
    assert [(one["name"], one["seconds"], one["counted"]) for one in spent] == [("Network", 9600, True)]
    said = requester.get(f"{place}/explanations/").json()["results"]
    told = next(one for one in said if one["metric"] == "resolution")
    assert set(told).isdisjoint({"agreement", "rule", "corrections", "causes"})
    assert requester.get(f"{place}/timers/").json()["results"] == []
    assert [one["metric"] for one in said] == ["first_response", "resolution"]
    _correct(world, agent, place, timer)


def _report(world: World, admin: Caller) -> None:
    """The month, counted, issued and read by the customer's manager, and by nobody whose it is not."""
    made = admin.post("service-reports/", {"customer": "acme", "month": "2026-11"})
    assert made.status_code == 201, made.content
    place = f"service-reports/{made.json()['id']}"
    manager = Caller(world.acme.manager)
    assert manager.get(f"{place}/").status_code == 404
    issued = admin.post(f"{place}/issue/")
    assert (issued.status_code, issued.json()["state"]) == (200, "issued")
    assert manager.get(f"{place}/").json()["state"] == "issued"
    assert Caller(world.acme.requester).get(f"{place}/").status_code == 404
    assert Caller(world.beta.manager).get(f"{place}/").status_code == 404


def _level_manager() -> User:
    user = accounts.create_user("levels@calder.example", "Ada Brandt", by=SYSTEM, at=NOON)
    accounts.grant(user, Role.SERVICE_LEVEL_MANAGER, by=SYSTEM, at=NOON)
    return user


def _correct(world: World, agent: Caller, place: str, timer: int) -> None:
    """Half an hour and more did not count: asked by one who may, approved by another, never by himself."""
    first, second = Caller(world.administrator), Caller(_level_manager())
    stretch = {
        "timer": timer,
        "from": "2026-11-18T13:30:00Z",
        "to": "2026-11-18T14:30:00Z",
        "reason": "Power cut on site",
    }
    assert agent.post(f"{place}/corrections/", stretch).status_code == 403
    asked = first.post(f"{place}/corrections/", stretch)
    assert asked.status_code == 201, asked.content
    verb = f"{place}/corrections/{asked.json()['id']}/approve/"
    assert first.post(verb).status_code == 403
    assert _clock(agent, place)["verdict"] == "breached"
    assert second.post(verb).status_code == 200
    assert _clock(agent, place)["due_at"] == "2026-11-18T16:00:00Z"


def test_a_draft_hides_from_the_customer_neither_what_holds_nor_itself_shows(
    world: World, admin: Caller, agreements: dict[str, dict[str, Any]]
) -> None:
    place = f"agreements/{agreements['silver']['id']}/"
    admin.patch(place, {"targets": [within(1)], "reason": "Thinking about it"})
    read = Caller(world.acme.manager).get(place).json()
    assert (read["phase"], [one["number"] for one in read["versions"]]) == ("active", [1])
    assert [one["seconds"] for one in read["targets"]] == [3600, 7200]
    assert [one["verdict"] for one in read["approvals"]] == ["approved", "approved"]
    assert admin.get(place).json()["phase"] == "draft"
