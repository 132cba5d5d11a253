"""Every resource of this version: made, read, changed and refused by REST."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext

from accounts.models import Grant, Person, User
from journal.models import Entry
from tests.api.callers import Caller
from tests.places import World, report
from tickets.models import Ticket

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


def test_a_customer_with_its_sites(world: World, administrator: Caller):
    before = entries()
    said = {
        "slug": "gamma",
        "name": "Gamma",
        "time_zone": "Europe/Paris",
        "sites": [{"name": "Lyon", "time_zone": "Europe/Paris"}],
    }
    made = administrator.post("customers/", said)
    assert (made.status_code, made["Location"]) == (201, "http://testserver/api/v1/customers/gamma/")
    assert made.json()["sites"][0]["name"] == "Lyon"
    assert new_entries(before) == ["customer.created", "site.created"]
    changed = administrator.patch(
        "customers/gamma/",
        {"name": "Gamma SA", "sites": [{"name": "Nice", "time_zone": "Europe/Paris"}]},
        if_match='"1"',
    ).json()
    assert (changed["name"], changed["version"], [one["name"] for one in changed["sites"]]) == (
        "Gamma SA",
        2,
        ["Lyon", "Nice"],
    )
    assert administrator.post("customers/", said).status_code == 409
    nowhere = administrator.patch("customers/gamma/", {"time_zone": "Europe/Atlantis"})
    assert (nowhere.status_code, nowhere.json()["errors"].keys()) == (400, {"time_zone"})


def test_a_person_who_may_sign_in(world: World, administrator: Caller, agent: Caller):
    before = entries()
    said = {"customer": "acme", "name": "New Person", "email": "New@Acme.example"}
    made = agent.post("people/", said)
    assert (made.status_code, made.json()["role"], made.json()["has_login"]) == (201, None, False)
    assert agent.post("people/", said).status_code == 409
    place = f"people/{made.json()['id']}/"
    assert agent.patch(place, {"role": "requester"}).status_code == 403
    admitted = administrator.patch(place, {"role": "customer_manager", "phone": "12"}).json()
    assert (admitted["role"], admitted["has_login"], admitted["phone"]) == ("customer_manager", True, "12")
    assert administrator.patch(place, {"role": "requester"}).json()["role"] == "requester"
    user = User.objects.get(email="new@acme.example")
    assert list(Grant.objects.filter(user=user).values_list("role", "customer__slug")) == [
        ("requester", "acme")
    ]
    assert new_entries(before)[:2] == ["person.created", "person.changed"]


def test_a_person_of_one_customer_has_no_site_of_another(world: World, administrator: Caller):
    site = administrator.patch("customers/beta/", {"sites": [{"name": "B", "time_zone": "UTC"}]}).json()[
        "sites"
    ][0]["key"]
    count = Person.objects.count()
    assert administrator.post("people/", {"customer": "acme", "name": "X", "site": site}).status_code == 422
    own = Caller(world.acme.agent).post("people/", {"customer": "acme", "name": "X", "site": site})
    assert (own.status_code, own.json()["errors"].keys()) == (400, {"site"})
    assert Person.objects.count() == count


def test_a_team_and_its_members(world: World, administrator: Caller, agent: Caller):
    made = administrator.post(
        "teams/", {"slug": "network", "name": "Network", "members": ["agent@calder.example"]}
    )
    assert made.json()["members"] == [{"key": world.agent.pk, "name": "Sofia Keller"}]
    changed = administrator.patch("teams/network/", {"members": [world.lead.pk]}).json()
    assert [one["key"] for one in changed["members"]] == [world.lead.pk]
    assert agent.post("teams/", {"slug": "y", "name": "Y"}).status_code == 403
    outsider = administrator.patch("teams/network/", {"members": ["requester@beta.example"]})
    assert (outsider.status_code, outsider.json()["errors"].keys()) == (400, {"members.0"})


# What is offered.


def test_a_service_and_who_takes_it(world: World, administrator: Caller):
    said = {
        "slug": "mail",
        "name": "Mail",
        "criticality": "high",
        "support_team": "service-desk",
        "customers": ["acme"],
    }
    made = administrator.post("services/", said)
    assert made.status_code == 201, made.content
    assert (made.json()["criticality"], made.json()["customers"]) == (
        "high",
        [{"key": "acme", "name": "Acme canary-acme"}],
    )
    changed = administrator.patch(
        "services/mail/", {"criticality": "low", "customers": ["acme", "beta"]}, if_match='"1"'
    )
    assert (changed["ETag"], len(changed.json()["customers"])) == ('"2"', 2)
    assert administrator.patch("services/mail/", {"name": "E-mail"}, if_match='"1"').status_code == 412
    seen = Caller(world.beta.requester).get("services/mail/").json()
    assert seen.keys() == {"slug", "name", "summary", "description", "state", "version"}
    opened = Caller(world.beta.requester).post("incidents/", {"title": "No mail", "service": "mail"})
    assert opened.json()["service"]["key"] == "mail"


def test_business_hours_and_their_arithmetic(world: World, administrator: Caller, agent: Caller):
    said = {
        "name": "Office",
        "time_zone": "Europe/Berlin",
        "week": OFFICE,
        "holidays": [{"annual": "12-25", "name": "Christmas"}],
    }
    made = administrator.post("calendars/", said)
    assert (made.status_code, made.json()["week"]) == (201, OFFICE)
    place = f"calendars/{made.json()['id']}/"
    reader = Caller(world.agent, scopes=("read",))
    friday = {"start": "2026-11-20T15:00:00Z", "seconds": 7200}
    assert reader.post(f"{place}add/", friday).json() == {"end": "2026-11-23T09:00:00Z"}
    paused = {**friday, "pauses": [{"from": "2026-11-20T15:00:00Z", "to": "2026-11-20T15:30:00Z"}]}
    assert reader.post(f"{place}add/", paused).json() == {"end": "2026-11-23T09:30:00Z"}
    spent = {"start": "2026-11-20T15:00:00Z", "end": "2026-11-23T09:00:00Z"}
    assert reader.post(f"{place}between/", spent).json() == {"seconds": 7200}
    assert reader.post(f"{place}add/", {"start": "2026-11-20T15:00:00", "seconds": 1}).status_code == 400
    assert reader.post(f"{place}between/", {"start": spent["end"], "end": spent["start"]}).status_code == 422
    never = administrator.post("calendars/", {**said, "name": "Never", "week": {}})
    assert never.status_code == 422
    changed = administrator.patch(
        place, {"week": {"mon": [["22:00", "06:00"]]}, "reason": "Nights"}, if_match='"1"'
    )
    assert (changed["ETag"], changed.json()["valid_from"]) == ('"2"', "2026-11-18")
    assert agent.post("calendars/", {**said, "name": "Mine"}).status_code == 403


def agreement(administrator: Caller) -> dict:
    calendar = administrator.post(
        "calendars/", {"name": "Office", "time_zone": "UTC", "week": OFFICE}
    ).json()["id"]
    steps = [
        {"percent": 80, "notify": "assignee"},
        {"offset_seconds": 600, "counting": "elapsed", "reassign_to": "service-desk"},
    ]
    return {
        "kind": "sla", "customer": "acme", "services": "all", "calendar": calendar, "valid_from": "2026-01-01",
        "targets": [
            {"metric": "first_response", "priority": None, "seconds": 3600},
            {"metric": "resolution", "priority": 3, "seconds": 14400, "pauses_on": ["customer"], "steps": steps},
        ],
    }  # fmt: skip


def settle(administrator: Caller, agreement: int) -> None:
    """What is missing first, then both sides: here for the provider, on paper for the customer."""
    place = f"agreements/{agreement}"
    refused = administrator.post(f"{place}/offer/", {})
    assert (refused.status_code, sorted(refused.json()["errors"])) == (
        422,
        ["exceptions", "limits", "requirements"],
    )
    need = administrator.post(
        "service-requirements/",
        {"customer": "acme", "title": "Answers in an hour", "service": "remote-access-acme"},
    ).json()
    assert (need["key"], need["state"]) == ("REQ-1", "current")
    whole = {"requirements": [need["id"]], "limits": [{"most": 200}], "no_exceptions_reason": "None"}
    complete = administrator.patch(f"{place}/", whole).json()
    assert complete["requirements"] == [{"key": "REQ-1", "name": "Answers in an hour"}]
    assert administrator.post(f"{place}/offer/", {}).json()["phase"] == "offered"
    assert administrator.post(f"{place}/approve/", {"side": "customer"}).status_code == 403
    administrator.post(f"{place}/approve/", {"side": "provider"})
    paper = {"side": "customer", "signed_by": "Mara Voss", "evidence": "Contract, page 3"}
    agreed = administrator.post(f"{place}/approve/", paper).json()
    assert (agreed["phase"], [one["person"] for one in agreed["approvals"]]) == (
        "active",
        ["Omar Haddad", "Mara Voss"],
    )


def test_an_agreement_and_the_clocks_it_starts(world: World, administrator: Caller, agent: Caller):
    said = agreement(administrator)
    made = administrator.post("agreements/", said)
    assert made.status_code == 201, made.content
    record = made.json()
    assert (record["name"], record["services"], record["valid_from"]) == (
        "SLA Acme canary-acme",
        "all",
        "2026-01-01",
    )
    assert record["targets"][1]["steps"][1]["reassign_to"] == {"key": "service-desk", "name": "Service desk"}
    pausing = {"metric": "first_response", "seconds": 60, "pauses_on": ["customer"]}
    assert administrator.post("agreements/", {**said, "targets": [pausing]}).status_code == 422
    settle(administrator, record["id"])
    ticket = report(world.acme)
    first, second = agent.get(f"tickets/{ticket.number}/timers/").json()["results"]
    assert (first["metric"], first["state"], first["verdict"], first["due_at"]) == (
        "first_response", "running", None, "2026-11-18T13:00:00Z",
    )  # fmt: skip
    assert (second["target_seconds"], second["used_seconds"], second["remaining_seconds"]) == (
        14400,
        0,
        14400,
    )
    assert second["segments"][0]["from"] == "2026-11-18T12:00:00Z"
    assert second["agreement"] == {"key": record["id"], "name": record["name"]}
    assert second["explanation"][0].endswith("by the agreement “SLA Acme canary-acme”, version 2.")
    wide = agent.get("tickets/?expand=timers").json()["results"][0]
    assert wide["timers"] == [first, second]
    assert wide["due_at"] == "2026-11-18T13:00:00Z"
    changed = administrator.patch(
        f"agreements/{record['id']}/", {"services": ["remote-access-acme"]}, if_match='"2"'
    ).json()
    assert [(one["number"], one["phase"]) for one in changed["versions"]] == [
        (3, "draft"),
        (2, "active"),
        (1, "withdrawn"),
    ]
    assert (changed["version"], [one["key"] for one in changed["services"]]) == (3, ["remote-access-acme"])
    assert agent.post("agreements/", said).status_code == 403


# Configuration.


def test_items_types_and_relations(world: World, administrator: Caller, agent: Caller):
    made = administrator.post(
        "configuration-item-types/", {"slug": "server", "name": "Server", "states": ["live", "retired"]}
    )
    assert made.status_code == 201, made.content
    said = {"customer": "acme", "type": "server", "name": "web-1", "attributes": {"cpu": 4}}
    one = administrator.post("configuration-items/", said).json()
    other = administrator.post("configuration-items/", {**said, "name": "db-1"}).json()
    assert administrator.post("configuration-items/", {**said, "state": "lost"}).status_code == 422
    assert administrator.patch(f"configuration-items/{one['id']}/", {"state": "lost"}).status_code == 422
    assert (
        administrator.patch(f"configuration-items/{one['id']}/", {"state": "retired"}).json()["version"] == 2
    )
    place = f"configuration-items/{one['id']}/relations/"
    relation = administrator.post(place, {"verb": "runs_on", "to": other["id"]})
    assert relation.json()["to"] == {"key": other["id"], "name": "db-1"}
    back = agent.get(f"configuration-items/{other['id']}/relations/").json()["results"]
    assert (back[0]["direction"], back[0]["to"]["name"]) == ("in", "web-1")
    assert Caller(world.beta.agent).get(place).status_code == 404
    opened = agent.post(
        "incidents/", {"customer": "acme", "title": "x", "configuration_items": [one["id"]]}
    ).json()
    assert opened["configuration_items"] == [{"key": one["id"], "name": "web-1"}]
    assert administrator.delete(f"{place}{relation.json()['id']}/").status_code == 204
    assert agent.get(place).json()["results"] == []


# What hangs on a ticket.


def test_changing_plain_fields(world: World, incident: Ticket, agent: Caller):
    place = f"incidents/{incident.number}/"
    changed = agent.patch(
        place, {"impact": 1, "urgency": 1, "effect": "down", "impact_from": "2026-11-18T11:00:00Z"}
    ).json()
    assert (changed["priority"], changed["effect"], changed["impact_from"]) == (
        1,
        "down",
        "2026-11-18T11:00:00Z",
    )
    assert agent.patch(place, {"priority": 4}).status_code == 422
    by_hand = agent.patch(place, {"priority": 4, "priority_reason": "A test system"}).json()
    assert (by_hand["priority"], by_hand["priority_override"]) == (4, 4)
    assert agent.patch(place, {"priority": None}).json()["priority"] == 1
    assert agent.patch(place, {"requester": "requester@beta.example"}).status_code == 400
    requester = Caller(world.acme.requester)
    count = Entry.objects.count()
    assert requester.patch(place, {"title": "Mine"}).status_code == 403
    assert Entry.objects.count() == count
    moved = agent.patch(place, {"requester": "colleague@acme.example"}).json()
    assert moved["requester"]["name"] == "Colleague canary-acme"
    assert requester.get(place).status_code == 404


# Eight of them find the caller, open his scope and close it.
LISTS = {
    "incidents/": 11,
    "incidents/?expand=timers,requester,service": 18,
    "tickets/?customer=acme": 10,
    "people/": 10,
    "customers/": 9,
    "services/": 10,
    "teams/": 11,
    "agreements/": 17,
    "calendars/": 10,
    "configuration-items/": 9,
}


def test_a_list_of_25_takes_as_many_queries_as_a_list_of_one(world: World, administrator: Caller):
    settle(administrator, administrator.post("agreements/", agreement(administrator)).json()["id"])
    for position in range(25):
        report(world.acme, title=f"Fault {position}")
        administrator.post("people/", {"customer": "acme", "name": f"P {position}"})
        administrator.post("calendars/", {"name": f"C {position}", "time_zone": "UTC", "week": OFFICE})
    for path in LISTS:
        administrator.get(path)  # what is kept per process is read now
    counts = {path: [queries(administrator, path, size) for size in (1, 25)] for path in LISTS}
    assert counts == {path: [most, most] for path, most in LISTS.items()}


def queries(caller: Caller, path: str, size: int) -> int:
    joint = "&" if "?" in path else "?"
    with CaptureQueriesContext(connection) as captured:
        assert caller.get(f"{path}{joint}page_size={size}").status_code == 200
    return len(captured)
