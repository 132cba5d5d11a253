"""Reporting without a sign-in: confirmed by mail, opened once, held for the desk, and nobody can tell who is known."""

import re

from django.core import mail
from django.test import Client

from accounts import portal_actions
from accounts.models import Person, Portal
from core.actor import ALL
from customers import scoping
from incidents.models import GuestReport
from tests.places import NOON, SYSTEM
from tickets.models import Ticket

FAULT = {"name": "Ines Duarte", "what": "The door does not open.\nSince this morning."}


def opened(side, **more) -> None:
    with scoping.scope(ALL):
        row = Portal(customer=side.customer, takes_guests=True, **more)
        portal_actions.create_portal(row, by=SYSTEM, at=NOON)


def left(email: str) -> str:
    Client().post("/guest/acme/", {**FAULT, "email": email})
    return re.search(r"https?://[^/\s]+(/guest/confirm/\S+)", mail.outbox[-1].body)[1]


def tickets() -> list[Ticket]:
    with scoping.scope(ALL):
        return list(Ticket.objects.select_related("requester").order_by("id"))


def test_a_guest_of_a_verified_domain_becomes_a_person_and_the_report_one_ticket_once_he_pressed(town):
    opened(town.acme, mail_domains=["acme.example"])
    link = left("ines@acme.example")
    assert "The door does not open." in Client().get(link).content.decode()
    assert tickets() == []
    first, second = (Client().post(link).content.decode() for _turn in range(2))
    (ticket,) = tickets()
    assert ticket.number in first
    assert ticket.number in second
    assert (ticket.title, ticket.requester.name) == ("The door does not open.", "Ines Duarte")
    assert ticket.requester.user_id is None


def test_who_is_known_here_cannot_be_told_from_any_answer(town):
    opened(town.acme)
    answers = {
        Client().post("/guest/acme/", {**FAULT, "email": email}).content
        for email in ("requester@acme.example", "nobody@nowhere.example")
    }
    assert len(answers) == 1
    assert len(mail.outbox) == 2
    assert tickets() == []
    assert Client().get("/guest/beta/").status_code == 404
    assert Client().get("/guest/no-such-customer/").status_code == 404
    assert Client().post("/guest/confirm/made-up/").status_code == 404


def test_a_known_address_reports_as_its_person(town):
    opened(town.acme)
    Client().post(left("requester@acme.example"))
    assert [one.requester_id for one in tickets()] == [town.acme.requester.pk]


def test_an_unknown_address_waits_for_the_desk_which_lets_it_in_or_turns_it_away(town, visitor):
    opened(town.acme)
    for email in ("a@nowhere.example", "b@nowhere.example"):
        Client().post(left(email))
    assert tickets() == []
    with scoping.scope(ALL):
        one, other = GuestReport.objects.order_by("id")
    outsider = visitor(town.beta.agent)
    assert "a@nowhere.example" not in outsider.get("/desk/settings/guests/").content.decode()
    assert outsider.post(f"/desk/settings/guests/{one.pk}/", {"decision": "accept"}).status_code == 404
    desk = visitor(town.agent)
    assert "a@nowhere.example" in desk.get("/desk/settings/guests/").content.decode()
    assert desk.post(f"/desk/settings/guests/{one.pk}/", {"decision": "accept"}).status_code == 302
    assert desk.post(f"/desk/settings/guests/{other.pk}/", {"decision": "turn_away"}).status_code == 302
    assert [one.requester.email for one in tickets()] == ["a@nowhere.example"]
    with scoping.scope(ALL):
        assert [row.state for row in GuestReport.objects.order_by("id")] == ["opened", "dropped"]
        assert Person.objects.filter(email_key="b@nowhere.example").count() == 0


def test_one_address_gets_three_mails_an_hour_and_nothing_else_is_kept(town):
    opened(town.acme)
    for _turn in range(5):
        Client().post("/guest/acme/", {**FAULT, "email": "victim@x.example"})
    with scoping.scope(ALL):
        assert (len(mail.outbox), GuestReport.objects.count()) == (3, 3)
