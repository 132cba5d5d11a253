"""Whom an escalation reaches at what hour: who is on call, quiet hours and what breaks them, one digest after all."""

import datetime as dt
import re

import pytest

from accounts import absences, actors, rota_actions
from accounts.models import Membership, Rota
from core import time
from journal.models import Entry
from notifications import preference_actions
from notifications.models import Message, Notice
from slas import sweep
from slas.drafts import StepDraft
from tests.notifications.post import LATER, deliver, send
from tests.places import NOON, SYSTEM, World, report
from tests.slas.conftest import make_levels
from tickets import actions as common
from tickets.models import Ticket

MINUTE = dt.timedelta(minutes=1)
HOUR = 60 * MINUTE


@pytest.fixture
def desk(world: World) -> World:
    """Sofia is on call, Marta leads; the first response of Acme pages who is on call at half its time."""
    Membership.objects.filter(user=world.lead).update(is_lead=True)
    rota = Rota(
        team=world.desk,
        name="First line",
        handover_time=dt.time(9),
        starts_on=dt.date(2026, 11, 16),
        weekday=0,
    )
    rota_actions.create_rota(rota, by=SYSTEM, at=NOON - 9 * HOUR, members=[world.agent, world.lead])
    make_levels(world, response=(StepDraft(percent=50, notify=("on_call",)),), resolution=())
    return world


def swept(at: dt.datetime) -> list[Message]:
    """One sweep, and what it leads to by mail."""
    with time.frozen(at):
        sweep.sweep(actors.system("Clock sweep"))
    return [one for one in deliver() if one.kind == "alarm"]


def said() -> Entry:
    return Entry.objects.get(name="sla.escalated")


def test_a_step_pages_who_is_on_call_when_it_fires(desk: World):
    report(desk.acme)
    (mail,) = swept(NOON + 2 * HOUR + MINUTE)
    assert (mail.recipient, "On call now: Sofia Keller." in mail.text) == ("agent@calder.example", True)
    assert (said().data["on_call"], said().data.get("gap")) == (["Sofia Keller"], None)
    assert [one.user for one in Notice.objects.filter(reason="clock")] == [desk.agent]


def test_who_comes_late_to_a_step_pages_who_is_there_now(desk: World):
    report(desk.acme)
    times = {"from_at": NOON + 150 * MINUTE, "to_at": NOON + 5 * HOUR}
    rota_actions.swap(Rota.objects.get(), by=SYSTEM, at=NOON, user=desk.lead, **times)
    assert [one.recipient for one in swept(NOON + 3 * HOUR)] == ["lead@calder.example"]


def test_a_gap_goes_to_the_lead_and_the_entry_says_so(desk: World):
    report(desk.acme)
    days = {"from_on": NOON.date(), "to_on": NOON.date()}
    absences.create_absence(desk.agent, by=SYSTEM, at=NOON, deputy=None, **days)
    (mail,) = swept(NOON + 2 * HOUR + MINUTE)
    assert mail.recipient == "lead@calder.example"
    assert "Nobody of the team is on call: Sofia Keller, away, and nobody stands in." in mail.text
    assert (said().data["on_call_ids"], said().data["gap"], said().data["missing"]) == (
        [],
        "away",
        "Sofia Keller",
    )


def test_a_step_that_gives_the_ticket_away_pages_who_is_on_call_there(world: World):
    Membership.objects.filter(user=world.lead).update(is_lead=True)
    steps = (StepDraft(percent=50, notify=("on_call",), reassign_to=world.desk),)
    make_levels(world, response=steps, resolution=())
    report(world.acme)
    assert [one.recipient for one in swept(NOON + 2 * HOUR + MINUTE)] == ["lead@calder.example"]
    assert (said().data["team"], said().data["gap"]) == ("Service desk", "no_rota")


@pytest.mark.parametrize(("impact", "state"), [(1, "queued"), (2, "quiet")])
def test_quiet_hours_hold_a_page_back_but_for_the_highest_priority(desk: World, impact: int, state: str):
    by = desk.actor(desk.agent)
    preference_actions.set_hours(
        desk.agent, by=by, at=NOON, digest_hour=8, quiet_from=dt.time(0), quiet_to=dt.time(23, 59)
    )
    preference_actions.choose(desk.agent, by=by, at=NOON, cells={"clock": {"inbox": "off"}})
    ticket = report(desk.acme, impact=impact, urgency=impact)
    assert ticket.priority == {1: 1, 2: 3}[impact]
    assert [one.state for one in swept(NOON + (31 if impact == 1 else 121) * MINUTE)] == [state]
    assert Notice.objects.filter(reason="clock").count() == (1 if impact == 1 else 0)


def test_two_hours_without_workers_are_one_digest_in_order_that_says_how_late(desk: World, server):
    found = [report(desk.acme, at=NOON - number * MINUTE) for number in range(4)]
    swept(NOON + 3 * HOUR + MINUTE)
    send(LATER)  # receipts and what was offered; the alarms wait a minute for those behind them
    assert not Message.objects.filter(kind="alarm", state="sent").exists()
    while send(LATER + 2 * MINUTE):
        pass
    (digest,) = Message.objects.filter(kind="alarm", state="sent")
    assert (digest.recipient, digest.subject) == ("agent@calder.example", "4 alarms, up to 1 h 04 late")
    places = [digest.text.index(f"[{one.number}]") for one in reversed(found)]
    assert places == sorted(places)
    assert re.findall(r"\((.+?) late\)", digest.text) == ["1 h 04", "1 h 03", "1 h 02", "1 h 01"]
    assert Message.objects.filter(kind="alarm", state="merged").count() == 3


def test_many_alarms_that_a_night_held_back_are_one_mail_in_the_morning(desk: World, server):
    by = desk.actor(desk.agent)
    for number in range(22):
        common.assign(report(desk.acme, at=NOON + number * MINUTE), by=SYSTEM, at=NOON, assignee=desk.agent)
    preference_actions.set_hours(
        desk.agent, by=by, at=NOON, digest_hour=8, quiet_from=dt.time(8), quiet_to=dt.time(10)
    )
    assert {one.state for one in swept(NOON + 2 * HOUR + 30 * MINUTE)} == {"quiet"}
    Message.objects.filter(state="quiet").update(state="queued")
    while send(LATER + 2 * HOUR):
        pass
    assert [one.subject for one in Message.objects.filter(kind="alarm", state="sent")] == [
        "22 alarms, up to 30 min late"
    ]


def test_a_ticket_without_a_team_reaches_nobody_and_breaks_nothing(desk: World):
    ticket = report(desk.acme)
    Ticket.objects.filter(pk=ticket.pk).update(team=None, assignee=None)
    assert swept(NOON + 2 * HOUR + MINUTE) == []
    assert said().data["gap"] == "no_rota"
