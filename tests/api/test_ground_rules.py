"""The ground rules of the REST contract, one by one, through the real middleware."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import ServiceAccount
from api import throttling
from journal.models import Entry
from tests.api.callers import Caller
from tests.places import NOON, World, report
from tickets.models import Message, Ticket

PROBLEM = "application/problem+json"
NOWHERE = "/api/v1/nothing-like-this/"


def refused(answer, status: int, code: str) -> dict:
    """The problem document, once it is the one that was expected."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    found = answer.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["request_id"] == answer["X-Request-Id"]
    assert found["type"] == f"urn:clause8:problem:{code}"
    return found


def rows() -> tuple[int, int, int]:
    return Ticket.objects.count(), Entry.objects.count(), Message.objects.count()


# Signing in.


@pytest.mark.parametrize(
    "path", ["me/", "incidents/", "customers/", "schema/", "uploads/", "tickets/INC-1/journal/"]
)
def test_without_a_sign_in_the_answer_says_how_to(world: World, path: str):
    answer = Client().get(f"/api/v1/{path}")
    refused(answer, 401, "sign_in_needed")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("header", ["Bearer c8_nothing_like_it", "Bearer nonsense", "Basic YTpi", "Bearer"])
def test_a_token_that_does_not_work_is_no_sign_in(world: World, header: str):
    answer = Client().get("/api/v1/me/", headers={"authorization": header})
    refused(answer, 401, "sign_in_needed")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_revoked_token_stops_at_once(world: World):
    caller = Caller(world.agent)
    tokens.revoke(tokens.valid(world.agent, at=NOON).get(), at=NOON)
    refused(caller.get("me/"), 401, "sign_in_needed")


def test_a_token_works_only_as_far_as_its_scopes(world: World, incident: Ticket):
    reader = Caller(world.agent, scopes=("incidents:read",))
    assert reader.get("incidents/").status_code == 200
    before = rows()
    assert refused(reader.get("people/"), 403, "forbidden")["scope"] == "people:read"
    answer = reader.post(f"incidents/{incident.number}/actions/accept/")
    assert refused(answer, 403, "forbidden")["scope"] == "incidents:write"
    assert rows() == before
    writer = Caller(world.administrator, scopes=("write",))
    assert (
        refused(writer.post("teams/", {"slug": "x", "name": "X"}), 403, "forbidden")["scope"] == "teams:write"
    )
    assert Caller(world.agent, scopes=("read",)).get("incidents/").status_code == 200


def test_a_browser_session_needs_its_csrf_token(world: World, incident: Ticket):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(world.agent)
    assert browser.get("/api/v1/me/").json()["scopes"] is None
    before = rows()
    place = f"/api/v1/incidents/{incident.number}/actions/accept/"
    refused(browser.post(place, {}, content_type="application/json"), 403, "forbidden")
    assert rows() == before
    browser.cookies["csrftoken"] = "a" * 32
    answer = browser.post(place, {}, content_type="application/json", headers={"x-csrftoken": "a" * 32})
    assert answer.status_code == 200


def test_a_service_account_acts_under_its_own_name_and_is_never_a_human_answer(
    world: World, incident: Ticket
):
    from accounts import actions as accounts  # noqa: PLC0415 - one test only
    from accounts.roles import Role  # noqa: PLC0415
    from tests.places import SYSTEM  # noqa: PLC0415

    account = ServiceAccount.objects.create(name="Monitoring", owner=world.administrator)
    accounts.grant(account, Role.AGENT, by=SYSTEM, at=NOON, customer=world.acme.customer)
    robot = Caller(account)
    assert robot.get("me/").json()["kind"] == "service_account"
    answer = robot.post(
        f"tickets/{incident.number}/messages/", {"kind": "reply", "body": "Seen by the probe."}
    )
    assert answer.status_code == 201
    assert (answer.json()["author"], answer.json()["is_human"]) == (
        {"kind": "service_account", "name": "Monitoring"},
        False,
    )
    assert robot.get(f"incidents/{incident.number}/").json()["state"] == "new"
    assert robot.get("incidents/?assignee=me").json()["results"] == []


