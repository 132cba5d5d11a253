"""Who is told what: the receipt, the conversation, the question, the solution; and never a note."""

import datetime as dt

from accounts import actions as accounts
from accounts.models import Person, Team
from accounts.roles import Role
from core import time
from incidents import actions
from journal.models import Entry
from notifications import reading
from notifications.models import Message
from tests.notifications.post import deliver, told
from tests.places import NOON, SYSTEM, World, report
from tickets import actions as common
from tickets.models import Ticket

HOUR = dt.timedelta(hours=1)
REQUESTER, AGENT, LEAD = "requester@acme.example", "agent@calder.example", "lead@calder.example"


def test_the_requester_gets_a_receipt_with_the_number(world: World, incident: Ticket):
    (receipt,) = deliver()
    assert receipt.recipient == REQUESTER
    assert receipt.subject == f"[{incident.number}] VPN drops canary-acme"
    assert "We have received your report" in receipt.text
    assert "18 November 2026, 12:00 UTC" in receipt.text
    assert f"/{incident.number}" in receipt.text
    assert (receipt.state, receipt.topic, receipt.person) == ("queued", incident.number, world.acme.requester)


def test_a_reply_of_the_desk_goes_to_the_requester_and_his_answer_to_the_assignee(
    world: World, incident: Ticket
):
    agent, customer = world.actor(world.agent), world.acme.actor(world.acme.requester)
    deliver()
    common.reply(incident, by=agent, at=NOON + HOUR, body="Which client is it?")
    common.reply(incident, by=customer, at=NOON + 2 * HOUR, body="Client 5.2, on Windows.")
    messages = deliver()[1:]
    assert told(messages) == [
        (REQUESTER, f"There is an answer to {incident.number}."),
        (AGENT, "The customer has answered."),
    ]
    assert "Sofia Keller wrote:\n\nWhich client is it?" in messages[0].text
    assert "Client 5.2, on Windows." in messages[1].text
    assert "<blockquote><p>Client 5.2, on Windows.</p></blockquote>" in messages[1].html


def test_a_note_is_mailed_to_nobody(world: World, incident: Ticket):
    deliver()
    common.note(incident, by=world.actor(world.agent), at=NOON + HOUR, body="SECRET-NOTE")
    common.reply(incident, by=world.actor(world.agent), at=NOON + 2 * HOUR, body="We are on it.")
    assert "SECRET-NOTE" not in "".join(one.text + one.html + one.subject for one in deliver())


def test_a_question_with_a_hold_is_one_mail(world: World, incident: Ticket):
    agent = world.actor(world.agent)
    deliver()
    common.hold(incident, by=agent, at=NOON + HOUR, reason="customer", message="Does it drop on cable too?")
    (question,) = deliver()[1:]
    assert told([question]) == [
        (REQUESTER, f"We need your answer before we can go on with {incident.number}.")
    ]
    assert "Does it drop on cable too?" in question.text


def test_solved_asks_whether_it_works_and_not_yet_tells_the_assignee(world: World, incident: Ticket):
    agent, customer = world.actor(world.agent), world.acme.actor(world.acme.requester)
    actions.accept(incident, by=agent, at=NOON)
    deliver()
    actions.resolve(incident, by=agent, at=NOON + HOUR, code="fixed", note="Rolled back to 5.1.")
    actions.reopen(incident, by=customer, at=NOON + 2 * HOUR, message="Still the same.")
    solved, receipt, reopened = deliver()[1:]
    assert solved.recipient == REQUESTER
    assert "Rolled back to 5.1." in solved.text
    assert "Works now: http" in solved.text
    assert "Not yet: http" in solved.text
    assert told([receipt, reopened]) == [
        (REQUESTER, f"{incident.number} is open again: we work on it further."),
        (AGENT, "It was open again on 18 November 2026, 14:00 UTC: the solution did not hold."),
    ]
    assert "Still the same." in reopened.text


