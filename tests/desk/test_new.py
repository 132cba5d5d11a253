"""A new ticket at the desk: what shows beside it, joining instead, templates, and the phone."""

import datetime as dt
import json

from django.test import Client

from automation import actions as automation
from automation.models import TicketTemplate
from core import time
from core.actor import ALL
from customers import scoping
from customers.models import Customer
from tests.desk.hands import forms, send, sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets.models import Draft, Link, Message, Ticket, TimeEntry


def opened() -> Ticket:
    return Ticket.objects.order_by("-id").first()


def test_what_resembles_shows_beside_it_and_joining_opens_none(world: World, client: Client):
    ticket = report(world.acme)
    sign_in(client, world.agent)
    caller = f"?caller={world.acme.colleague.pk}"
    part = client.get(f"/desk/new/similar/{caller}&title=vpn+again", headers={"HX-Request": "true"}).text
    assert f"Looks like {ticket.number}" in part
    assert "same words: vpn" in part
    assert client.get("/desk/new/similar/").status_code == 400
    given = {"number": ticket.number, "title": "VPN again", "description": "Mine too"}
    assert client.post(f"/desk/new/join/{caller}", given).status_code == 302
    said = Message.objects.get(ticket=ticket, kind="note").body
    assert said == "Colleague canary-acme reports this too.\n\nVPN again\n\nMine too"
    foreign = client.post(f"/desk/new/join/?caller={world.beta.requester.pk}", given)
    assert (foreign.status_code, Ticket.objects.count()) == (422, 1)


def test_a_template_fills_the_form_in(world: World, client: Client):
    template = TicketTemplate(
        name="Token", title="New token", service=world.acme.service, impact=3, urgency=1
    )
    template = automation.create_prepared(template, by=SYSTEM, at=NOON)
    sign_in(client, world.agent)
    address = f"/desk/new/?caller={world.acme.requester.pk}&template={template.pk}"
    page = client.get(address)
    assert send(client, page, address).status_code == 302
    ticket = opened()
    assert (ticket.title, ticket.service, ticket.urgency) == ("New token", world.acme.service, 1)
    assert client.get("/desk/new/?customer=acme&template=999").status_code == 404


def test_a_caller_is_recognised_by_number_however_it_is_written(world: World, client: Client):
    who = world.acme.requester
    who.phone = "0351 / 210-555 017"
    who.save()
    sign_in(client, world.agent)
    assert who.name in client.get("/desk/phone/?number=%2B49351210555017").text
    assert "Who is on the phone?" in client.get("/desk/phone/?number=017").text
    assert (
        sign_in(Client(), world.beta.agent).get("/desk/phone/?number=0351210555017").text.count(who.name) == 0
    )


def test_create_and_close_records_the_call_in_one_press(world: World, client: Client):
    sign_in(client, world.agent)
    address = f"/desk/phone/?caller={world.acme.requester.pk}"
    with time.frozen(NOON):
        page = client.get(address)
    given = {
        "description": "Password forgotten\nShe tried twice.", "service": world.acme.service.pk, "deed": "close",
    }  # fmt: skip
    with time.frozen(NOON + dt.timedelta(minutes=3)):
        wrong = send(client, page, address, **given)
        assert (wrong.status_code, Ticket.objects.count()) == (422, 0)
        assert forms(wrong.text)[address]["description"].strip() == given["description"]
        assert send(client, wrong, address, **given, solution="Reset, she is in.").status_code == 302
    ticket = opened()
    assert (ticket.title, ticket.state, ticket.channel) == ("Password forgotten", "closed", "phone")
    assert TimeEntry.objects.get(ticket=ticket).seconds == 180


