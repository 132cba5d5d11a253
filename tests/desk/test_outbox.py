"""Drafts and the outbox: nothing written is lost, nothing leaves early, everything leaves once."""

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.actor import ALL
from customers import scoping
from journal.models import Entry
from slas import standards
from slas.models import Timer
from tests.desk.hands import forms, leave_the_outbox, send, sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets import actions, tasks, verbs
from tickets.models import Attachment, Draft, Message, PendingSend, Ticket, Upload


@pytest.fixture
def agent(world: World, client: Client) -> Client:
    return sign_in(client, world.agent)


def at(ticket: Ticket, tail: str = "") -> str:
    return f"/desk/tickets/{ticket.number}/{tail}"


def put(client: Client, ticket: Ticket, kind: str = "reply", **given: Any) -> Any:
    return client.put(at(ticket, f"drafts/{kind}/"), json.dumps(given), content_type="application/json")


def mine(world: World) -> scoping.Scope:
    """The scope in which the agent's own rows exist: drafts and files are seen by their author alone."""
    return scoping.scope(ALL, caller=world.actor(world.agent).key)


def send_reply(client: Client, ticket: Ticket, body: str, **given: Any) -> Any:
    return send(client, client.get(at(ticket, "?compose=reply")), at(ticket, "reply/"), body=body, **given)


def test_a_draft_is_kept_for_its_author_alone_in_its_own_editor(
    agent: Client, incident: Ticket, world: World
) -> None:
    assert put(agent, incident, "note", body="The relay is full", caret=4).json()["version"] == 1
    page = agent.get(at(incident))
    assert forms(page.text)[at(incident, "note/")]["body"] == "The relay is full"
    assert forms(page.text)[at(incident, "reply/")]["body"] == ""
    assert "The relay is full" not in sign_in(Client(), world.lead).get(at(incident)).text


def test_two_windows_do_not_overwrite_each_other_in_silence(
    agent: Client, incident: Ticket, world: World
) -> None:
    put(agent, incident, body="One")
    put(agent, incident, body="One two", version=1)
    late = put(agent, incident, body="Other", version=1)
    assert (late.status_code, late.json()) == (412, {"body": "One two", "version": 2})
    with mine(world):
        assert Draft.objects.get().body == "One two"
    assert put(agent, incident, body="  ", version=2).json()["version"] == 0
    with mine(world):
        assert not Draft.objects.exists()


def test_what_others_do_leaves_a_draft_alone(agent: Client, incident: Ticket, world: World) -> None:
    put(agent, incident, body="Half a senten")
    lead = world.actor(world.lead)
    actions.assign(incident, by=lead, at=NOON, assignee=world.lead)
    verbs.run(incident, "cancel", {"reason": "Came twice"}, by=lead, at=NOON)
    with mine(world):
        assert Draft.objects.get().body == "Half a senten"


def test_a_late_save_of_a_sent_form_is_no_new_draft(agent: Client, incident: Ticket, world: World) -> None:
    page = agent.get(at(incident, "?compose=reply"))
    key = forms(page.text)[at(incident, "reply/")]["once"]
    send(agent, page, at(incident, "reply/"), body="Sent.")
    assert put(agent, incident, body="Sent", key=key).json() == {"is_sent": True}
    with mine(world):
        assert not Draft.objects.exists()


def test_a_reply_says_nothing_and_stops_no_clock_until_it_leaves(agent: Client, world: World) -> None:
    standards.best_effort(by=SYSTEM, at=NOON)
    incident = report(world.acme, at=NOON - dt.timedelta(minutes=1))
    answer = send_reply(agent, incident, "Please restart.", then="hold")
    incident.refresh_from_db()
    assert (answer.status_code, incident.state) == (302, "new")
    assert not Message.objects.filter(body="Please restart.").exists()
    page = agent.get(answer["Location"])
    assert "in the outbox" in page.text
    assert tasks.empty_outbox() == 0
    assert leave_the_outbox(dt.timedelta(seconds=10)) == 1
    assert tasks.empty_outbox() == 0
    said = Message.objects.get(body="Please restart.")
    assert said.at == NOON + dt.timedelta(seconds=10)
    first = Timer.objects.get(ticket_id=incident.pk, metric="first_response")
    assert first.stopped_at == said.at
    incident.refresh_from_db()
    assert (incident.state, incident.hold_kind) == ("on_hold", "customer")


def test_undo_brings_text_files_and_caret_back_and_changes_nothing(agent: Client, incident: Ticket) -> None:
    file = SimpleUploadedFile("log.txt", b"line one")
    kept = agent.post("/desk/drafts/files/", {"files": [file]}).json()["files"][0]
    send_reply(agent, incident, "See the attached log.", upload=[kept["id"]], caret=7, then="hold")
    before = Entry.objects.count()
    pending = PendingSend.objects.get()
    page = agent.post(at(incident, f"outbox/{pending.pk}/undo/"), follow=True)
    given = forms(page.text)[at(incident, "reply/")]
    assert (given["body"], 'data-caret="7"' in page.text, "log.txt" in page.text) == (
        "See the attached log.",
        True,
        True,
    )
    assert (leave_the_outbox(), Entry.objects.count()) == (0, before)
    incident.refresh_from_db()
    assert incident.state == "new"
    again = agent.post(at(incident, f"outbox/{pending.pk}/undo/"), follow=True)
    assert "can no longer be taken back" in again.text


