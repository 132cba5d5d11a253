"""What hangs on a ticket, by REST: files, links, search; and what a list costs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from core.actor import ALL
from customers import scoping
from journal.models import Entry
from tests.api.callers import Caller
from tests.places import World, report
from tickets.models import Attachment, Link, Ticket, Upload

OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def entries() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("name", flat=True))


def new_entries(before: list[str]) -> list[str]:
    return entries()[len(before) :]


@pytest.fixture
def administrator(world: World) -> Caller:
    return Caller(world.administrator)


@pytest.fixture
def agent(world: World) -> Caller:
    return Caller(world.agent)


def send(
    caller: Caller,
    path: str,
    name: str = "trace.txt",
    content: bytes = b"ping",
    field: str = "file",
    **headers: str,
):
    file = SimpleUploadedFile(name, content, "text/html")
    return caller.call(
        "POST", path, raw=encode_multipart(BOUNDARY, {field: file}), content_type=MULTIPART_CONTENT, **headers
    )


# Who is who.


def test_a_file_from_the_upload_to_a_part_of_its_bytes(world: World, incident: Ticket, agent: Caller):
    requester = Caller(world.acme.requester)
    sent = send(requester, "uploads/", "schöner “Name”.html", b"0123456789")
    assert sent.status_code == 201, sent.content
    assert (sent.json()["size"], sent.json()["content_type"]) != (10, "application/x-executable")
    stolen = agent.post(
        f"tickets/{incident.number}/messages/",
        {"kind": "reply", "body": "x", "attachments": [sent.json()["id"]]},
    )
    assert stolen.status_code == 422
    said = requester.post(
        f"tickets/{incident.number}/messages/",
        {"kind": "reply", "body": "Here", "attachments": [sent.json()["id"]]},
    )
    assert said.status_code == 201, said.content
    file = said.json()["attachments"][0]
    with scoping.scope(ALL, caller=f"user:{world.acme.requester.user_id}"):
        assert Upload.objects.count() == 0
    assert agent.get(f"tickets/{incident.number}/attachments/").json()["results"] == [file]
    whole = agent.get(file["content"])
    assert b"".join(whole.streaming_content) == b"0123456789"
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert whole["Content-Type"] == "application/octet-stream"
    assert whole["Content-Disposition"].startswith("attachment; filename*=utf-8''sch%C3%B6ner")
    part = agent.get(file["content"], range="bytes=2-4")
    assert (part.status_code, b"".join(part.streaming_content), part["Content-Range"]) == (
        206,
        b"234",
        "bytes 2-4/10",
    )
    assert b"".join(agent.get(file["content"], range="bytes=-3").streaming_content) == b"789"
    assert b"".join(agent.get(file["content"], range="bytes=7-").streaming_content) == b"789"
    assert agent.get(file["content"], range="bytes=10-").status_code == 416
    other = agent.get(file["content"], range="bytes=2-4", if_range='"other"')
    assert (other.status_code, b"".join(other.streaming_content)) == (200, b"0123456789")
    assert Caller(world.beta.agent).get(file["content"]).status_code == 404


def test_a_file_of_a_note_stays_inside(world: World, incident: Ticket, agent: Caller):
    sent = send(agent, f"tickets/{incident.number}/attachments/").json()["id"]
    agent.post(
        f"tickets/{incident.number}/messages/", {"kind": "note", "body": "Look", "attachments": [sent]}
    )
    requester = Caller(world.acme.requester)
    assert requester.get(f"tickets/{incident.number}/attachments/").json()["results"] == []
    number = Attachment.objects.get().pk
    assert requester.get(f"tickets/{incident.number}/attachments/{number}/content/").status_code == 404
    assert send(agent, "uploads/", field="data").status_code == 400


def test_links_between_tickets(world: World, incident: Ticket, agent: Caller):
    other, foreign = report(world.acme, title="The cause"), report(world.beta)
    place = f"tickets/{incident.number}/links/"
    made = agent.post(place, {"kind": "caused_by", "number": other.number.lower()})
    assert (made.status_code, made.json()["number"]) == (201, other.number)
    assert agent.post(place, {"kind": "caused_by", "number": other.number}).status_code == 409
    assert agent.post(place, {"kind": "caused_by", "number": incident.number}).status_code == 422
    assert agent.post(place, {"kind": "loves", "number": other.number}).status_code == 400
    back = agent.get(f"tickets/{other.number}/links/").json()["results"]
    assert [(one["direction"], one["number"]) for one in back] == [("in", incident.number)]
    hidden = Caller(world.acme.agent).post(place, {"kind": "related_to", "number": foreign.number})
    assert (hidden.status_code, hidden.json()["errors"].keys()) == (400, {"number"})
    assert Caller(world.acme.requester).get(place).json()["results"] == []
    assert Caller(world.acme.requester).delete(f"{place}{made.json()['id']}/").status_code == 404
    assert Link.objects.count() == 1
    assert agent.delete(f"{place}{made.json()['id']}/").status_code == 204
    assert Link.objects.count() == 0


def test_search_finds_numbers_words_and_people(world: World, incident: Ticket, agent: Caller):
    other = report(world.acme, title=f"Like {incident.number}")
    found = agent.get(f"search/?q={incident.number.lower()}").json()["results"]
    assert [one["key"] for one in found] == [incident.number, other.number]
    people = agent.get("search/?q=colleague&kind=people").json()["results"]
    assert [one["title"] for one in people] == ["Colleague canary-acme", "Colleague canary-beta"]
    assert agent.get("search/?q=x&kind=cats").status_code == 400
    assert agent.get("search/").status_code == 400
    outsider = Caller(world.beta.requester)
    assert outsider.get(f"search/?q={incident.number}").json()["results"] == []
    assert outsider.get("search/?q=canary-acme").json()["results"] == []


# How many queries.