def test_create_and_assign_writes_down_who_was_unknown_and_links_to_the_major_incident(
    world: World, client: Client
):
    major = report(world.acme)
    major.is_major = True
    major.save()
    sign_in(client, world.agent)
    address = "/desk/phone/?customer=acme"
    page = client.get(address)
    assert f"Major incident {major.number}" in page.text
    given = {"caller_name": "Ada Novak", "caller_contact": "+351 210 555 018", "description": "No VPN"}
    assert send(client, page, address, **given, deed="link").status_code == 302
    ticket = opened()
    assert (ticket.requester.name, ticket.requester.phone) == ("Ada Novak", "+351 210 555 018")
    assert Link.objects.get(ticket=ticket, kind="child_of").other == major
    given = {**given, "caller_contact": "ada@acme.example", "assignee": world.lead.pk, "deed": "assign"}
    assert send(client, client.get(address), address, **given).status_code == 302
    assert (opened().assignee, opened().requester.email) == (world.lead, "ada@acme.example")


def keep(client: Client, query: str, **fields: object) -> dict[str, object]:
    given = {"fields": fields, "version": fields.pop("version", 0)}
    return client.put(f"/desk/new/draft/{query}", json.dumps(given), content_type="application/json").json()


def test_what_is_filled_in_goes_on_at_another_device_for_its_writer_alone(world: World, client: Client):
    query = f"?caller={world.acme.requester.pk}"
    assert keep(sign_in(client, world.agent), query, title="VPN dro", impact="2")["version"] == 1
    other_device = sign_in(Client(), world.agent)
    page = other_device.get(f"/desk/new/{query}")
    form = forms(page.text)[f"/desk/new/{query}"]
    assert (form["title"], form["impact"]) == ("VPN dro", "2")
    assert "You go on with the draft of" in page.text
    assert "VPN dro" in other_device.get("/desk/new/").text
    assert "VPN dro" in other_device.get("/desk/inbox/").text
    for address in (f"/desk/new/{query}", "/desk/new/", f"/desk/phone/{query}"):
        assert "VPN dro" not in sign_in(Client(), world.lead).get(address).text
    assert sign_in(Client(), world.beta.agent).put(f"/desk/new/draft/{query}").status_code == 404
    assert send(other_device, page, f"/desk/new/{query}").status_code == 302
    assert opened().title == "VPN dro"
    assert "VPN dro" not in other_device.get("/desk/new/").text


def test_a_form_in_which_nobody_wrote_a_word_is_no_draft_and_discarding_ends_one(
    world: World, client: Client
):
    sign_in(client, world.agent)
    query = "?customer=acme&form=phone"
    assert keep(client, query, description=" ", impact="1")["version"] == 0
    assert keep(client, query, description="Keyboard", caller_name="Ida")["version"] == 1
    page = client.get("/desk/phone/?customer=acme")
    assert (filled := forms(page.text)["/desk/phone/?customer=acme"])["description"].strip() == "Keyboard"
    assert filled["caller_name"] == "Ida"
    assert client.post(f"/desk/new/draft/{query}")["Location"] == "/desk/new/"
    with scoping.scope(ALL, caller=world.actor(world.agent).key):
        assert not Draft.objects.exists()


def test_a_template_fills_in_what_the_draft_left_open(world: World, client: Client):
    template = TicketTemplate(name="Token", title="New token", description="Serial?", urgency=1)
    template = automation.create_prepared(template, by=SYSTEM, at=NOON)
    keep(sign_in(client, world.agent), "?customer=acme", title="My own words", urgency="3")
    address = f"/desk/new/?customer=acme&template={template.pk}"
    form = forms(client.get(address).text)[address]
    assert (form["title"], form["description"].strip()) == ("My own words", "Serial?")
    assert form["urgency"] == "1"


def test_a_sample_customer_is_marked_where_he_is_named(world: World, client: Client):
    ticket = report(world.acme)
    sign_in(client, world.agent)
    caller = f"?caller={world.acme.requester.pk}"
    pages = ("/desk/", f"/desk/tickets/{ticket.number}/", f"/desk/new/{caller}", "/desk/new/?q=canary-acme")
    assert [page for page in pages if "Sample" in client.get(page).text] == []
    Customer.objects.filter(pk=world.acme.customer.pk).update(is_sample=True)
    assert [page for page in pages if "Sample" not in client.get(page).text] == []
