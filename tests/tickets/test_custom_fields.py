"""Custom fields: what is asked when, in which columns values lie, what both doors and the history say of them."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Category
from core import errors
from core.actor import Actor
from incidents import actions as incidents
from tests.api.callers import Caller, refused
from tests.desk.hands import send, sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets import actions, conditions, custom
from tickets.models import CustomField, CustomFieldVersion, FieldValue, Ticket


def define(key: str, type_: str = "text", **given) -> CustomField:
    given.setdefault("label", key.replace("-", " ").title())
    field = CustomField(key=key, kind="incident", type=type_, **given)
    return actions.create_field(field, by=SYSTEM, at=NOON)


def set_(ticket: Ticket, world: World, **extra) -> Ticket:
    named = {key.replace("_", "-"): value for key, value in extra.items()}
    return actions.change(ticket, by=world.actor(world.agent), at=NOON, fields={"extra": named})


SHAPES = {
    "text": ("x", "text", "x"),
    "long_text": ("a\nb", "text", "a\nb"),
    "number": (12.5, "number", Decimal("12.5")),
    "date": ("2026-11-24", "day", dt.date(2026, 11, 24)),
    "instant": ("2026-11-24T09:00:00Z", "instant", dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)),
    "choice": ("Blue", "text", "Blue"),
    "flag": (False, "flag", False),
}


@pytest.mark.parametrize("type_", SHAPES)
def test_a_value_lies_in_the_column_of_its_type(world: World, incident: Ticket, type_: str):
    raw, column, value = SHAPES[type_]
    define("one", type_, options="Red\nBlue" if type_ == "choice" else "")
    set_(incident, world, one=raw)
    assert getattr(FieldValue.objects.get(), column) == value
    set_(incident, world, one=None)
    assert not FieldValue.objects.exists()


def test_several_choices_people_and_items_are_rows_too(world: World, incident: Ticket):
    define("colours", "choices", options="Red\nBlue\nGreen")
    define("owner", "person")
    define("machine", "item")
    owner = world.acme.colleague
    set_(incident, world, colours=["Red", "Green"], owner=owner.email, machine=world.acme.service.pk)
    found = custom.values([incident])[incident.pk]
    assert found == {"colours": ["Red", "Green"], "owner": owner, "machine": world.acme.service}
    with pytest.raises(errors.Malformed, match="no such person"):
        set_(incident, world, owner=world.beta.requester.email)
    assert custom.values([incident])[incident.pk]["owner"] == owner


def test_the_database_keeps_a_value_in_one_column(world: World, incident: Ticket):
    field = define("one")
    own = {"customer_id": incident.customer_id, "ticket": incident, "field": field, "version": 1}
    with pytest.raises(IntegrityError, match="a_value_lies_in_one_column"), transaction.atomic():
        FieldValue.objects.create(text="x", flag=True, **own)


def test_every_edit_is_a_version_with_its_reason(world: World):
    field = define("one")
    by = world.actor(world.administrator)
    with pytest.raises(errors.Invalid, match="Say why"):
        actions.change_field(field, by=by, at=NOON, fields={"label": "New"})
    changed = actions.change_field(field, by=by, at=NOON, fields={"label": "New"}, reason="Clearer")
    kept = CustomFieldVersion.objects.order_by("version")
    assert [(one.version, one.definition["label"], one.reason) for one in kept] == [
        (1, "One", ""),
        (2, "New", "Clearer"),
    ]
    assert changed.version == 2
    with pytest.raises(errors.Invalid, match="stay as they are"):
        actions.change_field(changed, by=by, at=NOON, fields={"type": "number"}, reason="x")
    with pytest.raises(errors.Forbidden):
        actions.change_field(changed, by=world.actor(world.agent), at=NOON, fields={"label": "x"}, reason="x")


def test_the_desk_fills_in_at_opening_what_is_required_then_and_customers_are_not_asked(world: World):
    define("site-code", required_at="open")
    before = Ticket.objects.count()
    with pytest.raises(errors.Invalid, match="To open this, fill in: Site Code"), transaction.atomic():
        report(world.acme, by=world.actor(world.agent))
    assert Ticket.objects.count() == before
    made = report(world.acme, by=world.actor(world.agent), extra={"site-code": "B1"})
    assert custom.values([made])[made.pk] == {"site-code": "B1"}
    by_customer = report(world.acme)
    with pytest.raises(errors.Invalid, match="fill in: Site Code"):
        incidents.resolve(by_customer, by=world.actor(world.agent), at=NOON, code="fixed", note="Done")


def test_a_field_of_a_category_holds_below_it_and_nowhere_else(world: World, incident: Ticket):
    vpn = Category.objects.create(slug="vpn", name="VPN", parent=world.category)
    other = Category.objects.create(slug="mail", name="Mail")
    define("tunnel", category=world.category, required_at="resolve")
    agent = world.actor(world.agent)
    moved = actions.change(incident, by=agent, at=NOON, fields={"category": vpn})
    assert [one.key for one in custom.of_ticket(moved)] == ["tunnel"]
    with pytest.raises(errors.Invalid, match="fill in: Tunnel"):
        incidents.resolve(moved, by=agent, at=NOON, code="fixed", note="Done")
    moved = actions.change(incident, by=agent, at=NOON, fields={"category": other})
    with pytest.raises(errors.Malformed, match="no custom field “tunnel” here"):
        set_(moved, world, tunnel="x")
    assert incidents.resolve(moved, by=agent, at=NOON, code="fixed", note="Done").state == "resolved"


def test_a_field_of_one_customer_is_unknown_to_others(world: World, incident: Ticket):
    define("secret", customer=world.beta.customer)
    with pytest.raises(errors.Malformed, match="no custom field"):
        set_(incident, world, secret="x")


def test_by_api_they_come_and_go_in_extra(world: World):
    define("cost-centre", required_at="open")
    define("weight", "number")
    agent = Caller(world.agent)
    new = {"customer": "acme", "title": "x", "extra": {"cost-centre": "K1", "weight": 2}}
    made = agent.post("incidents/", new)
    assert (made.status_code, made.json()["extra"]) == (201, {"cost-centre": "K1", "weight": 2})
    path = f"incidents/{made.json()['number']}/"
    assert agent.patch(path, {"extra": {"weight": 2.5}}).json()["extra"]["weight"] == 2.5
    refused(agent.patch(path, {"extra": {"colour": "red"}}), 400, "malformed")
    refused(agent.patch(path, {"extra": {"weight": "heavy"}}), 400, "malformed")
    refused(agent.patch(path, {"extra": {"cost-centre": None}}), 422, "invalid")
    refused(agent.post("incidents/", {"customer": "acme", "title": "x"}), 422, "invalid")
    assert "extra" not in Caller(world.acme.manager).get(path).json()
    last = agent.get(f"tickets/{made.json()['number']}/journal/").json()["results"][0]
    assert last["data"]["changes"] == {"extra.weight": ["2.000000", "2.500000"]}


def test_by_page_they_are_asked_changed_shown_and_in_the_history(world: World, client: Client):
    define("cost-centre", label="Cost centre", required_at="open")
    define("note", label="Folded away", is_folded=True)
    sign_in(client, world.agent)
    path = f"/desk/new/?caller={world.acme.requester.pk}"
    page = client.get(path)
    assert send(client, page, path, title="No mail").status_code == 422
    sent = send(client, page, path, title="No mail", **{"extra.cost-centre": "K1"})
    ticket = client.get(sent.headers["Location"])
    assert "K1" in ticket.text
    assert "1 more field" in ticket.text
    assert "Folded away" not in ticket.text
    base = f"/desk/tickets/{Ticket.objects.order_by('-id')[0].number}/"
    assert "Folded away" in client.get(f"{base}fields/", headers={"HX-Request": "true"}).text
    dialog = client.get(f"{base}fields/change/")
    send(client, dialog, f"{base}fields/change/", **{"extra.cost-centre": "K2", "extra.note": "Hello"})
    history = client.get(f"{base}?tab=history").text
    assert "cost-centre" in history
    assert "K2" in history


def test_two_hundred_folded_fields_cost_a_ticket_page_nothing(world: World, incident: Ticket, client: Client):
    sign_in(client, world.agent)
    path = f"/desk/tickets/{incident.number}/"
    client.get(path)
    with CaptureQueriesContext(connection) as before:
        size = len(client.get(path).content)
    fields = [
        CustomField(key=f"f{number}", kind="incident", type="text", label=f"Field {number}", is_folded=True)
        for number in range(200)
    ]
    CustomField.objects.bulk_create(fields)
    with CaptureQueriesContext(connection) as after:
        page = client.get(path)
    assert "200 more fields" in page.text
    assert len(after) == len(before) + 1  # what is defined
    assert len(page.content) - size < 1500


def test_settings_list_them_with_their_use_and_keep_versions(world: World, incident: Ticket, client: Client):
    sign_in(client, world.administrator)
    path = "/desk/settings/custom-fields/new/"
    given = {"key": "rack", "kind": "incident", "type": "text", "label": "Rack", "is_active": "on"}
    assert send(client, client.get(path), path, **given).status_code == 302
    set_(incident, world, rack="R7")
    field = CustomField.objects.get()
    listing = client.get("/desk/settings/custom-fields/").text
    assert "Rack" in listing
    path = f"/desk/settings/custom-fields/{field.pk}/"
    assert send(client, client.get(path), path, is_active="on", label="Rack number").status_code == 422
    assert (
        send(
            client, client.get(path), path, is_active="on", label="Rack number", reason="Clearer"
        ).status_code
        == 302
    )
    assert CustomFieldVersion.objects.filter(field=field).count() == 2


VPN_ONLY = [{"field": "category", "values": ["network"]}, {"field": "extra.device", "values": ["Laptop"]}]


def opened(world: World, by: Actor, **extra) -> Ticket:
    named = {key.replace("_", "-"): value for key, value in extra.items()}
    return report(world.acme, by=by, category=world.category, extra=named)


def test_a_field_is_asked_for_where_its_conditions_hold_and_by_no_door_elsewhere(world: World):
    define("device", "choice", options="Laptop\nPhone")
    define("tunnel", required_at="open", shown_when=VPN_ONLY)
    agent = world.actor(world.agent)
    assert custom.values([made := opened(world, agent, device="Phone")])[made.pk] == {"device": "Phone"}
    with pytest.raises(errors.Invalid, match="To open this, fill in: Tunnel"), transaction.atomic():
        opened(world, agent, device="Laptop")
    with pytest.raises(errors.Malformed, match="“Tunnel” is not asked for here"), transaction.atomic():
        opened(world, agent, device="Phone", tunnel="A")
    made = opened(world, agent, device="Laptop", tunnel="A")
    with pytest.raises(errors.Invalid, match="cannot be left empty"):
        set_(made, world, tunnel=None)
    set_(made, world, device="Phone", tunnel=None)
    assert [one.key for one in custom.of_ticket(made)] == ["device"]
    new = {"customer": "acme", "title": "x", "category": "network", "extra": {"device": "Laptop"}}
    refused(Caller(world.agent).post("incidents/", new), 422, "invalid")


def test_what_depends_on_a_field_that_is_not_asked_for_is_not_asked_for_either(world: World):
    define("device", "choice", options="Laptop\nPhone")
    define("dock", "flag", shown_when=[{"field": "extra.device", "values": ["Laptop"]}])
    define("port", shown_when=[{"field": "extra.dock", "values": ["yes"]}])
    fields = list(CustomField.objects.order_by("id"))
    asked = [
        {
            one.key
            for one in conditions.shown(fields, {f"extra.{key}": frozenset({text}) for key, text in said})
        }
        for said in (
            [("device", "Laptop"), ("dock", "yes")],
            [("device", "Phone"), ("dock", "yes")],
            [("device", "Laptop"), ("dock", "no")],
        )
    ]
    assert asked == [{"device", "dock", "port"}, {"device"}, {"device", "dock"}]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("category: nowhere", "“category” is never nowhere"),
        ("impact: 4", "“impact” is never 4"),
        ("colour: red", "“colour” is nothing to ask by"),
        ("extra.self: x", "“extra.self” is nothing to ask by"),
        ("category", "“category” is no condition"),
    ],
)
def test_conditions_that_never_hold_are_refused(world: World, written: str, said: str):
    with pytest.raises(errors.Invalid, match=said):
        define("self", shown_when=conditions.parse(written))
    assert not CustomField.objects.exists()


def test_conditions_are_part_of_the_version_of_a_definition(world: World, client: Client):
    field, at = define("tunnel"), "/desk/settings/custom-fields/"
    sign_in(client, world.administrator)
    page = client.get(f"{at}{field.pk}/")
    given = {"shown_when": "category: network\nimpact: 1, 2", "reason": "Asked too often", "is_active": "on"}
    assert send(client, page, f"{at}{field.pk}/", **given).status_code == 302
    kept = CustomFieldVersion.objects.get(version=2).definition["shown_when"]
    assert kept == [
        {"field": "category", "values": ["network"]}, {"field": "impact", "values": ["1", "2"]}
    ]  # fmt: skip
    assert "category: network" in client.get(f"{at}{field.pk}/").text
    with pytest.raises(IntegrityError, match="shown_when_is_a_list"), transaction.atomic():
        CustomField.objects.update(shown_when={})


def test_the_form_of_a_new_ticket_asks_as_soon_as_a_category_is_chosen(world: World, client: Client):
    define("tunnel", category=world.category, required_at="open")
    define("site-code", shown_when=[{"field": "impact", "values": ["1"]}])
    sign_in(client, world.agent)
    at = f"?caller={world.acme.requester.pk}"
    assert "Tunnel" not in client.get(f"/desk/new/{at}").text
    part = client.post(f"/desk/new/fields/{at}", {"category": world.category.pk, "extra.tunnel": "T-1"})
    assert 'value="T-1"' in part.text
    assert "Site Code" not in part.text
    assert "Site Code" in client.post(f"/desk/new/fields/{at}", {"impact": "1"}).text
    given = {"title": "VPN", "category": str(world.category.pk)}
    again = send(client, client.get(f"/desk/new/{at}"), f"/desk/new/{at}", **given)
    assert (again.status_code, Ticket.objects.count()) == (422, 0)
    assert 'name="extra.tunnel"' in again.text
    assert send(client, again, f"/desk/new/{at}", **{"extra.tunnel": "T-1"}).status_code == 302
    assert custom.values([made := Ticket.objects.get()])[made.pk] == {"tunnel": "T-1"}


def test_a_customers_people_are_asked_on_the_portal_for_what_is_theirs(world: World, client: Client):
    define("asset", is_on_portal=True, required_at="open")
    define("inner", required_at="open")
    person = world.acme.requester
    client.force_login(person.user)
    page = client.get("/report/").text
    assert ("Asset" in page, "Inner" in page) == (True, False)
    assert "Asset" in client.post("/report/fields/", {}).text
    given = {"form_key": str(uuid.uuid4()), "what": "Broken", "service": str(world.acme.service.pk)}
    given |= {"who": "3", "work": "3", "title": "", "since": ""}
    answer = client.post("/report/", given)
    assert (answer.status_code, Ticket.objects.count()) == (422, 0)
    by_program = Caller(world.acme.manager)
    refused(
        by_program.post("incidents/", {"title": "x", "extra": {"inner": "y", "asset": "z"}}), 400, "malformed"
    )
    refused(by_program.post("incidents/", {"title": "x"}), 422, "invalid")
    assert client.post("/report/", {**given, "extra.asset": "A-7"}).status_code == 302
    assert custom.values([made := Ticket.objects.get()])[made.pk] == {"asset": "A-7"}