# Seeing.


def test_what_is_not_for_the_caller_answers_like_what_was_never_there(world: World, incident: Ticket):
    outsider = Caller(world.beta.requester)
    hidden = refused(outsider.get(f"incidents/{incident.number}/"), 404, "not_found")
    never = refused(outsider.get("incidents/INC-999999/"), 404, "not_found")
    unknown = refused(outsider.get(NOWHERE), 404, "not_found")
    for one in (hidden, never, unknown):
        one.pop("request_id")
    assert hidden == never == unknown
    before = rows()
    for path in ("messages/", "links/", "attachments/"):
        refused(
            outsider.post(f"tickets/{incident.number}/{path}", {"kind": "reply", "body": "x"}),
            404,
            "not_found",
        )
    refused(outsider.post(f"incidents/{incident.number}/actions/cancel/", {"reason": "x"}), 404, "not_found")
    refused(outsider.patch(f"incidents/{incident.number}/", {"title": "x"}), 404, "not_found")
    assert rows() == before


def test_an_agent_of_one_customer_sees_that_customer_only(world: World):
    mine, theirs = report(world.acme), report(world.beta)
    agent = Caller(world.acme.agent)
    assert [one["number"] for one in agent.get("tickets/").json()["results"]] == [mine.number]
    assert b"canary-beta" not in agent.get("people/").content + agent.get("services/").content
    refused(agent.get(f"tickets/{theirs.number}/timers/"), 404, "not_found")


def test_a_login_of_another_customer_is_not_named_by_giving_it_work(world: World, incident: Ticket):
    agent, before = Caller(world.acme.agent), rows()
    stranger = world.beta.requester.user
    place = f"incidents/{incident.number}/actions/assign/"
    for key in (stranger.pk, stranger.email, world.beta.agent.pk, "²", True, 1.5):
        answer = agent.post(place, {"assignee": key})
        assert b"canary-beta" not in answer.content
        assert refused(answer, 400, "malformed")["errors"].keys() == {"assignee"}
    assert refused(agent.post("incidents/", {"title": "x", "assignee": stranger.pk}), 400, "malformed")[
        "errors"
    ].keys() == {"assignee"}
    assert rows() == before
    assert agent.post(place, {"assignee": world.agent.pk}).json()["assignee"]["name"] == "Sofia Keller"


def test_a_customers_people_see_public_fields_only(world: World, incident: Ticket):
    agent, requester = Caller(world.agent), Caller(world.acme.requester)
    agent.post(f"tickets/{incident.number}/messages/", {"kind": "note", "body": "He is difficult."})
    agent.post(f"incidents/{incident.number}/actions/assign/", {"assignee": "me"})
    record = requester.get(f"incidents/{incident.number}/?expand=timers,requester,service").json()
    inner = {
        "team",
        "assignee",
        "priority",
        "priority_override",
        "impact",
        "urgency",
        "due_at",
        "due_metric",
        "hold_reason",
    }
    assert inner & record.keys() == set()
    assert record["timers"] == []
    assert {"criticality", "owner", "support_team", "customers"} & record["service"].keys() == set()
    assert requester.get(f"tickets/{incident.number}/timers/").json()["results"] == []
    said = requester.get(f"tickets/{incident.number}/messages/").json()["results"]
    assert [one["kind"] for one in said] == ["opening"]
    entries = requester.get(f"tickets/{incident.number}/journal/").json()["results"]
    assert [(one["name"], one["data"]) for one in entries] == [
        ("incident.opened", {"channel": "portal", "title": incident.title})
    ]
    for path in ("teams/", "agreements/", "configuration-items/", "configuration-item-types/"):
        assert requester.get(path).json()["results"] == []
    for name in ("team", "assignee", "priority", "due_before"):
        assert name in refused(requester.get(f"incidents/?{name}=1"), 400, "malformed")["errors"]
    refused(requester.get("incidents/?ordering=priority"), 400, "malformed")
    refused(requester.get("incidents/?fields=team"), 400, "malformed")


