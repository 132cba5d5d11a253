"""The verbs about a team's rota, by REST and by action: who may, what is refused and where, what is written down."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import absences, rotas
from accounts import actions as accounts
from accounts.choices import Gap
from accounts.models import Membership, Rota, RotaSwap
from accounts.roles import Role
from core import time
from journal.models import Entry
from tests.api.callers import Caller, refused
from tests.places import NOON, SYSTEM, World

DAY = dt.timedelta(days=1)


@pytest.fixture
def lead(world: World) -> Caller:
    """The team's lead by membership; the role of one alone keeps no rota."""
    Membership.objects.filter(user=world.lead).update(is_lead=True)
    return Caller(world.lead)


def body(world: World, **given) -> dict:
    members = [world.agent.email, world.lead.email]
    usual = {"team": "service-desk", "name": "First line", "members": members, "time_zone": "Europe/Berlin",
             "handover_time": "09:00", "starts_on": "2026-11-16", "reason": "Winter"}  # fmt: skip
    return {**usual, **given}


def made(caller: Caller, world: World) -> Rota:
    answer = caller.post("rotas/", body(world))
    assert answer.status_code == 201, answer.content
    return Rota.objects.get(pk=answer.json()["id"])


def swap(
    caller: Caller, row: Rota, who, since: dt.datetime = NOON + DAY, until: dt.datetime = NOON + 2 * DAY
):
    said = {"user": who.email, "from_at": since.isoformat(), "to_at": until.isoformat(), "reason": "Dentist"}
    return caller.post(f"rotas/{row.pk}/swaps/", said)


def test_a_lead_makes_changes_and_swaps_and_each_leaves_its_entry(world: World, lead: Caller):
    row = made(lead, world)
    answer = lead.patch(f"rotas/{row.pk}/", {"members": [world.lead.pk, world.agent.pk], "length": 2})
    assert (answer.status_code, answer.json()["version"]) == (200, 3), answer.content
    swapped = swap(lead, row, world.agent).json()
    assert (
        lead.post(f"rotas/{row.pk}/swaps/{swapped['id']}/cancel/", {"reason": "Not needed"}).status_code
        == 200
    )
    kinds = Entry.objects.filter(subject_kind__startswith="rota").order_by("id")
    assert [(one.name, one.data["reason"]) for one in kinds] == [
        ("rota.created", "Winter"),
        ("rota.changed", ""),
        ("rota.changed", ""),
        ("rota_swap.created", "Dentist"),
        ("rota_swap.changed", "Not needed"),
    ]
    assert kinds[0].data["values"]["members"] == ["Sofia Keller", "Marta Kovac"]
    assert kinds[2].data["changes"] == {
        "members": [["Sofia Keller", "Marta Kovac"], ["Marta Kovac", "Sofia Keller"]]
    }


@pytest.mark.parametrize(
    ("given", "field", "status"),
    [
        ({"length": 0}, "length", 400),
        ({"length": 367}, "length", 400),
        ({"members": []}, "members", 422),
        ({"members": ["agent@calder.example", "agent@calder.example"]}, "members", 422),
        ({"members": ["administrator@calder.example"]}, "members", 422),
        ({"members": ["nobody@calder.example"]}, "members.0", 400),
        ({"time_zone": "Mars/Olympus"}, "time_zone", 400),
        ({"unit": "days", "weekday": 3}, "weekday", 422),
        ({"name": " "}, "name", 400),
    ],
)
def test_a_rota_that_cannot_be_is_refused_at_its_field(world: World, lead: Caller, given, field, status):
    answer = lead.post("rotas/", body(world, **given))
    assert (answer.status_code, list(answer.json()["errors"])) == (status, [field]), answer.content
    assert not Rota.objects.exists()


@pytest.mark.parametrize(
    ("since", "until", "who", "field"),
    [
        (DAY, DAY, "lead", "to_at"),
        (2 * DAY, DAY, "lead", "to_at"),
        (-DAY, DAY, "lead", "from_at"),
        (DAY, 900 * DAY, "lead", "to_at"),
        (3 * DAY, 5 * DAY, "lead", "from_at"),
        (DAY, 2 * DAY, "agent", "user"),
        (DAY, 2 * DAY, "administrator", "user"),
    ],
)
def test_a_swap_that_cannot_be_is_refused_at_its_field(world: World, lead: Caller, since, until, who, field):
    row = made(lead, world)
    assert swap(lead, row, world.lead, NOON + 4 * DAY, NOON + 6 * DAY).status_code == 201
    answer = swap(lead, row, getattr(world, who), NOON + since, NOON + until)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field]), answer.content
    assert RotaSwap.objects.count() == 1


