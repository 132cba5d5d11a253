"""The Inbox: who finds what there and why, who does not, and being done with it; by page and by REST."""

import datetime as dt

import pytest
from django.test import Client

from accounts import absences
from core import time
from customers import ALL, scope
from notifications.models import Notice
from tests.api.callers import Caller
from tests.desk.hands import sign_in
from tests.notifications.post import deliver
from tests.places import NOON, World
from tickets import actions, verbs
from tickets.models import Ticket

HOUR = dt.timedelta(hours=1)


def told() -> list[tuple[str, str]]:
    """(login, reason) of every notice, oldest first."""
    rows = Notice.objects.order_by("id").values_list("user__email", "reason")
    return [(email.partition("@")[0], reason) for email, reason in rows]


@pytest.fixture
def mine(world: World, incident: Ticket) -> Ticket:
    """The incident in the agent's hands, given by his lead."""
    verbs.run(incident, "assign", {"assignee": world.agent.email}, by=world.actor(world.lead), at=NOON)
    deliver()
    return incident


def test_what_is_given_to_me_and_what_the_customer_answers_stands_in_my_inbox(world: World, mine: Ticket):
    actions.reply(mine, by=world.acme.actor(world.acme.requester), at=NOON + HOUR, body="It is worse.")
    deliver()
    assert told() == [("agent", "assigned"), ("agent", "reply")]


def test_what_i_do_myself_stands_in_no_inbox_of_mine(world: World, incident: Ticket):
    agent = world.actor(world.agent)
    actions.watch(incident, by=agent, at=NOON)
    verbs.run(incident, "assign", {"assignee": world.agent.email}, by=agent, at=NOON)
    actions.reply(incident, by=agent, at=NOON, body="We look at it.")
    deliver()
    assert told() == []


def test_a_note_tells_whom_it_names_once_though_he_watches_too(world: World, incident: Ticket):
    actions.watch(incident, by=world.actor(world.lead), at=NOON)
    actions.note(incident, by=world.actor(world.agent), at=NOON, body="@Marta Kovac, have a look.")
    actions.reply(incident, by=world.actor(world.agent), at=NOON + HOUR, body="We look at it.")
    deliver()
    assert told() == [("lead", "mention"), ("lead", "watched")]


def test_a_task_tells_whom_it_was_given_to(world: World, incident: Ticket):
    task = {"title": "Order a cable", "assignee": world.agent.email}
    verbs.run(incident, "add_task", task, by=world.actor(world.lead), at=NOON)
    deliver()
    assert told() == [("agent", "task")]


def test_nobody_is_told_of_what_he_may_not_see(world: World, mine: Ticket):
    lead = world.actor(world.lead)
    actions.note(mine, by=lead, at=NOON, body="@Agent of canary-beta @Sofia Keller look")
    verbs.run(mine, "restrict", {"reason": "Security", "members": []}, by=lead, at=NOON)
    inside = lead.inside(Ticket.objects.get(pk=mine.pk).compartment)
    actions.note(mine, by=inside, at=NOON + HOUR, body="@Omar Haddad sees nothing of it")
    deliver()
    with scope(ALL, compartments=inside.compartments):
        assert told() == [("agent", "assigned"), ("agent", "mention")]
        assert {one.compartment for one in Notice.objects.all()} == inside.compartments - {0}
    with scope(ALL):
        assert told() == []


def test_the_page_shows_one_line_per_ticket_and_done_takes_it_away_until_undone(world: World, mine: Ticket):
    actions.reply(mine, by=world.acme.actor(world.acme.requester), at=NOON + HOUR, body="It is worse.")
    deliver()
    client = sign_in(Client(), world.agent)
    page = client.get("/desk/inbox/").text
    assert page.count("data-line-link") == 1
    assert "Answer on your ticket" in page
    assert "and 1 more" in page
    newest = Notice.objects.latest("id")
    answer = client.post(f"/desk/inbox/{newest.pk}/done/")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/inbox/")
    page = client.get("/desk/inbox/").text
    assert "Nothing waits for you." in page
    assert f"/desk/inbox/{newest.pk}/again/" in page
    client.post(f"/desk/inbox/{newest.pk}/again/")
    assert "and 1 more" in client.get("/desk/inbox/").text