def test_files_of_drafts_outlive_the_sweep_and_leave_with_the_reply(
    agent: Client, incident: Ticket, world: World
) -> None:
    kept = agent.post("/desk/drafts/files/", {"files": [SimpleUploadedFile("log.txt", b"x")]}).json()[
        "files"
    ][0]
    put(agent, incident, body="Later", uploads=[kept["id"]])
    with mine(world):
        assert actions.drop_unclaimed(by=world.actor(world.agent), at=NOON + dt.timedelta(days=3)) == 0
        assert Upload.objects.get().name == "log.txt"
    send_reply(agent, incident, "Later", upload=[kept["id"]])
    assert leave_the_outbox() == 1
    with mine(world):
        assert (Attachment.objects.get().name, Upload.objects.count(), Draft.objects.count()) == (
            "log.txt",
            0,
            0,
        )


def test_another_agent_can_neither_undo_nor_hurry_a_reply(
    agent: Client, incident: Ticket, world: World
) -> None:
    send_reply(agent, incident, "Mine.", then="")
    pending = PendingSend.objects.get()
    other = sign_in(Client(), world.lead)
    other.post(at(incident, f"outbox/{pending.pk}/undo/"))
    other.post(at(incident, f"outbox/{pending.pk}/send/"))
    assert PendingSend.objects.get() == pending
    done = agent.post(at(incident, f"outbox/{pending.pk}/send/"))
    assert done.status_code == 302, done.text[-2000:]
    assert (PendingSend.objects.count(), Message.objects.filter(body="Mine.").count()) == (0, 1)


def test_a_reply_that_may_no_longer_leave_goes_back_to_its_author_with_the_reason(
    agent: Client, incident: Ticket, world: World
) -> None:
    send_reply(agent, incident, "Try this.")
    verbs.run(incident, "cancel", {"reason": "Came twice"}, by=world.actor(world.lead), at=NOON)
    assert leave_the_outbox() == 1
    with mine(world):
        given = Draft.objects.get()
    assert (given.body, "is not possible now" in given.problem) == ("Try this.", True)
    assert not Message.objects.filter(body="Try this.").exists()


def test_a_send_is_held_with_one_line_per_reason_and_can_be_waved_through(
    agent: Client, incident: Ticket, world: World
) -> None:
    secret = "The gateway runs firmware seven, which is broken."
    verbs.run(incident, "note", {"body": secret}, by=world.actor(world.lead), at=NOON)
    held = send_reply(agent, incident, f"See the attached log, @Marta. {secret}")
    assert held.status_code == 409
    for sentence in ("nothing is attached", "mentions Marta Kovac", "repeats words of an internal note"):
        assert sentence in held.text
    assert not PendingSend.objects.exists()
    assert send(agent, held, at(incident, "reply/"), anyway="attached,mention,note").status_code == 302
    assert PendingSend.objects.count() == 1


def test_a_quoted_line_warns_of_nothing(agent: Client, incident: Ticket) -> None:
    assert send_reply(agent, incident, "> I have attached it\n\nThank you.").status_code == 302


def test_a_note_links_what_it_names(agent: Client, incident: Ticket, world: World) -> None:
    other = report(world.acme, title="Other")
    send(
        agent,
        agent.get(at(incident)),
        at(incident, "note/"),
        body=f"As in #{other.number}, again #{other.number}",
    )
    assert [(one.kind, one.other) for one in incident.links.all()] == [("related_to", other)]


def test_the_outbox_is_as_long_as_the_profile_says(agent: Client, incident: Ticket, world: World) -> None:
    world.agent.outbox_seconds = 60
    world.agent.save()
    send_reply(agent, incident, "Slowly.")
    assert leave_the_outbox(dt.timedelta(seconds=59)) == 0
    assert leave_the_outbox(dt.timedelta(seconds=60)) == 1


def test_send_and_next_opens_the_neighbour_with_undo_in_reach(agent: Client, world: World) -> None:
    first, second = report(world.acme), report(world.beta, title="Second")
    page = agent.get(at(first, "?view=all&compose=reply"))
    path = next(one for one in forms(page.text) if "/reply/" in one)
    answer = send(agent, page, path, body="Done.", next="1")
    assert answer["Location"].startswith(at(second))
    pending = PendingSend.objects.get()
    assert f'action="{at(first)}outbox/{pending.pk}/undo/' in agent.get(answer["Location"]).text
