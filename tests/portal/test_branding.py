"""A customer's own looks and language: refused where nobody could read it, and never another customer's."""

import base64
import dataclasses

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import actions as accounts
from accounts import portal_actions
from accounts.models import Person, Portal
from accounts.roles import Role
from core import colour, errors
from core.actor import ALL
from customers import scoping
from journal.models import Entry
from tests.places import NOON, SYSTEM, report

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def brand(side, **values) -> Portal:
    with scoping.scope(ALL):
        row = Portal(customer=side.customer, **values)
        return portal_actions.create_portal(row, by=SYSTEM, at=NOON)


def test_the_portal_wears_its_customers_name_colours_and_help_line(town, visitor):
    brand(town.acme, name="Acme help", accent="#7A1F5C", accent_dark="#F2A9D8", phone="4711", hours="always")
    client = visitor(town.acme.requester)
    page = client.get("/").content.decode()
    assert "Acme help" in page
    assert "call 4711" in page.lower()
    assert "/look.css?v=" in page
    look = client.get("/look.css")
    assert look["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent: light-dark(#7A1F5C, #F2A9D8);" in look.content.decode()
    beta = visitor(town.beta.requester)
    assert "Acme" not in beta.get("/").content.decode()
    assert "#7A1F5C" not in beta.get("/look.css").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("accent", "#9AD0D4"), ("accent_dark", "#0B636D"), ("accent", "red; }"), ("mail_domains", ["x"])],
)
def test_what_cannot_be_read_or_is_none_is_refused_and_changes_nothing(town, field, value):
    row = brand(town.acme)
    with scoping.scope(ALL):
        before = Entry.objects.count()
        with pytest.raises(errors.Invalid) as refusal:
            portal_actions.change_portal(row, by=SYSTEM, at=NOON, fields={field: value})
        assert list(refusal.value.errors) == [field]
        assert (Portal.objects.get().version, Entry.objects.count()) == (1, before)


def test_contrast_is_that_of_wcag():
    assert round(colour.contrast("#FFFFFF", "#000000"), 1) == 21.0
    assert round(colour.contrast("#767676", "#FFFFFF"), 2) == 4.54


def test_an_administrator_sets_a_logo_in_the_settings_and_a_script_is_none(town, visitor):
    client = visitor(town.administrator)
    given = {"customer": town.acme.customer.pk, "has_survey": "on", "accent": "#7A1F5C"}
    url = "/desk/settings/portals/new/"
    bad = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", content_type="image/png")
    assert client.post(url, {**given, "logo": bad}).status_code == 422
    with scoping.scope(ALL):
        assert Portal.objects.count() == 0
    good = SimpleUploadedFile("logo.png", PNG, content_type="image/png")
    assert client.post(url, {**given, "logo": good}).status_code == 302
    logo = visitor(town.acme.requester).get("/logo")
    assert (logo.content, logo["Content-Type"], logo["X-Content-Type-Options"]) == (
        PNG,
        "image/png",
        "nosniff",
    )
    assert visitor(town.beta.requester).get("/logo").status_code == 404


def test_who_belongs_to_two_customers_sees_one_at_a_time_and_is_led_to_the_other(town, visitor):
    with scoping.scope(ALL):
        at_beta = report(town.beta)
        user = town.beta.requester.user
        both = Person(
            customer=town.acme.customer, name="Requester at Acme", email="r@acme.example", user=user
        )
        accounts.create_person(both, by=SYSTEM, at=NOON, role=Role.REQUESTER)
        mine = report(dataclasses.replace(town.acme, requester=both), by=town.actor(user))
    client = visitor(user)
    assert mine.number in (page := client.get("/requests/").content.decode())
    assert at_beta.number not in page
    led = client.get(f"/requests/{at_beta.number}/").content.decode()
    assert "This request is at" in led
    assert at_beta.title not in led
    assert client.post(f"/requests/{at_beta.number}/answer/", {"body": "x"}).status_code == 404
    answer = client.post("/requests/customer/", {"customer": "beta", "number": at_beta.number})
    assert answer["Location"] == f"/requests/{at_beta.number}/"
    assert at_beta.title in client.get(answer["Location"]).content.decode()
    assert mine.number not in client.get("/requests/").content.decode()


def test_pages_speak_the_persons_language_else_the_customers(town, visitor):
    with scoping.scope(ALL):
        accounts.change_customer(town.acme.customer, by=SYSTEM, at=NOON, fields={"language": "de"})
        accounts.change_person(town.acme.colleague, by=SYSTEM, at=NOON, fields={"language": "en"})
    assert '<html lang="de"' in visitor(town.acme.requester).get("/").content.decode()
    assert '<html lang="en"' in visitor(town.acme.colleague).get("/").content.decode()
    assert '<html lang="en"' in visitor(town.beta.requester).get("/").content.decode()