def test_what_comes_while_i_am_done_with_a_line_stays(world: World, mine: Ticket):
    seen = Notice.objects.latest("id")
    actions.reply(mine, by=world.acme.actor(world.acme.requester), at=NOON + HOUR, body="It is worse.")
    deliver()
    sign_in(client := Client(), world.agent)
    client.post(f"/desk/inbox/{seen.pk}/done/")
    assert [one.done_at is None for one in Notice.objects.order_by("id")] == [False, True]


def test_the_badge_counts_tickets_with_something_new_until_they_are_read(world: World, mine: Ticket):
    client = sign_in(Client(), world.agent)
    badge = '<span class="t">Inbox</span><span class="n">1</span>'
    assert badge in client.get("/desk/").text
    client.post(f"/desk/tickets/{mine.number}/read/")
    assert badge not in client.get("/desk/").text
    assert "data-line-link" in client.get("/desk/inbox/").text


def test_put_off_tickets_and_drafts_have_their_own_places(world: World, mine: Ticket):
    until = {"reason": "scheduled", "until": "2026-11-20T09:00:00Z"}
    with time.frozen(NOON):
        verbs.run(mine, "hold", until, by=world.actor(world.agent), at=NOON)
        client = sign_in(Client(), world.agent)
        url = f"/desk/tickets/{mine.number}/drafts/note/"
        client.put(url, {"body": "Half a thought", "version": 0}, content_type="application/json")
        page = client.get("/desk/inbox/").text
    assert "Put off until" in page
    assert "20 Nov" in page
    assert "Half a thought" in page
    assert f"/desk/tickets/{mine.number}/?compose=note#note-body" in page


def test_a_deputy_finds_the_lines_of_who_is_away_as_far_as_he_sees_the_ticket(world: World, mine: Ticket):
    day = NOON.date()
    given = {"by": world.actor(world.agent), "at": NOON, "from_on": day, "to_on": day}
    absences.create_absence(world.agent, **given, deputy=world.lead)
    with time.frozen(NOON + HOUR):
        deputy = sign_in(Client(), world.lead)
        page = deputy.get("/desk/inbox/").text
        assert ("who is away" in page, mine.title in page) == (True, True)
        assert (
            "inbox/" not in page.partition('id="inbox-deputy"')[2].partition("</div>")[0]
        )  # nothing to tick off
        other = sign_in(Client(), world.auditor)
        assert mine.title not in other.get("/desk/inbox/").text
    with time.frozen(NOON + 48 * HOUR):
        assert mine.title not in sign_in(Client(), world.lead).get("/desk/inbox/").text


def test_somebody_elses_notice_does_not_exist(world: World, mine: Ticket):
    notice = Notice.objects.get()
    client = sign_in(Client(), world.lead)
    for deed in ("done", "again"):
        assert client.post(f"/desk/inbox/{notice.pk}/{deed}/").status_code == 404
    assert Caller(world.lead).post(f"me/notices/{notice.pk}/done/").status_code == 404
    assert Notice.objects.get().done_at is None


def test_by_rest_i_read_my_notices_and_am_done_with_them(world: World, mine: Ticket):
    caller = Caller(world.agent)
    (found,) = caller.get("me/notices/").json()["results"]
    assert found["ticket"] == {"key": mine.number, "name": mine.title}
    assert (found["reason"], found["event"], found["read_at"]) == ("assigned", "incident.assigned", None)
    address = f"me/notices/{found['id']}/"
    assert caller.post(f"{address}read/").status_code == 204
    assert caller.get(address).json()["read_at"] is not None
    assert caller.post(f"{address}done/").status_code == 204
    assert caller.get("me/notices/").json()["results"] == []
