"""Alarms of clocks: to whom the agreement says, said once, and one digest instead of a storm."""

import datetime as dt

import pytest

from core.actor import Actor
from journal import recording
from notifications.models import Message
from slas import events
from tests.notifications.post import LATER, deliver, send
from tests.places import NOON, SYSTEM, World, report
from tickets import actions as common
from tickets.models import Ticket

MINUTE = dt.timedelta(minutes=1)


def breach(ticket: Ticket, *, by: Actor = SYSTEM, at: dt.datetime = NOON) -> None:
    recording.record(
        events.Breached(
            subject=ticket, by=by, at=at, timer_id=0, metric="resolution", agreement="Gold", due_at=at, late_seconds=5
        )
    )  # fmt: skip


def step(ticket: Ticket, *, notify: list[str], percent: int = 75) -> None:
    recording.record(
        events.Escalated(
            subject=ticket, by=SYSTEM, at=NOON, timer_id=0, metric="first_response", agreement="Gold",
            due_at=NOON + 5 * MINUTE, late_seconds=0, step="75 %", percent=percent, notify=notify,
        )
    )  # fmt: skip


def alarms() -> list[Message]:
    return [one for one in deliver() if one.kind == "alarm"]


def test_a_breach_is_told_to_the_assignee_and_never_to_the_customer(world: World, incident: Ticket):
    common.assign(incident, by=world.actor(world.lead), at=NOON, assignee=world.agent)
    breach(incident)
    (alarm,) = alarms()
    assert alarm.recipient == "agent@calder.example"
    assert alarm.subject == f"[{incident.number}] Overdue: VPN drops canary-acme"
    assert "The target “Resolution” was missed: it was due on 18 November 2026, 12:00 UTC." in alarm.text


@pytest.mark.parametrize(
    ("notify", "recipients"),
    [
        (["assignee"], ["agent@calder.example", "lead@calder.example"]),
        (["team"], ["agent@calder.example", "lead@calder.example"]),
        (["auditor"], ["auditor@calder.example"]),
        (["administrator", "auditor"], ["administrator@calder.example", "auditor@calder.example"]),
        (["lead"], []),
    ],
)
def test_a_step_tells_whom_the_agreement_names(
    world: World, incident: Ticket, notify: list[str], recipients: list[str]
):
    step(incident, notify=notify)
    assert [one.recipient for one in alarms()] == recipients


def test_a_step_ahead_says_how_much_is_used_and_when_it_is_due(world: World, incident: Ticket):
    step(incident, notify=["team"])
    text = alarms()[0].text
    assert "The target “First response” is due on 18 November 2026, 12:05 UTC." in text
    assert "75 % of the agreed time is used." in text


def test_twenty_alarms_are_twenty_mails(world: World, server):
    for _one in range(20):
        breach(report(world.acme, team=world.desk, assignee=world.agent))
    assert len(alarms()) == 20
    while send():
        pass
    assert len([one for one in server.took if "Overdue" in one["Subject"]]) == 20


def test_a_storm_becomes_one_digest_and_the_rest_follows_in_a_second_one(world: World, server):
    tickets = [report(world.acme, assignee=world.agent) for _one in range(25)]
    for one in tickets:
        breach(one)
    alarms()
    while send():
        pass
    (digest,) = [one for one in server.took if one["To"] and "agent@calder.example" in one["To"]]
    assert digest["Subject"] == "25 alarms"
    body = digest.get_payload(0).get_payload(decode=True).decode()
    assert all(f"/{one.number}" in body for one in tickets)
    breach(report(world.acme, assignee=world.agent), at=NOON + MINUTE)
    deliver(LATER + MINUTE)
    assert send(LATER + 2 * MINUTE) == 1  # the receipt of the new report; its alarm waits
    assert Message.objects.filter(kind="alarm", state="queued").count() == 1
    assert send(LATER + 6 * MINUTE) == 1
    assert Message.objects.filter(kind="alarm").exclude(state__in=["sent", "merged"]).count() == 0


def test_a_storm_over_two_customers_is_a_digest_for_each(world: World, server):
    for side in (world.acme, world.beta):
        for _one in range(15):
            breach(report(side, assignee=world.agent))
    alarms()
    while send():
        pass
    digests = Message.objects.filter(is_digest=True).order_by("customer_id")
    assert [(one.customer, one.subject) for one in digests] == [
        (world.acme.customer, "15 alarms"), (world.beta.customer, "15 alarms"),
    ]  # fmt: skip
    assert "canary-beta" not in digests[0].text + digests[0].html
    assert "canary-acme" not in digests[1].text + digests[1].html