# Errors.


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_an_unknown_address_is_a_problem_document(world: World, method: str):
    refused(Caller(world.agent).call(method, NOWHERE), 404, "not_found")


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
    refused(Caller(world.agent).call("POST", "incidents/", raw=body), 413, "too_large")


def test_a_fault_of_ours_tells_nothing_but_its_id(world: World, monkeypatch: pytest.MonkeyPatch):
    from tickets import queries  # noqa: PLC0415 - one test only

    def burst(*_args: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(queries, "rows", burst)
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
    assert found["allowed"] == ["accept", "assign", "hold", "reply", "note", "resolve", "cancel"]
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
    refused(Caller(world.agent).post(f"incidents/{incident.number}/actions/{verb}/"), 404, "not_found")


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


# Lists.


def test_lists_are_paged_by_key_both_ways(world: World):
    numbers = [report(world.acme, title=f"Fault {position}").number for position in range(7)]
    agent = Caller(world.agent)
    page = agent.get("incidents/?page_size=3&customer=acme&count=estimate").json()
    assert [one["number"] for one in page["results"]] == numbers[:3:-1]
    assert (page["previous"], page["count"], page["as_of"]) == (None, 7, "2026-11-18T12:00:00Z")
    second = agent.get(page["next"]).json()
    assert [one["number"] for one in second["results"]] == numbers[3:0:-1]
    last = agent.get(second["next"]).json()
    assert ([one["number"] for one in last["results"]], last["next"]) == (numbers[:1], None)
    assert agent.get(last["previous"]).json()["results"] == second["results"]
    assert "count" not in agent.get("incidents/").json()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("colour=red", "colour"), ("page_size=0", "page_size"), ("page_size=101", "page_size"),
        ("page_size=x", "page_size"),
        ("count=exact", "count"), ("ordering=colour", "ordering"), ("ordering=--due_at", "ordering"),
        ("phase=green", "phase"),
        ("opened_after=yesterday", "opened_after"), ("opened_after=2026-11-18T12:00:00", "opened_after"),
        ("is_major=1", "is_major"), ("priority=high", "priority"), ("external_reference=x", "external_reference"),
        ("fields=colour", "fields"), ("expand=colour", "expand"), ("state=new&state=closed", "state"), ("q=%00", "q"),
        ("site=99999999999999999999", "site"),
    ],
)  # fmt: skip
def test_an_unknown_or_bad_parameter_is_named(world: World, query: str, name: str):
    found = refused(Caller(world.agent).get(f"incidents/?{query}"), 400, "malformed")
    assert found["errors"].keys() == {name}


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzEsWyItaWQiXSxbIngiXV0", "WzAsWyItaWQiXSxbeyJhIjoxfV1d", "W1tbW1tb", "%00"]
)
def test_a_damaged_cursor_is_malformed(world: World, incident: Ticket, cursor: str):
    refused(Caller(world.agent).get(f"incidents/?cursor={cursor}"), 400, "malformed")


