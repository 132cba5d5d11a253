"""The ground rules of the REST contract: how it refuses, and how two writers at once fare."""

import pytest
from django.test import Client

from tests.api.callers import PROBLEM, Caller, refused, rows
from tests.places import World
from tickets import policy
from tickets.api.doors import ELSEWHERE
from tickets.models import Ticket

NOWHERE = "/api/v1/nothing-like-this/"


# Errors.


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_an_unknown_address_is_a_problem_document(world: World, method: str):
    answer = Caller(world.agent).call(method, NOWHERE)
    assert refused(answer, 404, "not_found")["status"] == 404


def test_a_wrong_method_format_or_type_is_a_problem_document(world: World, incident: Ticket):
    agent = Caller(world.agent)
    answer = agent.call("PUT", f"incidents/{incident.number}/", {})
    refused(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "PATCH"}
    refused(agent.call("OPTIONS", "incidents/"), 405, "method_not_allowed")
    refused(agent.get("incidents/", accept="text/html"), 406, "not_acceptable")
    before = rows()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = agent.call("POST", "incidents/", raw=b"title=x", content_type=kind)
        refused(answer, 415, "unsupported_media_type")
    assert rows() == before


def test_a_body_that_is_too_large_is_refused_before_it_is_read(world: World):
    body = b'{"title": "' + b"x" * 3_000_000 + b'"}'
    before = rows()
    refused(Caller(world.agent).call("POST", "incidents/", raw=body), 413, "too_large")
    assert rows() == before


