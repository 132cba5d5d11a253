"""The people and places of the demo, made by the actions that an administrator uses."""

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounts import actions as accounts
from accounts import actors, rota_actions
from accounts.models import Membership, Person, Rota, ServiceAccount, Site, Team, User
from accounts.roles import Role
from calendars import actions as calendars
from calendars.models import Calendar
from calendars.worktime import WorkCalendar
from catalogue import actions as catalogue
from catalogue import requirements
from catalogue.models import Category, ServiceRequirement
from cmdb import actions as cmdb
from cmdb.models import ConfigurationItem, ItemType
from core.actor import Actor
from customers.models import Customer, Organization
from itsm.demo import inner
from slas import actions as slas
from slas import agreeing, standards
from slas.drafts import AgreementDraft, LimitDraft, StepDraft

HERE = Path(__file__).parent
SIGN_IN = 3  # people of each customer who can sign in, beside his manager
STEPS = (
    StepDraft(percent=75, notify=("assignee", "team")),
    StepDraft(percent=100, notify=("assignee", "lead")),
    StepDraft(percent=150, notify=("incident_manager",)),
)


@dataclass
class Party:
    """One sample customer as the script needs him."""

    customer: Customer
    people: list[Person]
    services: dict[str, ConfigurationItem]
    hours: WorkCalendar
    targets: dict[int, tuple[float, float]]
    weight: int
    manager: Person


@dataclass
class Cast:
    """Everybody. `sign_ins` are (user, role, customer's slug)."""

    provider: Customer
    staff: dict[str, User]
    teams: dict[str, Team]
    suppliers: dict[str, Organization]
    parties: dict[str, Party] = field(default_factory=dict)
    monitoring: ServiceAccount | None = None
    sign_ins: list[tuple[User, str, str | None]] = field(default_factory=list)
    actors: dict[str, Actor] = field(default_factory=dict)
    members: dict[int, list[User]] = field(default_factory=dict)
    services: dict[str, ConfigurationItem] = field(default_factory=dict)
    supplier: User | None = None

    def actor(self, user: User) -> Actor:
        """The actor behind a login, worked out once."""
        key = f"user:{user.pk}"
        if key not in self.actors:
            self.actors[key] = actors.with_persons(actors.of_user(user))
        return self.actors[key]


def read() -> dict[str, Any]:
    """The description of the cast."""
    return tomllib.loads((HERE / "cast.toml").read_text("utf-8"))


