"""What people of one site share: each request once, however many people sit there, and nothing of other sites."""

import pytest

from accounts import actions as accounts
from accounts.models import Person, Site
from core.actor import Actor
from customers.models import Sharing
from tests.api.callers import Caller
from tests.places import NOON, SYSTEM, World, report
from tickets.models import Ticket


@pytest.fixture
def site(world: World) -> Site:
    """A site of Acme, where the requester, the colleague and the manager sit."""
    made = accounts.create_site(Site(customer=world.acme.customer, name="North"), by=SYSTEM, at=NOON)
    Person.objects.filter(customer=world.acme.customer).update(site=made)
    return made


def seen(actor: Actor) -> list[str]:
    return list(Ticket.objects.visible_to(actor).order_by("id").values_list("number", flat=True))


@pytest.mark.usefixtures("site")
def test_a_request_stands_once_in_the_list_however_many_people_sit_at_the_site(world: World) -> None:
    ticket = report(world.acme)
    assert seen(world.actor(world.acme.requester)) == [ticket.number]


@pytest.mark.usefixtures("site")
def test_a_requester_of_a_full_site_reports_by_the_api(world: World) -> None:
    answer = Caller(world.acme.requester).post("incidents/", {"title": "VPN drops"})
    assert answer.status_code == 201
    assert answer.json()["requester"]["key"] == world.acme.requester.pk


def test_a_site_shares_with_its_own_people_alone(world: World, site: Site) -> None:
    ticket, colleague = report(world.acme), world.actor(world.acme.colleague)
    assert seen(colleague) == []
    world.acme.customer.sharing = Sharing.SITE
    world.acme.customer.save()
    assert seen(colleague) == [ticket.number]
    Person.objects.filter(pk=world.acme.colleague.pk).update(site=None)
    assert seen(colleague) == []
