"""A macro in the composer: its changes go with the send, each can be taken away, and nothing is half done."""

import pytest
from django.test import Client

from automation import actions as automation
from automation.models import Macro
from tests.desk.hands import send, sign_in
from tests.places import NOON, SYSTEM, World
from tickets import actions, verbs
from tickets.models import Message, PendingSend, Ticket


@pytest.fixture
def macro(world: World) -> Macro:
    made = Macro(
        name="VPN", reply="Which client?", set_priority=2, priority_reason="Many wait", set_team=world.desk
    )
    made.takes = True
    return automation.create_prepared(made, by=SYSTEM, at=NOON)


def at(ticket: Ticket, tail: str = "") -> str:
    return f"/desk/tickets/{ticket.number}/{tail}"


def test_what_is_kept_of_a_macro_is_done_with_the_reply(world: World, incident: Ticket, macro: Macro):
    client = sign_in(Client(), world.agent)
    edits = {"macro": str(macro.pk), f"edit-{macro.pk}": ["priority", "assignee"]}
    answer = send(client, client.get(at(incident)), at(incident, "reply/"), body="Which client?", **edits)
    assert answer.status_code == 302
    now = Ticket.objects.get(pk=incident.pk)
    assert (now.priority, now.assignee) == (2, world.agent)
    assert PendingSend.objects.get().body == "Which client?"


def test_undoing_the_send_takes_its_changes_back_too(world: World, incident: Ticket, macro: Macro):
    client = sign_in(Client(), world.agent)
    edits = {"macro": str(macro.pk), f"edit-{macro.pk}": ["priority", "assignee"]}
    was = (incident.priority, incident.priority_override, incident.assignee)
    for is_touched in (False, True):
        send(client, client.get(at(incident)), at(incident, "reply/"), body="Which client?", **edits)
        pending = PendingSend.objects.get()
        if is_touched:
            verbs.run(incident, "note", {"body": "Wait."}, by=world.actor(world.lead), at=NOON)
            now = Ticket.objects.get(pk=incident.pk)
            actions.change(now, by=world.actor(world.lead), at=NOON, fields={"title": "Another"})
        client.post(at(incident, f"outbox/{pending.pk}/undo/"))
        now = Ticket.objects.get(pk=incident.pk)
        found = (now.priority, now.priority_override, now.assignee)
        assert found == ((2, 2, world.agent) if is_touched else was)
        assert not PendingSend.objects.exists()


def test_what_was_taken_away_is_left_as_it_was(world: World, incident: Ticket, macro: Macro):
    client = sign_in(Client(), world.agent)
    edits = {"macro": str(macro.pk), f"edit-{macro.pk}": ["assignee"]}
    send(client, client.get(at(incident)), at(incident, "note/"), body="Mine.", **edits)
    now = Ticket.objects.get(pk=incident.pk)
    assert (now.priority, now.assignee) == (incident.priority, world.agent)


def test_a_held_send_changes_nothing_and_keeps_the_chips(world: World, incident: Ticket, macro: Macro):
    client = sign_in(Client(), world.agent)
    edits = {"macro": str(macro.pk), f"edit-{macro.pk}": ["priority"]}
    held = send(client, client.get(at(incident)), at(incident, "reply/"), body="I have attached it.", **edits)
    assert held.status_code == 409
    assert "Priority: P2" in held.text
    assert (Ticket.objects.get(pk=incident.pk).priority, PendingSend.objects.count()) == (
        incident.priority,
        0,
    )


def test_a_refused_change_keeps_the_text_unsaid(world: World, incident: Ticket, macro: Macro):
    client = sign_in(Client(), world.agent)
    page, edits = client.get(at(incident)), {"macro": "999999", "edit-999999": ["priority"]}
    answer = send(client, page, at(incident, "note/"), body="Never said", **edits)
    assert answer.status_code == 422
    assert "Never said" in answer.text
    assert not Message.objects.filter(body="Never said").exists()