def test_a_member_gives_his_own_shift_or_takes_anothers_and_no_more(world: World, lead: Caller):
    row, third = made(lead, world), accounts.create_user("third@calder.example", "Third", by=SYSTEM, at=NOON)
    accounts.grant(third, Role.AGENT, by=SYSTEM, at=NOON)
    Membership.objects.create(user=third, team=world.desk)
    agent, other = Caller(world.agent), Caller(third)
    refused(swap(other, row, world.lead), 403, "forbidden")  # another's shift, to another
    assert swap(agent, row, world.lead).status_code == 201
    assert swap(other, row, third, NOON + 3 * DAY, NOON + 4 * DAY).status_code == 201
    refused(agent.patch(f"rotas/{row.pk}/", {"length": 3}), 403, "forbidden")
    refused(Caller(world.auditor).post("rotas/", body(world, name="B")), 403, "forbidden")
    taken = RotaSwap.objects.get(user=third)
    refused(agent.post(f"rotas/{row.pk}/swaps/{taken.pk}/cancel/"), 403, "forbidden")
    row.refresh_from_db()
    assert (row.length, Rota.objects.count(), taken.cancelled_at) == (1, 1, None)


def test_customers_and_suppliers_see_no_rota(world: World, lead: Caller):
    row = made(lead, world)
    customer = Caller(world.acme.manager)
    assert customer.get("rotas/").json()["results"] == []
    refused(customer.get(f"rotas/{row.pk}/shifts/"), 404, "not_found")
    refused(customer.get("teams/service-desk/on-call/"), 404, "not_found")


def test_who_is_on_call_now_later_and_when_nobody_is(world: World, lead: Caller):
    row = made(lead, world)
    path = "teams/service-desk/on-call/"
    assert [one["name"] for one in lead.get(path).json()["users"]] == ["Sofia Keller"]
    later = lead.get(f"{path}?at=2026-11-23T08:00:00Z").json()
    assert [one["name"] for one in later["users"]] == ["Marta Kovac"]
    assert lead.get(f"{path}?at=soon").json()["errors"].keys() == {"at"}
    days = {"from_on": NOON.date(), "to_on": NOON.date()}
    absences.create_absence(world.agent, by=SYSTEM, at=NOON, deputy=None, **days)
    gap = lead.get(path).json()
    assert (gap["users"], gap["gap"], gap["missing"]) == ([], "away", "Sofia Keller")
    found = lead.get(f"rotas/{row.pk}/shifts/?since=2026-11-18T12:00:00Z&until=2026-11-19T12:00:00Z").json()[
        "results"
    ]
    assert [(one["gap"], one["user"] and one["user"]["name"]) for one in found] == [
        ("away", None),
        (None, "Sofia Keller"),
    ]
    lead.patch(f"rotas/{row.pk}/", {"is_active": False})
    assert lead.get(path).json()["gap"] == Gap.NO_ROTA


def test_a_swap_under_way_ends_now_and_one_that_is_over_stays(world: World, lead: Caller):
    row = made(lead, world)
    number = swap(lead, row, world.lead, NOON, NOON + DAY).json()["id"]
    with time.frozen(NOON + DAY / 2):
        answer = lead.post(f"rotas/{row.pk}/swaps/{number}/cancel/")
    assert answer.json()["to_at"] == "2026-11-19T00:00:00Z"
    with time.frozen(NOON + DAY):
        refused(lead.post(f"rotas/{row.pk}/swaps/{number}/cancel/"), 409, "not_allowed")


def test_all_teams_are_asked_together(world: World, lead: Caller):
    made(lead, world)
    with CaptureQueriesContext(connection) as one:
        rotas.on_call([world.desk.pk], NOON)
    lead.post("rotas/", body(world, name="Second"))
    with CaptureQueriesContext(connection) as two:
        assert rotas.on_call([world.desk.pk, 999], NOON)[999].gap == Gap.NO_ROTA
    assert len(one) == len(two) <= 9
