"""A new ticket at the desk: what shows beside it, joining instead, templates, and the phone."""

import datetime as dt

from django.test import Client

from automation import actions as automation
from automation.models import TicketTemplate
from core import time
from tests.desk.hands import forms, send, sign_in
from tests.places import NOON, SYSTEM, World, report
from tickets.models import Link, Message, Ticket, TimeEntry


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
