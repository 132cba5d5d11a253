"""People and places that tests ask for: two customers of one provider, their people, an open scope, a clock."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from accounts import actions as accounts
from accounts import actors
from accounts.models import Person, Team, User
from accounts.roles import Role
from catalogue.models import Category, ServiceProfile
from cmdb import actions as cmdb
from cmdb.models import ConfigurationItem, ItemType
from core import actor as core_actor
from core import time
from core.actor import ALL, Actor
from customers import scoping
from customers.models import Customer, Organization
from incidents import actions as incidents
from tickets.actions import Opening
from tickets.models import Ticket

NOON = dt.datetime(2026, 11, 18, 12, 0, tzinfo=dt.UTC)  # a Wednesday
SYSTEM = core_actor.system("tests")


@dataclasses.dataclass
class Side:
    """One customer with everything a story needs. Texts carry a canary that names the customer."""

    customer: Customer
    requester: Person
    colleague: Person
    manager: Person
    agent: User
    service: ConfigurationItem

    def actor(self, who: User | Person) -> Actor:
        """The actor behind a login or a person."""
        user = who if isinstance(who, User) else who.user
        return actors.with_persons(actors.of_user(user))


@dataclasses.dataclass
class World:
    """The provider with its desk, and two customers of the same shape that must never see each other."""

    provider: Customer
    desk: Team
    category: Category
    supplier: Organization
    agent: User
    lead: User
    administrator: User
    auditor: User
    acme: Side
    beta: Side

    def actor(self, who: User | Person) -> Actor:
        return self.acme.actor(who)


def build_world(at: dt.datetime = NOON) -> World:
    """Make the world inside a scope over all customers, by the actions that an administrator uses."""
    provider = accounts.create_customer(
        Customer(slug="calder-it", name="Calder IT", is_provider=True), by=SYSTEM, at=at
    )
    agent, lead = _user("agent", "Sofia Keller", at), _user("lead", "Marta Kovac", at)
    administrator, auditor = _user("administrator", "Omar Haddad", at), _user("auditor", "Lena Voss", at)
    for user, role in (
        (agent, Role.AGENT),
        (lead, Role.TEAM_LEAD),
        (administrator, Role.ADMINISTRATOR),
        (auditor, Role.AUDITOR),
    ):
        accounts.grant(user, role, by=SYSTEM, at=at)
    team = Team(slug="service-desk", name="Service desk", is_triage=True)
    desk = accounts.create_team(team, by=SYSTEM, at=at, members=[agent, lead])
    category = Category.objects.create(slug="network", name="Network")
    type_ = ItemType.objects.create(slug="service", name="Service", states=["live", "retired"])
    supplier = accounts.create_organization(
        Organization(name="Lakeside Telecom", is_supplier=True), by=SYSTEM, at=at
    )
    sides = [_side(name, provider, type_, category, desk, at) for name in ("acme", "beta")]
    return World(provider, desk, category, supplier, agent, lead, administrator, auditor, *sides)


def _user(name: str, full: str, at: dt.datetime) -> User:
    return accounts.create_user(
        f"{name}@calder.example", full, by=SYSTEM, at=at, password="correct horse battery"
    )


def _side(
    name: str, provider: Customer, type_: ItemType, category: Category, desk: Team, at: dt.datetime
) -> Side:
    canary = f"canary-{name}"
    customer = accounts.create_customer(
        Customer(slug=name, name=f"{name.title()} {canary}"), by=SYSTEM, at=at
    )
    service = cmdb.create_item(
        ConfigurationItem(customer=provider, type=type_, name=f"Remote access {canary}", slug=f"remote-access-{name}"),
        by=SYSTEM, at=at,
    )  # fmt: skip
    cmdb.subscribe(service, by=SYSTEM, at=at, customer=customer)
    ServiceProfile.objects.create(service=service, support_team=desk, default_category=category)
    agent = _user(f"{name}-agent", f"Agent of {canary}", at)
    accounts.grant(agent, Role.AGENT, by=SYSTEM, at=at, customer=customer)
    people = [
        _person(customer, label, canary, role, at)
        for label, role in (
            ("requester", Role.REQUESTER),
            ("colleague", Role.REQUESTER),
            ("manager", Role.CUSTOMER_MANAGER),
        )
    ]
    return Side(customer, *people, agent, service)


def _person(customer: Customer, label: str, canary: str, role: Role, at: dt.datetime) -> Person:
    email = f"{label}@{customer.slug}.example"
    user = accounts.create_user(
        email, f"{label.title()} {canary}", by=SYSTEM, at=at, password="correct horse battery"
    )
    person = Person(customer=customer, name=f"{label.title()} {canary}", email=email, user=user)
    return accounts.create_person(person, by=SYSTEM, at=at, role=role)


def report(side: Side, *, by: Actor | None = None, at: dt.datetime = NOON, **given: Any) -> Ticket:
    """An incident of this side, reported by its requester in the portal."""
    values: dict[str, Any] = {
        "customer": side.customer,
        "title": f"VPN drops canary-{side.customer.slug}",
        "description": f"It drops every few minutes. canary-{side.customer.slug}",
        "service": side.service,
        "requester": side.requester,
        "impact": 2,
        "urgency": 2,
    }
    return incidents.open(Opening(**{**values, **given}), by=by or side.actor(side.requester), at=at)


@pytest.fixture
def everywhere(db: None) -> Iterator[scoping.Scope]:
    """A scope over all customers at noon: where tests arrange things."""
    with time.frozen(NOON), scoping.scope(ALL) as here:
        yield here


@pytest.fixture
def world(everywhere: scoping.Scope) -> World:
    """The provider and two customers of the same shape, inside a scope over all of them."""
    return build_world()


@pytest.fixture
def incident(world: World) -> Ticket:
    """An incident of Acme, new, reported at noon."""
    return report(world.acme)
