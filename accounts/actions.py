"""Verbs about customers, their people and sites, teams, logins and roles. Each records an entry (decision 22)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import settings, suppliers
from accounts.models import Grant, Membership, Person, ServiceAccount, Site, Team, User, email_key
from accounts.roles import CUSTOMER_ROLES, Role
from core import errors
from core.actor import ALL, Actor
from customers import scoping
from customers.models import Customer, Installation, Organization


def create_customer(customer: Customer, *, by: Actor, at: dt.datetime, reason: str = "") -> Customer:
    """Take on a customer (8.3.2), in a scope over all. Raises Forbidden, Conflict. Records customer.created."""
    settings.require(by, "customer.write")
    if scoping.current().customers is not ALL:
        raise errors.Forbidden(_("Only who sees all customers can add one."))
    return settings.create(customer, by=by, at=at, reason=reason)


def create_site(site: Site, *, by: Actor, at: dt.datetime) -> Site:
    """Add a place of a customer. Raises Forbidden, Conflict. Records site.created."""
    settings.require(by, "customer.write", site.customer_id)
    return settings.create(site, by=by, at=at)


def create_organization(organization: Organization, *, by: Actor, at: dt.datetime) -> Organization:
    """Add a supplier (8.3.4). Raises Forbidden, Conflict. Records organization.created."""
    settings.require(by, "customer.write", organization.customer_id)
    return settings.create(organization, by=by, at=at)


def create_person(person: Person, *, by: Actor, at: dt.datetime, role: str | None = None) -> Person:
    """Record a human of a customer; with a user and a role he may sign in for that customer.

    Raises Forbidden, Conflict (address taken at this customer). Records person.created.
    """
    settings.require(by, "person.write", person.customer_id)
    made = settings.create(person, by=by, at=at)
    if role and person.user:
        grant(person.user, Role(role), by=by, at=at, customer=person.customer)
    return made


def create_user(
    email: str, name: str, *, by: Actor, at: dt.datetime, password: str | None = None, **fields: object
) -> User:
    """Make a login. Raises Forbidden, Conflict (address in use). Records user.created, never the password."""
    settings.require(by, "user.write")
    if User.objects.filter(email=email_key(email)).exists():
        raise errors.Conflict(_("There is a login for %(email)s already.") % {"email": email})
    user = User.objects.create_user(email, password, name=name, **fields)
    settings.note_creation(user, by=by, at=at, values={"email": user.email, "name": user.name})
    return user


def create_team(team: Team, *, by: Actor, at: dt.datetime, members: Iterable[User] = ()) -> Team:
    """Make a team with its members. Raises Forbidden, Conflict. Records team.created."""
    settings.require(by, "team.write", team.customer_id)
    settings.create(team, by=by, at=at)
    Membership.objects.bulk_create(Membership(team=team, user=user) for user in members)
    return team


def set_members(
    team: Team, *, by: Actor, at: dt.datetime, members: Iterable[User], leads: Iterable[User] | None = None
) -> Team:
    """Make exactly these the members of a team, and of them exactly these its leads (None: as they are).

    Raises Forbidden, Invalid (a lead who is no member). Records team.changed.
    """
    settings.require(by, "team.write", team.customer_id)
    wanted = {user.pk: user for user in members}
    rows = Membership.objects.filter(team=team).select_related("user")
    before = {one.user_id: one for one in rows}
    leading = (
        {pk for pk, one in before.items() if one.is_lead} if leads is None else {one.pk for one in leads}
    )
    if leads is not None and not leading <= wanted.keys():
        raise errors.required("leads", _("A lead is a member of the team too."))
    Membership.objects.filter(team=team).exclude(user_id__in=wanted).delete()
    Membership.objects.bulk_create(
        Membership(team=team, user=user, is_lead=pk in leading)
        for pk, user in wanted.items()
        if pk not in before
    )
    if leads is not None:
        rows.exclude(user_id__in=leading).filter(is_lead=True).update(is_lead=False)
        rows.filter(user_id__in=leading, is_lead=False).update(is_lead=True)
    changes = {
        "members": [_emails(one.user for one in before.values()), _emails(wanted.values())],
        "leads": [
            _emails(one.user for one in before.values() if one.is_lead),
            _emails(one for pk, one in wanted.items() if pk in leading),
        ],
    }
    changes = {name: [old, new] for name, (old, new) in changes.items() if old != new}
    if changes:
        settings.note_change(team, by=by, at=at, changes=changes)
    return team


def _emails(users: Iterable[User]) -> list[str]:
    return sorted(one.email for one in users)


def grant(
    user: User | ServiceAccount, role: Role, *, by: Actor, at: dt.datetime, customer: Customer | None = None
) -> Grant:
    """Give a role, at one customer or (None) at all. Who keeps a customer's people may let them in as such; every
    other role is given by who keeps the logins of the installation.

    Raises Forbidden, Invalid (no customer, both sides of the desk at once). Records user.changed.
    """
    if role in CUSTOMER_ROLES and customer is None:
        raise errors.required("customer", _("This role belongs to one customer: say which."))
    if customer is not None and role in CUSTOMER_ROLES and isinstance(user, User):
        settings.require(by, "person.write", customer.pk)
    else:
        settings.require(by, "user.write")
    holder = {"user": user} if isinstance(user, User) else {"service_account": user}
    suppliers.require_none(user)
    _check_side(role, customer, Grant.objects.filter(**holder))
    made, is_new = Grant.objects.get_or_create(role=role, customer=customer, **holder)
    if is_new and isinstance(user, User):
        settings.note_change(user, by=by, at=at, changes={"roles": [None, str(made)]})
    return made


def _check_side(role: Role, customer: Customer | None, held: QuerySet[Grant]) -> None:
    """Who is a customer's here is not the desk's there: the desk would see what he may not. Raises Invalid."""
    if customer is None or held.filter(customer=None).exists():
        return
    elsewhere = held.exclude(customer=customer)
    theirs = elsewhere.filter(role__in=CUSTOMER_ROLES)
    other_side = elsewhere.exclude(role__in=CUSTOMER_ROLES) if role in CUSTOMER_ROLES else theirs
    if other_side.exists():
        sentence = _(
            "One login stands on one side of the desk: for another customer, make a login of its own."
        )
        raise errors.required("role", sentence)


def revoke(granted: Grant, *, by: Actor, at: dt.datetime) -> None:
    """Take a role away. Raises Forbidden. Records user.changed."""
    settings.require(by, "user.write")
    user, label = granted.user, str(granted)
    granted.delete()
    if user:
        settings.note_change(user, by=by, at=at, changes={"roles": [label, None]})


def change_customer(
    customer: Customer,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Customer:
    """Change what is written down about a customer. Raises Forbidden, Conflict, Stale. Records customer.changed."""
    settings.require(by, "customer.write", customer.pk)
    return settings.change(customer, by=by, at=at, fields=fields, version=version, reason=reason)


def change_site(site: Site, *, by: Actor, at: dt.datetime, fields: dict[str, Any], reason: str = "") -> Site:
    """Change a place of a customer. Raises Forbidden, Conflict. Records site.changed."""
    settings.require(by, "customer.write", site.customer_id)
    return settings.change(site, by=by, at=at, fields=fields, reason=reason)


def change_person(
    person: Person,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Person:
    """Change a customer's record of a human. Raises Forbidden, Conflict, Stale. Records person.changed."""
    settings.require(by, "person.write", person.customer_id)
    return settings.change(person, by=by, at=at, fields=fields, version=version, reason=reason)


