"""The ground rules of the REST contract: who signs in, and who sees what."""

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import ServiceAccount
from tests.api.callers import Caller, refused, rows
from tests.places import NOON, World, report
from tickets.models import Ticket

NOWHERE = "/api/v1/nothing-like-this/"


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
    assert caller.get("me/").status_code == 200
    tokens.revoke(tokens.valid(world.agent, at=NOON).get(), at=NOON)
    answer = caller.get("me/")
    refused(answer, 401, "sign_in_needed")
    assert world.agent.email not in answer.content.decode()


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