def test_the_requester_is_not_told_what_he_did_himself(world: World, incident: Ticket):
    agent, customer = world.actor(world.agent), world.acme.actor(world.acme.requester)
    actions.resolve(incident, by=agent, at=NOON + HOUR, code="fixed", note="Done.")
    before = len(deliver())
    actions.close(incident, by=customer, at=NOON + 2 * HOUR)
    assert len(deliver()) == before


def test_whoever_gets_it_is_told_but_not_whoever_takes_it(world: World, incident: Ticket):
    agent, lead = world.actor(world.agent), world.actor(world.lead)
    deliver()
    common.assign(incident, by=agent, at=NOON, assignee=world.agent)
    assert len(deliver()) == 1
    common.assign(incident, by=lead, at=NOON + HOUR, assignee=world.lead)
    common.assign(incident, by=lead, at=NOON + 2 * HOUR, assignee=world.agent)
    assert told(deliver()[1:]) == [(AGENT, "Marta Kovac has assigned this to you.")]


def test_a_team_is_told_at_its_mailbox_or_member_by_member(world: World, incident: Ticket):
    deliver()
    box = accounts.create_team(
        Team(slug="network", name="Network", email="network@calder.example"), by=SYSTEM, at=NOON
    )
    lead = world.actor(world.lead)
    common.assign(incident, by=lead, at=NOON + HOUR, team=box)
    deliver()
    common.assign(incident, by=lead, at=NOON + 2 * HOUR, team=world.desk)
    assert told(deliver()[1:]) == [
        ("network@calder.example", "Marta Kovac has given this to Network."),
        (AGENT, "Marta Kovac has given this to Service desk."),
    ]


def test_who_may_not_see_the_customer_is_not_written_to(world: World, incident: Ticket):
    team = accounts.create_team(
        Team(slug="mixed", name="Mixed"), by=SYSTEM, at=NOON, members=[world.acme.agent, world.beta.agent]
    )
    deliver()
    common.assign(incident, by=world.actor(world.lead), at=NOON + HOUR, team=team)
    assert [one.recipient for one in deliver()[1:]] == ["acme-agent@calder.example"]


def test_a_second_delivery_of_the_same_entry_writes_nothing(world: World, incident: Ticket):
    deliver()
    entry = Entry.objects.get(name="incident.opened")
    reading.read(entry)
    assert Message.objects.count() == 1


def test_a_title_cannot_smuggle_headers(world: World):
    report(world.acme, title="Printer\r\nBcc: everybody@evil.example\r\n\r\nhello")
    (receipt,) = deliver()
    assert "\n" not in receipt.subject
    assert "\r" not in receipt.subject
    assert receipt.subject.endswith("Printer Bcc: everybody@evil.example hello")


def test_times_are_the_recipients_own_and_say_their_zone(world: World):
    world.acme.requester.time_zone = "Asia/Kolkata"
    world.acme.requester.save()
    report(world.acme)
    (receipt,) = deliver()
    assert "17:30 IST" in receipt.text


def test_nobody_without_an_address_is_written_to(world: World):
    world.acme.requester.email = ""
    world.acme.requester.save()
    report(world.acme)
    assert deliver() == []


def test_replayed_history_is_stored_as_sent_at_its_own_time(world: World, incident: Ticket):
    entry = Entry.objects.get(name="incident.opened")
    with time.frozen(NOON + 24 * HOUR):
        (stored,) = reading.messages(entry, incident, state="stored")
    assert (stored.state, stored.created_at, stored.sent_at) == ("stored", NOON, NOON)


def test_an_agent_who_asked_for_it_himself_gets_its_mail_as_the_requester(world: World):
    requester = accounts.create_person(
        Person(customer=world.acme.customer, name="Sofia", email="sofia@acme.example", user=world.agent),
        by=SYSTEM, at=NOON, role=Role.REQUESTER,
    )  # fmt: skip
    report(world.acme, requester=requester, by=world.actor(world.agent))
    assert [one.recipient for one in deliver()] == ["sofia@acme.example"]
