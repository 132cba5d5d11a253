"""The pages of major incidents: the list, the room, and the band, each as far as one may see."""

import pytest
from django.test import Client

from core import time
from core.actor import ALL
from customers import scoping
from tests.incidents.major import child, declared, detail, do
from tests.places import NOON, World, build_world, report
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> tuple[World, Ticket]:
    with time.frozen(NOON), scoping.scope(ALL):
        world = build_world()
        return world, declared(world, title="Remote access is down")


def desk(user) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def test_the_band_on_every_page_leads_to_the_room(place):
    world, ticket = place
    page = desk(world.agent).get("/desk/").content.decode()
    assert f'href="/desk/major/{ticket.number}/"' in page
    assert f"{ticket.number} Remote access is down" in page


def test_who_does_not_see_the_ticket_sees_neither_band_nor_room(place):
    world, ticket = place
    other = desk(world.beta.agent)
    assert "Remote access is down" not in other.get("/desk/").content.decode()
    assert "Remote access is down" not in other.get("/desk/major/").content.decode()
    assert other.get(f"/desk/major/{ticket.number}/").status_code == 404
    assert other.post(f"/desk/major/{ticket.number}/update/", {"public": "x"}).status_code == 404


def test_a_usual_ticket_has_no_room(place):
    world, _ticket = place
    with time.frozen(NOON), scoping.scope(ALL):
        usual = report(world.acme)
    assert desk(world.agent).get(f"/desk/major/{usual.number}/").status_code == 404


def test_a_preview_writes_nothing_and_a_refused_update_keeps_its_text(place):
    world, ticket = place
    browser, address = desk(world.agent), f"/desk/major/{ticket.number}/update/"
    shown = browser.post(address, {"public": "A **line** is cut.", "preview": "1"})
    assert "<strong>line</strong>" in shown.content.decode()
    refused = browser.post(address, {"public": "A cut.", "next_update_at": "2020-01-01T09:00"})
    assert (refused.status_code, "A cut." in refused.content.decode()) == (422, True)
    with scoping.scope(ALL):
        assert ticket.major_updates.count() == 3


def test_a_ticket_is_linked_from_the_room(place):
    world, ticket = place
    with time.frozen(NOON), scoping.scope(ALL):
        other = report(world.beta)
    desk(world.agent).post(f"/desk/major/{ticket.number}/link/", {"number": other.number.lower()})
    with scoping.scope(ALL):
        assert other.links.get().other_id == ticket.pk


def test_the_draft_of_the_report_comes_from_the_timeline(place):
    world, ticket = place
    with time.frozen(NOON), scoping.scope(ALL):
        child(world, ticket)
        do(world, ticket, "record_decision", text="Reroute by way of Basel")
    page = desk(world.agent).get(f"/desk/tickets/{ticket.number}/do/report_major/").content.decode()
    assert "Reroute by way of Basel" in page
    assert "Linked tickets: 1, customers: 2" in page


def test_the_settings_hold_procedure_top_management_and_texts(place):
    world, ticket = place
    admin = desk(world.administrator)
    for slug, word in (
        ("major-procedure", "Declare it"),
        ("top-management", "Lena Voss"),
        ("update-texts", "Update"),
    ):
        answer = admin.get(f"/desk/settings/{slug}/", follow=True)
        assert (answer.status_code, word in answer.content.decode()) == (200, True), slug
    with scoping.scope(ALL):
        assert detail(ticket).procedure_version == 1
