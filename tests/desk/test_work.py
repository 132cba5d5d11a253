"""Working a ticket at the desk: each deed a form, each refusal at its place, nothing lost when two work at once."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from journal.models import Entry
from tests.desk.hands import forms, leave_the_outbox, send, sign_in
from tests.places import NOON, World, report
from tickets import actions, verbs
from tickets.models import Attachment, Link, Message, Ticket

HX = {"HX-Request": "true"}


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    return sign_in(client, world.agent)


def at(ticket: Ticket, tail: str = "") -> str:
    return f"/desk/tickets/{ticket.number}/{tail}"


def names(ticket: Ticket) -> list[str]:
    return list(
        Entry.objects.filter(subject_id=ticket.pk, subject_kind="incident")
        .order_by("id")
        .values_list("name", flat=True)
    )


def test_a_reply_is_sent_and_accepts_the_ticket(agent: Client, incident: Ticket) -> None:
    page = agent.get(at(incident, "?compose=reply"))
    answer = send(agent, page, at(incident, "reply/"), body="Please restart.", then="")
    assert answer.status_code == 302
    assert leave_the_outbox() == 1
    incident.refresh_from_db()
    assert incident.state == "in_progress"
    said = Message.objects.order_by("-id")[0]
    assert (said.kind, said.audience, said.body) == ("reply", "public", "Please restart.")
    assert names(incident) == ["incident.opened", "incident.replied", "incident.accepted"]


def test_a_reply_may_wait_for_the_customer(agent: Client, world: World) -> None:
    incident = report(world.acme, at=NOON - dt.timedelta(hours=1))
    page = agent.get(at(incident, "?compose=reply"))
    answer = send(agent, page, at(incident, "reply/"), body="Which gate?", then="hold")
    assert answer.status_code == 302
    assert leave_the_outbox() == 1
    incident.refresh_from_db()
    assert (incident.state, incident.hold_kind, incident.assignee) == ("on_hold", "customer", world.agent)
    assert "With customer" in agent.get("/desk/").text


def test_a_reply_with_a_file_may_wait_too(agent: Client, world: World) -> None:
    incident = report(world.acme, at=NOON - dt.timedelta(hours=1))
    page = agent.get(at(incident, "?compose=reply"))
    file = SimpleUploadedFile("log.txt", b"line one")
    answer = send(agent, page, at(incident, "reply/"), body="See the log.", then="hold", files=[file])
    assert answer.status_code == 302, answer.text
    assert leave_the_outbox() == 1
    incident.refresh_from_db()
    assert incident.hold_kind == "customer"
    assert Attachment.objects.get().name == "log.txt"


def test_a_note_stays_inside(agent: Client, incident: Ticket) -> None:
    page = agent.get(at(incident, "?compose=note"))
    assert send(agent, page, at(incident, "note/"), body="Gateway 02 is old.").status_code == 302
    said = Message.objects.order_by("-id")[0]
    assert (said.kind, said.audience) == ("note", "provider")
    assert "Internal, team only" in agent.get(at(incident)).text


def test_the_two_editors_share_no_field_and_nothing_is_open_at_first(agent: Client, incident: Ticket) -> None:
    page = agent.get(at(incident))
    assert 'data-open=""' in page.text
    found = forms(page.text)
    assert found[at(incident, "reply/")]["body"] == found[at(incident, "note/")]["body"] == ""
    wrong = send(agent, agent.get(at(incident, "?compose=note")), at(incident, "note/"), body="")
    assert wrong.status_code == 422
    assert 'data-open="note"' in wrong.text


def test_a_form_that_is_sent_twice_says_it_once(agent: Client, incident: Ticket) -> None:
    page = agent.get(at(incident, "?compose=reply"))
    first = send(agent, page, at(incident, "reply/"), body="Once.", then="")
    second = send(agent, page, at(incident, "reply/"), body="Once.", then="")
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert leave_the_outbox() == 1
    assert Message.objects.filter(body="Once.").count() == 1


def test_a_send_is_held_when_the_customer_wrote_meanwhile(
    agent: Client, incident: Ticket, world: World
) -> None:
    page = agent.get(at(incident, "?compose=reply"))
    verbs.run(incident, "reply", {"body": "It works again!"}, by=world.actor(world.acme.requester), at=NOON)
    held = send(agent, page, at(incident, "reply/"), body="Try this.", then="")
    assert held.status_code == 409
    assert "wrote while you did" in held.text
    assert "It works again!" in held.text
    assert forms(held.text)[at(incident, "reply/")]["body"] == "Try this."
    assert not Message.objects.filter(body="Try this.").exists()
    assert send(agent, held, at(incident, "reply/"), then="").status_code == 302
    assert leave_the_outbox() == 1
    assert Message.objects.filter(body="Try this.").count() == 1


def test_a_send_is_held_when_the_ticket_changed_and_says_how(
    agent: Client, incident: Ticket, world: World
) -> None:
    page = agent.get(at(incident, "?compose=reply"))
    actions.assign(incident, by=world.actor(world.lead), at=NOON, assignee=world.lead)
    held = send(agent, page, at(incident, "reply/"), body="Try this.", then="")
    assert held.status_code == 409
    assert "Assignee: – → Marta Kovac" in held.text
    assert send(agent, held, at(incident, "reply/"), then="").status_code == 302


def test_resolving_asks_for_code_and_text(agent: Client, incident: Ticket) -> None:
    page = agent.get(at(incident, "do/resolve/"), headers=HX)
    assert page.status_code == 200
    assert "<html" not in page.text
    path = at(incident, "do/resolve/")
    lacking = agent.post(path, {**forms(page.text)[path], "code": "fixed"}, headers=HX)
    assert lacking.status_code == 422
    done = agent.post(
        path, {**forms(page.text)[path], "code": "fixed", "note": "Client replaced."}, headers=HX
    )
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    incident.refresh_from_db()
    assert incident.state == "resolved"
    assert agent.get(path).status_code == 409


def test_a_verb_on_a_stale_version_says_what_changed(agent: Client, incident: Ticket, world: World) -> None:
    path = at(incident, "do/cancel/")
    page = agent.get(path)
    actions.assign(incident, by=world.actor(world.lead), at=NOON, assignee=world.lead)
    stale = send(agent, page, path, reason="A duplicate.")
    assert stale.status_code == 412
    assert "Marta Kovac" in stale.text
    incident.refresh_from_db()
    assert incident.state == "new"
    assert send(agent, stale, path).status_code == 302
    incident.refresh_from_db()
    assert incident.state == "cancelled"


def test_assigning_changes_what_was_chosen_only(agent: Client, incident: Ticket, world: World) -> None:
    path = at(incident, "do/assign/")
    assert send(agent, agent.get(path), path, assignee=str(world.lead.pk)).status_code == 302
    incident.refresh_from_db()
    assert (incident.assignee, incident.team) == (world.lead, world.desk)
    nothing = send(agent, agent.get(path), path)
    assert nothing.status_code == 422
    assert "Say to whom" in nothing.text
    assert send(agent, agent.get(at(incident)), at(incident, "take/")).status_code == 302
    incident.refresh_from_db()
    assert incident.assignee == world.agent


def test_plain_fields_change_and_a_conflict_shows_both(agent: Client, incident: Ticket, world: World) -> None:
    path = at(incident, "change/")
    page = agent.get(path)
    actions.change(incident, by=world.actor(world.lead), at=NOON, fields={"title": "VPN drops daily"})
    conflict = send(agent, page, path, title="VPN drops hourly")
    assert conflict.status_code == 412
    assert "VPN drops daily" in conflict.text
    assert forms(conflict.text)[path]["title"] == "VPN drops hourly"
    assert send(agent, conflict, path).status_code == 302
    incident.refresh_from_db()
    assert incident.title == "VPN drops hourly"


def test_a_priority_by_hand_needs_a_reason(agent: Client, incident: Ticket) -> None:
    path = at(incident, "change/?only=priority")
    page = agent.get(path)
    wrong = send(agent, page, path, priority="1")
    assert wrong.status_code == 422
    assert "say why" in wrong.text
    assert (
        send(agent, page, path, priority="1", priority_reason="The board meets.", once="b").status_code == 302
    )
    incident.refresh_from_db()
    assert (incident.priority, incident.priority_override) == (1, 1)


def test_links_are_made_and_taken_away(agent: Client, incident: Ticket, world: World) -> None:
    other = report(world.acme, title="Another one")
    path = at(incident, "link/")
    page = agent.get(at(incident, "?tab=linked"))
    assert send(agent, page, path, kind="duplicate_of", number=other.number.lower()).status_code == 302
    page = agent.get(at(incident, "?tab=linked"))
    assert "Another one" in page.text
    assert "has the duplicate" in agent.get(at(other, "?tab=linked")).text
    again = send(agent, page, path, kind="duplicate_of", number=other.number)
    assert again.status_code == 422
    gone = at(incident, f"links/{Link.objects.get().pk}/remove/")
    assert send(agent, page, gone).status_code == 302
    assert not Link.objects.exists()


def test_a_file_comes_as_a_download_and_nothing_else(agent: Client, incident: Ticket) -> None:
    page = agent.get(at(incident, "?compose=note"))
    file = SimpleUploadedFile("<b>.html", b"<script>alert(1)</script>", content_type="text/html")
    assert send(agent, page, at(incident, "note/"), body="See.", files=[file]).status_code == 302
    one = Attachment.objects.get()
    answer = agent.get(at(incident, f"files/{one.pk}/"))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    Path(settings.MEDIA_ROOT, one.storage_key).unlink()
    assert agent.get(at(incident, f"files/{one.pk}/")).status_code == 404


def test_several_tickets_are_assigned_at_once(agent: Client, incident: Ticket, world: World) -> None:
    other = report(world.beta, title="Another one")
    ask = agent.post("/desk/bulk/", {"deed": "assign", "ticket": [incident.number, other.number]})
    assert ask.status_code == 200
    assert incident.number in ask.text
    done = agent.post("/desk/bulk/", {**forms(ask.text)["/desk/bulk/"], "ticket": [incident.number, other.number],
                                      "assignee": world.lead.pk})  # fmt: skip
    assert done.status_code == 302
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {world.lead.pk}


def test_a_ticket_is_opened_for_a_caller(agent: Client, world: World) -> None:
    path = f"/desk/new/?caller={world.acme.requester.pk}"
    answer = send(
        agent,
        agent.get(path),
        path,
        title="No sound",
        description="The headset is dead.",
        service=world.acme.service.pk,
    )
    assert answer.status_code == 302, answer.text
    made = Ticket.objects.get(title="No sound")
    assert (made.requester, made.channel, made.team) == (world.acme.requester, "phone", world.desk)


def test_a_ticket_is_opened_for_a_caller_nobody_knows(agent: Client, world: World) -> None:
    path = "/desk/new/?customer=beta"
    answer = send(
        agent,
        agent.get(path),
        path,
        caller_name="Piotr Zielinski",
        caller_contact="piotr@beta.example",
        title="No light",
    )
    assert answer.status_code == 302, answer.text
    made = Ticket.objects.get(title="No light")
    assert (made.requester.name, made.customer) == ("Piotr Zielinski", world.beta.customer)


def test_search_finds_words_and_goes_straight_to_a_number(agent: Client, incident: Ticket) -> None:
    assert "VPN <mark>drops</mark> canary-acme" in agent.get("/desk/search/?q=drops").text
    straight = agent.get(f"/desk/search/?q={incident.number.lower()}")
    assert straight["Location"] == f"/desk/tickets/{incident.number}/"
    assert "Nothing for" in agent.get("/desk/search/?q=submarine").text


def test_no_get_changes_anything(agent: Client, incident: Ticket) -> None:
    before = Entry.objects.count()
    for tail in ("reply/", "note/"):  # from a sign-in on the way: back to the editor
        assert agent.get(at(incident, tail)).status_code == 302
    for tail in ("take/", "links/1/remove/", "items/1/remove/"):
        assert agent.get(at(incident, tail)).status_code == 405
    assert agent.get("/desk/bulk/").status_code == 405
    assert Entry.objects.count() == before
