"""The people, services and agreements of the bench, made by the product's own actions: what the many rows hang on."""

import datetime as dt
from dataclasses import dataclass

from accounts import actions as accounts
from accounts import actors
from accounts.models import Grant, Person, Team, User
from accounts.roles import Role
from catalogue.models import Category, ServiceProfile
from cmdb import actions as cmdb
from cmdb.models import ConfigurationItem, ItemType
from core import actor as core_actor
from core.actor import ALL
from customers import scoping
from customers.models import Customer
from incidents import actions as incidents
from slas import standards
from tickets import actions as tickets
from tickets import verbs
from tickets.actions import Opening

CUSTOMERS, AGENTS, TEAMS, SERVICES = 200, 50, 5, 10
FEW_CUSTOMERS = 20  # of a town that only proves that the bench works
SYSTEM = core_actor.system("bench")
OF_200 = "of200@bench.example"  # an agent granted each customer by name
EVERYWHERE = "agent1@bench.example"
REQUESTER = "requester@bench.example"


@dataclass
class Models:
    """The keys of the rows that are copied: an open ticket, one that waits and a closed one, each with all it has."""

    open: int
    waiting: int
    closed: int
    person: int
    customers: list[int]
    agents: list[int]
    services: list[int]
    teams: list[int]
    categories: list[int]


def build(at: dt.datetime, *, is_small: bool = False) -> Models:
    """Make everything by actions, in one scope over all customers."""
    with scoping.scope(ALL):
        provider = accounts.create_customer(
            Customer(slug="provider", name="Provider", is_provider=True), by=SYSTEM, at=at
        )
        many = FEW_CUSTOMERS if is_small else CUSTOMERS
        agents = [_agent(number, at) for number in range(1, (many if is_small else AGENTS) + 1)]
        teams = [_team(number, agents, at) for number in range(1, TEAMS + 1)]
        customers = [_customer(number, at) for number in range(1, many + 1)]
        categories = [
            Category.objects.create(slug=f"category-{n}", name=f"Category {n}") for n in range(1, 7)
        ]
        services = _services(provider, customers, teams, categories, at)
        standards.best_effort(by=SYSTEM, at=at)
        named = accounts.create_user(OF_200, "Nadia Ofall", by=SYSTEM, at=at)
        Grant.objects.bulk_create(Grant(user=named, role=Role.AGENT, customer=one) for one in customers)
        person = _requester(customers[0], at)
        shown = [_ticket(person, services[0], agents[0], at, then) for then in ("", "hold", "close")]
        return Models(
            *shown, person=person.pk, customers=[one.pk for one in customers], agents=[one.pk for one in agents],
            services=[one.pk for one in services], teams=[one.pk for one in teams],
            categories=[one.pk for one in categories],
        )  # fmt: skip


def _agent(number: int, at: dt.datetime) -> User:
    user = accounts.create_user(f"agent{number}@bench.example", f"Agent {number:02} Keller", by=SYSTEM, at=at)
    accounts.grant(user, Role.AGENT, by=SYSTEM, at=at)
    return user


def _team(number: int, agents: list[User], at: dt.datetime) -> Team:
    team = Team(slug=f"team-{number}", name=f"Team {number}", is_triage=number == 1)
    return accounts.create_team(team, by=SYSTEM, at=at, members=agents[number - 1 :: TEAMS])


def _customer(number: int, at: dt.datetime) -> Customer:
    return accounts.create_customer(Customer(slug=f"c{number}", name=f"Customer {number}"), by=SYSTEM, at=at)


def _services(
    provider: Customer,
    customers: list[Customer],
    teams: list[Team],
    categories: list[Category],
    at: dt.datetime,
) -> list[ConfigurationItem]:
    kind = ItemType.objects.create(slug="service", name="Service", states=["live", "retired"])
    found = []
    for number in range(1, SERVICES + 1):
        row = ConfigurationItem(
            customer=provider, type=kind, name=f"Service {number}", slug=f"service-{number}"
        )
        service = cmdb.create_item(row, by=SYSTEM, at=at)
        cmdb.subscribe(service, by=SYSTEM, at=at, customer=customers[0])
        ServiceProfile.objects.create(
            service=service, support_team=teams[number % TEAMS], default_category=categories[number % 6]
        )
        found.append(service)
    return found


def _requester(customer: Customer, at: dt.datetime) -> Person:
    user = accounts.create_user(REQUESTER, "Rosa Requester", by=SYSTEM, at=at)
    person = Person(customer=customer, name="Rosa Requester", email=REQUESTER, user=user)
    return accounts.create_person(person, by=SYSTEM, at=at, role=Role.REQUESTER)


def _ticket(person: Person, service: ConfigurationItem, agent: User, at: dt.datetime, then: str) -> int:
    asks, works = (actors.with_persons(actors.of_user(one)) for one in (person.user, agent))
    opening = Opening(
        customer=person.customer, title="VPN drops", description="It drops every few minutes.", service=service,
        requester=person, impact=2, urgency=2,
    )  # fmt: skip
    ticket = incidents.open(opening, by=asks, at=at)
    tickets.assign(ticket, by=works, at=at + dt.timedelta(minutes=1), assignee=agent)
    tickets.reply(ticket, by=works, at=at + dt.timedelta(minutes=2), body="We look at it.")
    later = at + dt.timedelta(minutes=30)
    if then == "hold":
        verbs.run(
            ticket, "hold", {"reason": "with-customer", "message": "Which version?"}, by=works, at=later
        )
    if then == "close":
        incidents.resolve(ticket, by=works, at=later, code="fixed", note="Restarted the gateway.")
        incidents.close(ticket, by=works, at=later + dt.timedelta(minutes=5))
    return ticket.pk