def test_filters_narrow_and_references_are_key_and_name(world: World):
    first = report(world.acme, external_references=[{"system": "probe", "reference": "A-7"}])
    second = report(world.beta)
    agent = Caller(world.agent)
    agent.post(f"incidents/{first.number}/actions/assign/", {"assignee": "agent@calder.example"})

    def found(query: str) -> list[str]:
        answer = agent.get(f"incidents/?{query}")
        assert answer.status_code == 200, answer.content
        return [one["number"] for one in answer.json()["results"]]

    both = [second.number, first.number]
    assert found("customer=acme") == found("customer=!beta") == found("assignee=me") == [first.number]
    assert found("assignee=none") == found("customer=beta") == [second.number]
    assert found("customer=acme,beta") == found("phase=open") == found("priority=3") == both
    assert (
        found("external_reference=probe:A-7")
        == found("q=A-7")
        == found(f"q={first.number.lower()}")
        == [first.number]
    )
    assert found("q=canary-beta") == [second.number]
    assert found("email=requester@acme.example") == [first.number]
    assert found(f"opened_after={NOON:%Y-%m-%dT%H:%M:%SZ}") == both
    assert found(f"opened_before={NOON:%Y-%m-%dT%H:%M:%SZ}") == []
    assert found("ordering=opened_at") == both[::-1]
    record = agent.get(f"incidents/{first.number}/").json()
    assert record["customer"] == {"key": "acme", "name": "Acme canary-acme"}
    assert record["external_references"] == [{"system": "probe", "reference": "A-7", "url": ""}]


def test_fields_and_expand_shape_the_record(world: World, incident: Ticket):
    agent = Caller(world.agent)
    record = agent.get(f"incidents/{incident.number}/?fields=number,customer").json()
    assert record == {"number": incident.number, "customer": {"key": "acme", "name": "Acme canary-acme"}}
    wide = agent.get("incidents/?expand=timers,requester,service").json()["results"][0]
    assert wide["requester"]["email"] == "requester@acme.example"
    assert wide["service"]["support_team"]["key"] == "service-desk"
    assert wide["timers"] == []


def test_cors_is_closed(world: World):
    answer = Caller(world.agent).get("me/", origin="https://elsewhere.example")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_too_many_requests_say_when_to_come_back(world: World, settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(throttling.PerCaller, "name", f"caller-{uuid.uuid4()}")  # a count of this test's own
    settings.API_LIMITS = {throttling.PerCaller.name: 3, "address": 1_000_000}
    agent, other = Caller(world.agent), Caller(world.lead)
    statuses = [agent.get("me/").status_code for _ in range(5)]
    assert statuses[0] == 200
    answer = agent.get("me/")
    refused(answer, 429, "too_many")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert other.get("me/").status_code == 200


# Health and description.


def test_health_says_what_is_there(world: World, settings):
    assert Client().get("/health/live").json() == {"status": "ok"}
    ready = Client().get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["database"], ready.json()["checks"]["migrations"]) == (
        200,
        "ok",
        "ok",
    )
    settings.CACHE_URL = "redis://127.0.0.1:9/0"
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
    ready = Client().get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")


def test_redis_gone_is_no_reason_to_refuse(world: World, settings, monkeypatch: pytest.MonkeyPatch):
    from django.core.cache import caches  # noqa: PLC0415 - one test only

    monkeypatch.setitem(settings.CACHES["default"], "LOCATION", "redis://127.0.0.1:9/1")
    del caches["default"]
    assert Caller(world.agent).get("me/").status_code == 200
    del caches["default"]


def test_the_schema_and_the_page_are_for_callers_who_signed_in(world: World, settings):
    agent = Caller(world.agent)
    found = agent.get("schema/").json()
    assert found["openapi"] == "3.1.0"
    assert "/api/v1/incidents/{number}/actions/{verb}/" in found["paths"]
    page = agent.get("/api/docs/").content.decode()
    assert "/api/v1/tickets/{number}/messages/" in page
    assert "style=" not in page
    assert Client().get("/api/docs/").status_code == 302
    settings.API_IS_DESCRIBED_TO_ALL = True
    assert Client().get("/api/v1/schema/").status_code == 200
    assert Client().get("/api/docs/").status_code == 200


def test_instants_are_in_utc_and_times_with_a_zone_are_understood(world: World):
    said = {"customer": "acme", "title": "x", "impact_from": "2026-11-18T13:30:00+02:00"}
    assert Caller(world.agent).post("incidents/", said).json()["impact_from"] == "2026-11-18T11:30:00Z"
    assert dt.datetime.fromisoformat("2026-11-18T11:30:00+00:00") < NOON