def change_team(
    team: Team,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Team:
    """Change a team's name, address or state. Raises Forbidden, Conflict, Stale. Records team.changed."""
    settings.require(by, "team.write", team.customer_id)
    return settings.change(team, by=by, at=at, fields=fields, version=version, reason=reason)


def admit(person: Person, role: Role, *, by: Actor, at: dt.datetime) -> Person:
    """Let a person sign in for his customer in one role: a login is found by his address, or made without a password;
    another role of a customer's people that he had there ends.

    Raises Forbidden, Invalid (no address). Records user.created, person.changed and user.changed as needed.
    """
    settings.require(by, "user.write")
    if not person.email:
        raise errors.required("email", _("Who signs in needs an email address."))
    user = person.user or User.objects.filter(email=email_key(person.email)).first()
    user = user or create_user(person.email, person.name, by=by, at=at)
    if person.user_id != user.pk:
        person = settings.change(person, by=by, at=at, fields={"user": user})
    here = Grant.objects.filter(user=user, customer_id=person.customer_id, role__in=CUSTOMER_ROLES)
    for held in here.exclude(role=role):
        revoke(held, by=by, at=at)
    grant(user, role, by=by, at=at, customer=person.customer)
    return person


def change_organization(
    organization: Organization, *, by: Actor, at: dt.datetime, fields: dict[str, Any], reason: str = ""
) -> Organization:
    """Change what we know of a supplier (8.3.4). Raises Forbidden, Conflict. Records organization.changed."""
    settings.require(by, "customer.write", organization.customer_id)
    return settings.change(organization, by=by, at=at, fields=fields, reason=reason)


def change_user(user: User, *, by: Actor, at: dt.datetime, fields: dict[str, Any], reason: str = "") -> User:
    """Change the name of a login, or whether it may sign in. Raises Forbidden, Invalid (one's own). Records
    user.changed."""
    settings.require(by, "user.write")
    if by.user_id == user.pk and fields.get("is_active") is False:
        raise errors.required("is_active", _("Nobody can lock himself out: ask another administrator."))
    return settings.change(user, by=by, at=at, fields=fields, reason=reason)


def change_installation(
    *, by: Actor, at: dt.datetime, fields: dict[str, Any], reason: str = ""
) -> Installation:
    """Say how this installation presents itself: name, phone, mail, hours. Raises Forbidden. Records
    installation.changed."""
    settings.require(by, "settings.write")
    row, _is_new = Installation.objects.get_or_create(pk=1)
    return settings.change(row, by=by, at=at, fields=fields, reason=reason)
