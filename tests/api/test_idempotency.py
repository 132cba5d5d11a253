"""Writing twice: one key, one piece of work, one answer."""

import datetime as dt
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.db.models import Model
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from core import time
from core.actor import ALL
from customers import scoping
from journal.models import Entry, IdempotencyKey
from tests.api.callers import Caller
from tests.places import NOON, World, build_world
from tickets.models import Message, Ticket, Upload

SAID = {
    "customer": "acme",
    "title": "VPN drops",
    "external_references": [{"system": "probe", "reference": "7"}],
}


def kept(world: World, model: type[Model]) -> int:
    """How many rows of the agent's own there are; nobody else sees them."""
    with scoping.scope(ALL, caller=f"user:{world.agent.pk}"):
        return model.objects.count()


def test_the_same_request_again_gives_the_first_answer_and_changes_nothing(world: World):
    agent = Caller(world.agent)
    first = agent.post("incidents/", SAID, idempotency_key="probe-7")
    before = Ticket.objects.count(), Entry.objects.count()
    again = agent.post("incidents/", SAID, idempotency_key="probe-7")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    for name in ("Location", "ETag", "Content-Type"):
        assert again[name] == first[name]
    assert again["Idempotent-Replayed"] == "true"
    assert not first.has_header("Idempotent-Replayed")
    assert (Ticket.objects.count(), Entry.objects.count()) == before


def test_other_content_under_the_same_key_is_refused(world: World):
    agent = Caller(world.agent)
    agent.post("incidents/", SAID, idempotency_key="k")
    before = Ticket.objects.count()
    answer = agent.post("incidents/", {**SAID, "title": "Other"}, idempotency_key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert Ticket.objects.count() == before


def test_a_key_belongs_to_caller_and_path(world: World, incident: Ticket):
    agent, lead = Caller(world.agent), Caller(world.lead)
    said = {"kind": "reply", "body": "Hello"}
    place = f"tickets/{incident.number}/messages/"
    assert agent.post(place, said, idempotency_key="k").status_code == 201
    assert lead.post(place, said, idempotency_key="k").status_code == 201
    assert (
        agent.post("incidents/", {"customer": "acme", "title": "x"}, idempotency_key="k").status_code == 201
    )
    assert Message.objects.filter(ticket=incident, kind="reply").count() == 2


def test_what_was_refused_left_nothing_and_may_be_tried_again(world: World, incident: Ticket):
    agent = Caller(world.agent)
    place = f"incidents/{incident.number}/actions/resolve/"
    assert agent.post(place, {"code": "fixed"}, idempotency_key="k").status_code == 422
    assert kept(world, IdempotencyKey) == 0
    assert agent.post(place, {"code": "fixed", "note": "Done."}, idempotency_key="k").status_code == 200
    assert agent.post(place, {"code": "fixed", "note": "Done."}, idempotency_key="k").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(world: World, key: str):
    answer = Caller(world.agent).post("incidents/", SAID, idempotency_key=key)
    assert (answer.status_code, answer.json()["errors"].keys()) == (400, {"Idempotency-Key"})


def test_an_answer_is_kept_for_a_day(world: World):
    agent, said = Caller(world.agent), {"customer": "acme", "title": "x"}
    first = agent.post("incidents/", said, idempotency_key="k").json()["number"]
    with scoping.scope(ALL, caller=f"user:{world.agent.pk}"):
        assert IdempotencyKey.objects.update(created_at=NOON - dt.timedelta(hours=24, seconds=1)) == 1
    assert agent.post("incidents/", said, idempotency_key="k").json()["number"] != first


def test_a_file_counts_by_its_bytes_not_by_its_boundary(world: World):
    agent = Caller(world.agent)

    def send(content: bytes, boundary: str = BOUNDARY):
        body = encode_multipart(boundary, {"file": SimpleUploadedFile("a.txt", content)})
        kind = MULTIPART_CONTENT.replace(BOUNDARY, boundary)
        return agent.call("POST", "uploads/", raw=body, content_type=kind, idempotency_key="k")

    assert send(b"one").json() == send(b"one", "other-boundary").json()
    assert send(b"two").status_code == 422
    assert kept(world, Upload) == 1


def test_two_at_once_make_one_incident(committing_db: str):
    with time.frozen(NOON), scoping.scope(ALL):
        world = build_world()
    started, finish, answers = threading.Event(), threading.Event(), {}

    def first() -> None:
        """Do the work, and wait inside its transaction until the second one was told."""
        with scoping.scope(ALL, caller=f"user:{world.agent.pk}"):
            answers["first"] = Caller(world.agent).post("incidents/", SAID, idempotency_key="k")
            started.set()
            finish.wait(20)
        connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(20)
    answers["second"] = Caller(world.agent).post("incidents/", SAID, idempotency_key="k")
    finish.set()
    thread.join(20)
    answers["third"] = Caller(world.agent).post("incidents/", SAID, idempotency_key="k")
    assert {name: one.status_code for name, one in answers.items()} == {
        "first": 201,
        "second": 409,
        "third": 201,
    }
    assert answers["second"].json()["code"] == "conflict"
    assert answers["third"].content == answers["first"].content
    assert answers["third"]["Idempotent-Replayed"] == "true"
    with scoping.scope(ALL):
        assert Ticket.objects.count() == 1
    connection.close()