def test_a_fault_of_ours_tells_nothing_but_its_id(world: World, monkeypatch: pytest.MonkeyPatch):
    from tickets import queries  # noqa: PLC0415 - one test only

    def burst(*_args: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(queries, "lines", burst)
    found = refused(Caller(world.agent).get("incidents/"), 500, "internal_error")
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b'"text"', b"\xff\xfe", b'{"title": NaN}', b'{"title": Infinity}', b'{"title": 1e999}',
        b'{"title": "a", "title": "b"}', b'{"title": "a\\u0000b"}', b'{"title": "\\ud800"}', b'{"\\u0000": 1}',
        b'{"extra": ' + b'{"a":' * 40 + b"1" + b"}" * 41, b'{"title": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_json_that_is_ambiguous_endless_or_no_text_is_malformed(world: World, body: bytes):
    before = rows()
    refused(Caller(world.agent).call("POST", "incidents/", raw=body), 400, "malformed")
    assert rows() == before


def test_thirty_two_levels_are_read(world: World):
    deep = b'{"x": ' + b"[" * 31 + b"]" * 31 + b"}"
    assert refused(Caller(world.agent).call("POST", "incidents/", raw=deep), 400, "malformed")[
        "errors"
    ].keys() == {"x"}


def test_unknown_and_wrong_fields_are_named(world: World, incident: Ticket):
    agent, before = Caller(world.agent), rows()
    found = refused(
        agent.post("incidents/", {"customer": "acme", "title": "x", "colour": 1}), 400, "malformed"
    )
    assert found["errors"] == {"colour": ["There is no such field here."]}
    wrong = {
        "customer": "nobody",
        "title": 5,
        "impact": "2",
        "service": "none",
        "team": "none",
        "assignee": 10**30,
    }
    found = refused(
        agent.post("incidents/", {**wrong, "extra": {"a": 1}, "impact_from": "yesterday"}), 400, "malformed"
    )
    assert found["errors"].keys() == {*wrong, "extra", "impact_from"}
    references = [{"system": "a"}, {"system": "b", "reference": "1", "x": 1}]
    found = refused(
        agent.post("incidents/", {"title": "x", "external_references": references}), 400, "malformed"
    )
    assert found["errors"].keys() == {"external_references.0.reference", "external_references.1.x"}
    assert refused(agent.patch(f"incidents/{incident.number}/", {"state": "closed"}), 400, "malformed")[
        "errors"
    ].keys() == {"state"}
    place = f"incidents/{incident.number}/actions"
    assert refused(agent.post(f"{place}/accept/", {"x": 1}), 400, "malformed")["errors"].keys() == {"x"}
    assert refused(agent.post(f"{place}/assign/", {"assignee": "no@one.example"}), 400, "malformed")[
        "errors"
    ].keys() == {"assignee"}
    assert rows() == before


def test_a_rule_that_refuses_is_no_malformed_request(world: World, incident: Ticket):
    agent, before = Caller(world.agent), rows()
    place = f"incidents/{incident.number}/actions"
    assert refused(agent.post(f"{place}/resolve/", {"code": "fixed"}), 422, "invalid")["errors"].keys() == {
        "note"
    }
    found = refused(agent.post(f"{place}/close/"), 409, "not_allowed")
    usable = [one.verb for one in policy.allowed(world.actor(world.agent), incident)]
    assert found["allowed"] == [one for one in usable if one not in ELSEWHERE]
    assert {"accept", "hold", "resolve"} <= set(found["allowed"])
    assert not {"close", "reopen", "resume"} & set(found["allowed"])
    found = refused(
        agent.post("incidents/", {"customer": "acme", "title": "x", "service": "remote-access-beta"}),
        422,
        "invalid",
    )
    assert found["errors"].keys() == {"service"}
    for kind, audience in (("note", "public"), ("reply", "desk"), ("reply", "supplier")):
        said = {"kind": kind, "audience": audience, "body": "x"}
        found = refused(agent.post(f"tickets/{incident.number}/messages/", said), 422, "invalid")
        assert found["errors"].keys() == {"audience"}
    assert rows() == before


@pytest.mark.parametrize("verb", ["change", "link", "nothing", "__class__"])
def test_a_verb_that_is_not_one_is_not_found(world: World, incident: Ticket, verb: str):
    before = rows()
    refused(Caller(world.agent).post(f"incidents/{incident.number}/actions/{verb}/"), 404, "not_found")
    assert rows() == before


def test_the_database_has_the_last_word_in_a_sentence(world: World):
    agent = Caller(world.agent)
    said = {"customer": "acme", "title": "x", "external_references": [{"system": "probe", "reference": "7"}]}
    assert agent.post("incidents/", said).status_code == 201
    before = rows()
    found = refused(agent.post("incidents/", said), 409, "conflict")
    assert found["constraint"] == "external_reference_once"
    assert rows() == before


# Writing at once.


def test_a_record_answers_its_version_and_a_stale_writer_gets_the_present_one(world: World, incident: Ticket):
    agent, place = Caller(world.agent), f"incidents/{incident.number}/"
    tag = agent.get(place)["ETag"]
    assert tag == f'"{incident.version}"'
    changed = agent.patch(place, {"title": "VPN drops for all"}, if_match=f"W/{tag}")
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    before = rows()
    for answer in (
        agent.patch(place, {"title": "Other"}, if_match=tag),
        agent.post(f"{place}actions/accept/", {}, if_match=tag),
        agent.post(f"{place}actions/accept/", {}, if_match='"0", W/"1"'),
    ):
        found = refused(answer, 412, "stale")
        assert (found["record"]["title"], found["record"]["version"], answer["ETag"]) == (
            "VPN drops for all",
            2,
            '"2"',
        )
    refused(agent.patch(place, {"title": "Other"}, if_match="2"), 400, "malformed")
    assert rows() == before
    assert agent.patch(place, {"title": "Other"}, if_match="*").status_code == 200
    assert agent.post(f"{place}actions/accept/", {}, if_match='"9", "3"').json()["version"] == 4


@pytest.mark.django_db
def test_a_post_to_no_address_is_a_problem_document_even_where_csrf_is_checked():
    answer = Client(enforce_csrf_checks=True).post(
        NOWHERE, {}, "application/json", HTTP_AUTHORIZATION="Bearer c8_x"
    )
    assert (answer.status_code in (401, 404), answer["Content-Type"]) == (True, PROBLEM)
