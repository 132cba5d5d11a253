"""The ground rules of the REST contract: lists and filters, limits, health and description."""

import datetime as dt
import uuid

import pytest
from django.test import Client

from api import throttling
from tests.api.callers import Caller, refused
from tests.places import NOON, World, report
from tickets.models import Ticket

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
    found = refused(Caller(world.agent).get(f"incidents/?cursor={cursor}"), 400, "malformed")
    assert incident.number not in str(found)


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
