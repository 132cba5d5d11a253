"""A manager's people: grouped, exported as shown, and what is confidential counted only."""

import pytest

from accounts import actions as accounts
from accounts.models import Compartment, Site
from core.actor import ALL
from customers import scoping
from tests.places import NOON, SYSTEM, report
from tickets.models import Ticket


@pytest.fixture
def two(town):
    """A request of each of two people, the colleague's at a site and with a title that a table would reckon."""
    with scoping.scope(ALL):
        lisbon = accounts.create_site(Site(customer=town.acme.customer, name="Lisbon"), by=SYSTEM, at=NOON)
        accounts.change_person(town.acme.colleague, by=SYSTEM, at=NOON, fields={"site": lisbon})
        town.acme.colleague.refresh_from_db()
        mine = report(town.acme)
        acting = town.actor(town.acme.colleague)
        theirs = report(town.acme, requester=town.acme.colleague, by=acting, title="=1+1 printer")
        report(town.beta)
    return mine, theirs


def test_requests_stand_under_each_person_or_site(town, visitor, two):
    client = visitor(town.acme.manager)
    page = client.get("/requests/?who=all&group=person").content.decode()
    places = [
        page.index(one)
        for one in ("Colleague canary-acme</h2>", two[1].number, "Requester canary-acme</h2>", two[0].number)
    ]
    assert places == sorted(places)
    page = client.get("/requests/?who=all&group=site").content.decode()
    assert page.index("No site</h2>") < page.index(two[0].number) < page.index("Lisbon</h2>")


def test_the_export_holds_what_is_shown_and_no_formula(town, visitor, two):
    answer = visitor(town.acme.manager).get("/requests/?who=all&show=open&as=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="requests-acme-2026-11-18.csv"'
    assert [line.split(",")[:2] for line in lines[1:]] == [
        [two[1].number, "'=1+1 printer"], [two[0].number, "VPN drops canary-acme"],
    ]  # fmt: skip
    assert "2026-11-18T12:00+00:00" in lines[1]
    colleague = visitor(town.acme.requester).get("/requests/?who=all&as=csv").content.decode()
    assert two[1].number not in colleague


def test_what_is_confidential_is_a_number_and_nothing_else(town, visitor, two):
    client = visitor(town.acme.manager)
    assert "confidential" not in client.get("/requests/?who=all").content.decode()
    with scoping.scope(ALL):
        closed_list = Compartment.objects.create()
    with scoping.scope(ALL, compartments=[0, closed_list.pk]):
        Ticket.objects.filter(pk=two[1].pk).update(compartment=closed_list.pk)
    page = client.get("/requests/?who=all").content.decode()
    assert "1 confidential request is not shown." in page
    assert two[1].number not in page
    assert "confidential" not in visitor(town.beta.manager).get("/requests/?who=all").content.decode()
