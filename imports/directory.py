"""From names in a source to rows of this customer: looked up for a whole batch at once, and made where there are none.

What is made belongs to the customer alone. Former members of staff become logins that cannot sign in, at addresses
that lead nowhere: a ticket needs somebody to have been its assignee.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.text import slugify

from accounts import events
from accounts.models import Person, Site, Team, User, email_key
from catalogue.models import Category
from cmdb.models import Subscription
from core.actor import Actor
from customers.models import Customer
from imports import bulk
from imports.records import OURS, Record
from journal import recording
from tickets import reference
from tickets.models import Matrix

Row = TypeVar("Row", bound=models.Model)


@dataclass
class Directory:
    """The rows that one batch of records refers to, by the names that the source has for them."""

    customer: Customer
    system: str
    by: Actor
    at: dt.datetime
    matrix: Matrix = field(default_factory=reference.matrix_in_force)
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    categories: dict[tuple[str, str | None], Category] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)

    def look_up(self, records: Iterable[Record]) -> None:
        """Find or make everything that these records name; two queries for each kind at most."""
        records = list(records)
        steps = [step for record in records for step in record.steps]
        self._teams({step.team for step in steps if step.team})
        self._users({step.assignee for step in steps if step.assignee})
        self._sites({step.site for step in steps if step.site})
        self._services({step.service for step in steps if step.service})
        self._categories({(step.category, step.subcategory) for step in steps if step.category})
        self._people(records)

    def person(self, record: Record) -> Person | None:
        """Who asked for it, if the source knows."""
        return self.people.get(self._person_key(record))

    def category(self, category: str | None, subcategory: str | None) -> Category | None:
        """The finest category that the source names."""
        return self.categories.get((category, subcategory)) if category else None

    def _person_key(self, record: Record) -> str:
        named = record.requester or record.requester_email or record.requester_name
        return f"{self.system}:{named}"[:200] if named else ""

    def _people(self, records: list[Record]) -> None:
        wanted = {key: record for record in records if (key := self._person_key(record))}
        known = Person.objects.filter(customer=self.customer)
        self.people = {one.source_key: one for one in known.filter(source_key__in=wanted)}
        addresses = {
            email_key(record.requester_email): key
            for key, record in wanted.items()
            if key not in self.people and _is_address(record.requester_email)
        }
        by_address = {one.email_key: one for one in known.filter(email_key__in=addresses)}
        self.people |= {addresses[key]: one for key, one in by_address.items()}
        made = [
            self._new_person(key, record, is_at_address=key in addresses.values())
            for key, record in wanted.items()
            if key not in self.people
        ]
        self._insert(Person, made)
        keys = [one.pk for one in made]
        bulk.keep_history(Person, keys, at=self.at, reason=f"import by {self.by.key}", is_update=False)
        self.people |= {one.source_key: one for one in made}

    def _new_person(self, key: str, record: Record, *, is_at_address: bool) -> Person:
        address = (record.requester_email or "") if is_at_address else ""
        name = record.requester_name or record.requester or record.requester_email or key
        return Person(
            customer=self.customer,
            name=name[:200],
            email=address,
            email_key=email_key(address),
            source_key=key,
        )

    def _teams(self, names: set[str]) -> None:
        slugs = {name: self._slug(name, 60) for name in names}
        rows = Team.objects.filter(models.Q(customer=None) | models.Q(customer=self.customer))
        found = {one.slug: one for one in rows.filter(slug__in=slugs.values())}
        new = {
            slug: Team(customer=self.customer, slug=slug, name=_plain(name)[:120])
            for name, slug in slugs.items()
            if slug not in found
        }
        self._insert(Team, list(new.values()))
        self.teams = {name: (found | new)[slug] for name, slug in slugs.items()}

    def _users(self, names: set[str]) -> None:
        host = f"{self.customer.slug}.{self.system.replace('_', '-')}.invalid"
        keys = {
            name: email_key(name.removeprefix(OURS))
            if name.startswith(OURS)
            else f"{_short(name, 60)}@{host}"
            for name in names
        }
        found = {one.email: one for one in User.objects.filter(email__in=keys.values())}
        new = {}
        for name, key in keys.items():
            if key not in found and key not in new:
                new[key] = User(email=key, name=_plain(name)[:200], is_active=False)
                new[key].set_unusable_password()
        self._insert(User, list(new.values()))
        self.users = {name: (found | new)[key] for name, key in keys.items()}

    def _sites(self, names: set[str]) -> None:
        short = {name: _plain(name)[:120] for name in names}
        found = {
            one.name: one for one in Site.objects.filter(customer=self.customer, name__in=short.values())
        }
        zone = self.customer.time_zone
        new = {
            one: Site(customer=self.customer, name=one, time_zone=zone)
            for one in dict.fromkeys(short.values())
            if one not in found
        }
        self._insert(Site, list(new.values()))
        self.sites = {name: (found | new)[one] for name, one in short.items()}

    def _services(self, names: set[str]) -> None:
        """Only services that the customer takes; others stay unknown, and are named in the record's own fields."""
        taken = Subscription.objects.filter(customer=self.customer).values_list(
            "service_id", "service__slug", "service__name"
        )
        known = {key: service_id for service_id, slug, name in taken for key in (name, slug) if key}
        self.services = {name: known[_plain(name)] for name in names if _plain(name) in known}

    def _categories(self, pairs: set[tuple[str | None, str | None]]) -> None:
        parents = {(name, None) for name, _child in pairs}
        self._tier(parents, {})
        self._tier(pairs - parents, {name: self.categories[name, None] for name, _child in pairs})

    def _tier(self, pairs: Iterable[tuple[Any, Any]], parents: dict[Any, Category]) -> None:
        slugs = {
            pair: self._slug(pair[1] or pair[0], 80) if pair[1] is None or pair[1].startswith(OURS)
            else self._slug(f"{_plain(pair[0])} {pair[1]}", 80)
            for pair in pairs
        }  # fmt: skip
        rows = Category.objects.filter(models.Q(customer=None) | models.Q(customer=self.customer))
        found = {one.slug: one for one in rows.filter(slug__in=slugs.values())}
        new: dict[str, Category] = {}
        for pair, slug in slugs.items():
            if slug not in found and slug not in new:
                name = _plain(pair[1] or pair[0])[:120]
                new[slug] = Category(
                    customer=self.customer, slug=slug, name=name, parent=parents.get(pair[0])
                )
        self._insert(Category, list(new.values()))
        self.categories |= {pair: (found | new)[slug] for pair, slug in slugs.items()}

    def _slug(self, name: str, most: int) -> str:
        """Ours where the mapping translates it, else one that no other customer's can meet."""
        if name.startswith(OURS):
            return name.removeprefix(OURS)
        return _short(f"{self.customer.slug} {self.system} {name}", most)

    def _insert(self, model: type[Row], rows: list[Row]) -> None:
        """Insert rows of reference data, each with its entry in the customer's journal."""
        if not rows:
            return
        model._default_manager.bulk_create(rows)
        reason = f"import from {self.system}"
        recording.record_many(
            events.Created(
                subject=row,
                by=self.by,
                at=self.at,
                owner_id=self.customer.pk,
                values={"name": str(row)},
                reason=reason,
            )
            for row in rows
        )


def _plain(name: str) -> str:
    return name.removeprefix(OURS)


def _short(name: str, most: int) -> str:
    """A slug of at most this length; signs and scripts that do not survive in it leave a mark that keeps it apart."""
    slug = slugify(name)
    if slug and len(slug) <= most and re.sub(r"[\s-]+", " ", name.lower()).strip() == slug.replace("-", " "):
        return slug
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{slug[: most - 9].strip('-')}-{mark}".strip("-")


def _is_address(value: str | None) -> bool:
    try:
        validate_email(value or "")
    except ValidationError:
        return False
    return True