class Builder:
    """Makes the cast at an instant `at` in the past, as the administrator `by`."""

    def __init__(self, by: Actor, at: dt.datetime, encoded_password: str):
        self.told, self.by, self.at, self.password = read(), by, at, encoded_password

    def build(self) -> Cast:
        """Make everybody and everything. Needs a scope over all customers."""
        cast = Cast(self._provider(), {}, {}, {})
        for login, one in self.told["staff"].items():
            cast.staff[login] = self._user(f"{login}@calder-it.example", one["name"])
            accounts.grant(cast.staff[login], Role(one["role"]), by=self.by, at=self.at)
            cast.sign_ins.append((cast.staff[login], one["role"], None))
        cast.teams = {slug: self._team(slug, one, cast) for slug, one in self.told["teams"].items()}
        for name, kind in self.told["suppliers"].items():
            supplier = Organization(name=name, **{kind: True})
            cast.suppliers[name] = accounts.create_organization(supplier, by=self.by, at=self.at)
        hours = {key: self._calendar(one) for key, one in self.told["calendars"].items()}
        standards.best_effort(by=self.by, at=self.at, hours=hours["london"][0])
        services = cast.services = self._services(cast, self._categories())
        cast.monitoring = ServiceAccount.objects.create(
            name="Calder monitoring", owner=cast.staff["liam.oconnor"]
        )
        accounts.grant(cast.monitoring, Role.AGENT, by=self.by, at=self.at)
        for slug, one in self.told["customers"].items():
            cast.parties[slug] = self._party(slug, one, cast, services, hours)
        self._items(cast, services)
        inner.agree(cast, hours["london"][0], by=self.by, at=self.at)
        return cast

    def _provider(self) -> Customer:
        found = Customer.objects.filter(is_provider=True).first()
        if found is not None:
            return found
        new = Customer(is_provider=True, is_sample=True, **self.told["provider"])
        made = accounts.create_customer(new, by=self.by, at=self.at)
        accounts.change_installation(by=self.by, at=self.at, fields=self.told["installation"], reason="Demo")
        return made

    def _user(self, email: str, name: str, zone: str = "") -> User:
        user = accounts.create_user(email, name, by=self.by, at=self.at, time_zone=zone)
        user.password = (
            self.password
        )  # hashed once for all: it is the same one, and hashing is slow on purpose
        user.save(update_fields=["password"])
        return user

    def _team(self, slug: str, one: dict[str, Any], cast: Cast) -> Team:
        taken = Team.objects.filter(customer=None, is_triage=True).exists()
        if Team.objects.filter(slug=slug).exists():  # an installation that was begun by hand has its own
            slug = f"sample-{slug}"
        team = Team(slug=slug, name=one["name"], is_triage=one.get("is_triage", False) and not taken)
        people = [cast.staff[one["lead"]], *(cast.staff[name] for name in one["members"])]
        made = accounts.create_team(team, by=self.by, at=self.at, members=people)
        cast.members[made.pk] = people
        Membership.objects.filter(team=made, user=people[0]).update(is_lead=True)
        self._put_on_call(made, people)
        return made

    def _put_on_call(self, team: Team, people: list[User]) -> None:
        """A week each, handed over on Monday morning."""
        rota = Rota(
            team=team, name="On call", time_zone=self.told["provider"]["time_zone"], weekday=0,
            handover_time=dt.time(9), starts_on=self.at.date() - dt.timedelta(days=7),
        )  # fmt: skip
        rota_actions.create_rota(rota, by=self.by, at=self.at, members=people, reason="Demo")

    def _calendar(self, one: dict[str, Any]) -> tuple[Calendar, WorkCalendar]:
        row = Calendar(name=one["name"], time_zone=one["time_zone"])
        parts = {"week": one["week"], "holidays": one.get("holidays", [])}
        made = calendars.create_calendar(row, by=self.by, at=self.at, reason="Demo", **parts)
        return made, WorkCalendar(one["time_zone"], parts["week"], parts["holidays"], {})

    def _categories(self) -> dict[str, Category]:
        found: dict[str, Category] = {}
        for slug, one in self.told["categories"].items():
            told = one if isinstance(one, dict) else {"name": one}
            row = Category(slug=slug, name=told["name"], parent=found.get(told.get("parent", "")))
            found[slug] = catalogue.create_category(row, by=self.by, at=self.at)
        return found

    def _services(self, cast: Cast, categories: dict[str, Category]) -> dict[str, ConfigurationItem]:
        self._type("service", "Service", ["live", "retired"])
        made = {}
        for slug, one in self.told["services"].items():
            row = ConfigurationItem(customer=cast.provider, name=one["name"], slug=slug)
            profile = {
                "summary": one["summary"],
                "criticality": one["criticality"],
                "owner": cast.staff[one["owner"]],
                "support_team": cast.teams[one["team"]],
                "default_category": categories[one["category"]],
            }
            made[slug] = catalogue.create_service(row, by=self.by, at=self.at, profile=profile)
        return made

    def _type(self, slug: str, name: str, states: list[str]) -> ItemType:
        found = ItemType.objects.filter(slug=slug).first()
        return found or cmdb.create_type(
            ItemType(slug=slug, name=name, states=states), by=self.by, at=self.at
        )

    def _items(self, cast: Cast, services: dict[str, ConfigurationItem]) -> None:
        states = ["live", "maintenance", "retired"]
        names = {"server": "Server", "network-device": "Network device"}
        kinds = {slug: self._type(slug, name, states) for slug, name in names.items()}
        made: dict[str, ConfigurationItem] = {}
        for name, one in self.told["items"].items():
            row = ConfigurationItem(customer=cast.provider, type=kinds[one["type"]], name=name)
            made[name] = cmdb.create_item(row, by=self.by, at=self.at)
            if "runs_on" in one:
                cmdb.relate(made[name], "runs_on", made[one["runs_on"]], by=self.by, at=self.at)
            for service in one["serves"]:
                cmdb.relate(services[service], "depends_on", made[name], by=self.by, at=self.at)

    def _party(
        self,
        slug: str,
        one: dict[str, Any],
        cast: Cast,
        services: dict[str, ConfigurationItem],
        hours: dict[str, tuple[Calendar, WorkCalendar]],
    ) -> Party:
        plain = {name: one[name] for name in ("name", "time_zone", "language", "sharing")}
        customer = accounts.create_customer(
            Customer(slug=slug, is_sample=True, **plain), by=self.by, at=self.at
        )
        sites = [
            accounts.create_site(Site(customer=customer, name=name, time_zone=zone), by=self.by, at=self.at)
            for name, zone in one["sites"].items()
        ]
        taken = {name: services[name] for name in one["services"]}
        for service in taken.values():
            cmdb.subscribe(service, by=self.by, at=self.at, customer=customer)
        calendar, worktime = hours[one["calendar"]]
        targets = self._agreement(customer, one, calendar)
        manager = self._person(customer, one["manager"], sites[0], cast, Role.CUSTOMER_MANAGER)
        people = [
            self._person(
                customer, name, sites[place % len(sites)], cast, Role.REQUESTER if place < SIGN_IN else None
            )
            for place, name in enumerate(one["people"])
        ]
        if "agent" in one:
            agent = self._user(_address(one["agent"], customer), one["agent"], zone=customer.time_zone)
            accounts.grant(agent, Role.AGENT, by=self.by, at=self.at, customer=customer)
            cast.sign_ins.append((agent, Role.AGENT.value, slug))
        return Party(customer, people, taken, worktime, targets, one["weight"], manager)

    def _agreement(
        self, customer: Customer, one: dict[str, Any], calendar: Calendar
    ) -> dict[int, tuple[float, float]]:
        if not one["level"]:
            return {priority: tuple(hours) for priority, hours in standards.BEST_EFFORT.items()}
        hours = {
            int(level): (first, fix) for level, (first, fix) in self.told["levels"][one["level"]].items()
        }
        draft = AgreementDraft(
            customer=customer,
            name=f"{one['level'].title()} {customer.name}",
            calendar=calendar,
            targets=standards.targets(hours, steps=STEPS),
            scope="The services that the customer takes, supported in the hours of the calendar.",
            limits=(LimitDraft(most=400, ticket_kind="incident"), LimitDraft(most=20, priority=1)),
            exceptions="Announced maintenance\nWaiting for an answer of the customer",
            requirements=(self._requirement(customer, hours),),
        )
        made = slas.create_agreement(draft, by=self.by, at=self.at, reason="Demo")
        evidence = f"Contract of {customer.name}, page 12"
        agreeing.settle(made, by=self.by, at=self.at, signed_by=one["manager"], evidence=evidence)
        return hours

    def _requirement(self, customer: Customer, hours: dict[int, tuple[float, float]]) -> ServiceRequirement:
        """What the agreement answers: the customer's own words."""
        title = f"Urgent disturbances are solved within {hours[1][1]:g} hours of service"
        row = ServiceRequirement(customer=customer, title=title, source="First service review")
        return requirements.create_requirement(row, by=self.by, at=self.at)

    def _person(self, customer: Customer, name: str, site: Site, cast: Cast, role: Role | None) -> Person:
        email = _address(name, customer)
        user = self._user(email, name, zone=customer.time_zone) if role else None
        if user and role:
            cast.sign_ins.append((user, role.value, customer.slug))
        person = Person(customer=customer, name=name, email=email, site=site, user=user)
        return accounts.create_person(person, by=self.by, at=self.at, role=role)


def _address(name: str, customer: Customer) -> str:
    """ines.duarte@harbour-clinics.example"""
    plain = name.lower().translate(str.maketrans({"ü": "ue", "ö": "oe", "ä": "ae", " ": "."}))
    return f"{plain}@{customer.slug}.example"
