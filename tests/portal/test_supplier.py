"""A supplier's people: they see what was handed to them and was said with them, work it, and reach nothing else."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions as accounts
from accounts import actors, suppliers
from accounts.models import Grant, User
from accounts.roles import Role
from core import errors, time
from customers import ALL, scope
from customers.models import Organization
from journal import relay
from journal.models import Entry
from notifications.models import Message as Mail
from slas.models import Timer
from tests.places import NOON, SYSTEM, World, build_world, report
from tickets import queries, verbs
from tickets.models import Handover, Message, Ticket

LATER = NOON + dt.timedelta(minutes=5)
WORDS = "The line of floor 2 is dead"


class Stage:
    """Two suppliers with a login each, a ticket of Acme that the first has in hand, one of Beta that nobody has."""

    def __init__(self) -> None:
        self.world: World = build_world()
        other = Organization(name="Northwind Cables", is_supplier=True)
        self.other = accounts.create_organization(other, by=SYSTEM, at=NOON)
        self.anna = self.login("anna@lakeside.example", self.world.supplier)
        self.otto = self.login("otto@northwind.example", self.other)
        self.ticket, self.foreign = report(self.world.acme), report(self.world.beta)
        self.agent = self.world.actor(self.world.agent)
        raw = {"supplier": self.world.supplier.name, "message": WORDS}
        self.ticket = verbs.run(self.ticket, "hand_over", raw, by=self.agent, at=NOON)

    def login(self, email: str, organization: Organization) -> User:
        return suppliers.create_member(email, email, by=SYSTEM, at=NOON, organization=organization)

    def browser(self, user: User) -> Client:
        client = Client(HTTP_HOST="localhost")
        client.force_login(user)
        return client


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    with time.frozen(NOON), scope(ALL):
        made = Stage()
    with time.frozen(LATER):
        yield made


def send(user_or_browser, number: str, verb: str, body: str) -> int:
    """What the form of words sends; the status of the answer."""
    given = {"verb": verb, "body": body, "form_key": str(uuid.uuid4())}
    return user_or_browser.post(f"/supplier/{number}/say/", given).status_code


def seen(user: User, number: str) -> int:
    by = actors.of_user(user)
    with scope(by.customers, compartments=by.compartments, caller=by.key):
        return Ticket.objects.visible_to(by).numbered(number).count()


def test_he_sees_what_was_handed_to_him_and_nothing_of_the_customer(stage: Stage):
    page = stage.browser(stage.anna).get(f"/supplier/{stage.ticket.number}/")
    assert page.status_code == 200
    assert WORDS in page.text
    person = stage.world.acme.requester
    for hidden in ("It drops every few minutes", person.name, person.email, stage.world.acme.customer.name):
        assert hidden not in page.text
    assert seen(stage.anna, stage.ticket.number) == 1
    assert seen(stage.anna, stage.foreign.number) == seen(stage.otto, stage.ticket.number) == 0


def test_every_other_door_is_closed_to_him(stage: Stage):
    browser = stage.browser(stage.anna)
    assert browser.get("/").headers["Location"] == reverse("portal:supplier")
    assert browser.get(f"/{stage.ticket.number}").headers["Location"] == f"/supplier/{stage.ticket.number}/"
    assert browser.get("/report/").status_code == 302
    assert browser.post("/report/", {"body": "x"}).status_code == 404
    assert browser.get(f"/desk/tickets/{stage.ticket.number}/").status_code == 403
    assert browser.get("/api/v1/tickets/").status_code == 403
    assert browser.get(f"/supplier/{stage.foreign.number}/").status_code == 404
    requester = stage.browser(stage.world.acme.requester.user)
    assert requester.get(f"/supplier/{stage.ticket.number}/").status_code == 404


def test_another_supplier_never_reads_what_the_first_one_said(stage: Stage):
    assert send(stage.browser(stage.anna), stage.ticket.number, "reply", "Ours is 77-1") == 302
    with scope(ALL):
        again = {"supplier": stage.other.name, "message": "Please look at the splice"}
        row = Ticket.objects.get(pk=stage.ticket.pk)
        verbs.run(row, "hand_over", again, by=stage.agent, at=LATER + dt.timedelta(minutes=1))
    with time.frozen(LATER + dt.timedelta(minutes=2)):
        page = stage.browser(stage.otto).get(f"/supplier/{stage.ticket.number}/").text
        assert "Please look at the splice" in page
        assert WORDS not in page
        assert "77-1" not in page
        mine = stage.browser(stage.anna).get(f"/supplier/{stage.ticket.number}/").text
        assert "77-1" in mine
        assert "splice" not in mine
        refused = send(stage.browser(stage.anna), stage.ticket.number, "reply", "Still me")
    assert refused == 403
    with scope(ALL):
        assert not Message.objects.filter(body="Still me").exists()


def test_he_takes_it_asks_and_hands_it_back(stage: Stage):
    browser, address = stage.browser(stage.anna), f"/supplier/{stage.ticket.number}"
    assert browser.post(f"{address}/take/", {"their_reference": "77-1"}).status_code == 302
    assert send(browser, stage.ticket.number, "ask_back", "Which socket?") == 302
    with scope(ALL):
        row = Handover.objects.get(ticket=stage.ticket)
        assert (row.reference, row.accepted_at is not None, row.asked_at is not None) == ("77-1", True, True)
        answer = {"body": "The left one", "audience": "supplier"}
        verbs.run(Ticket.objects.get(pk=stage.ticket.pk), "reply", answer, by=stage.agent, at=LATER)
        assert Handover.objects.get(ticket=stage.ticket).asked_at is None
    assert send(browser, stage.ticket.number, "hand_back", "Spliced") == 302
    with scope(ALL):
        assert Handover.objects.get(ticket=stage.ticket).to_at is not None
        names = Entry.objects.about("incident", stage.ticket.pk).order_by("id").values_list("name", flat=True)
        assert [one.split(".")[1] for one in names] == [
            "opened", "handed_over", "supplier_replied", "handover_accepted", "supplier_replied",
            "supplier_replied", "supplier_replied", "handover_ended",
        ]  # fmt: skip
    assert "Spliced" in browser.get(f"{address}/").text
    assert send(browser, stage.ticket.number, "reply", "One more") == 403


def test_a_hold_that_waits_for_him_ends_when_he_is_done(stage: Stage):
    with scope(ALL):
        held = {"reason": "with-supplier"}
        verbs.run(Ticket.objects.get(pk=stage.ticket.pk), "hold", held, by=stage.agent, at=LATER)
    assert send(stage.browser(stage.anna), stage.ticket.number, "hand_back", "Done") == 302
    with scope(ALL):
        row = Ticket.objects.get(pk=stage.ticket.pk)
        assert (row.state, row.hold_kind) == ("in_progress", "")


def test_words_with_the_supplier_answer_no_customer_and_reach_none(stage: Stage):
    assert send(stage.browser(stage.anna), stage.ticket.number, "reply", "Hello") == 302
    requester = stage.world.acme.requester
    page = stage.browser(requester.user).get(f"/requests/{stage.ticket.number}/").text
    assert WORDS not in page
    assert "Hello" not in page
    with scope(ALL):
        assert not Timer.objects.filter(
            ticket=stage.ticket, metric="first_response", state="stopped"
        ).exists()
        by = stage.world.actor(requester)
        assert queries.search_ids("floor dead", by) == []
        with time.frozen(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)):
            relay.work_off(actors.system("tests"), limit=100)
        told = set(
            Mail.objects.filter(subject__contains=stage.ticket.number).values_list("recipient", flat=True)
        )
        assert stage.anna.email in told
        bodies = Mail.objects.filter(recipient=requester.email).values_list("text", flat=True)
        assert not any(WORDS in one or "Hello" in one for one in bodies)


def test_his_login_takes_no_role(stage: Stage):
    with scope(ALL), pytest.raises(errors.Invalid):
        accounts.grant(stage.anna, Role.AGENT, by=SYSTEM, at=LATER)
    assert not Grant.objects.filter(user=stage.anna).exists()
