"""From a login or a service account to an Actor: its customers, permissions, teams and compartments."""

import dataclasses
from collections.abc import Iterable

from django.db.models import F, Value

from accounts import compartments, roles
from accounts.models import (
    Compartment,
    Grant,
    Membership,
    Person,
    ServiceAccount,
    SupplierMember,
    SupplierReach,
    User,
)
from core import actor as actors
from core.actor import ALL, NORMAL, Actor, ActorKind, Side


def of_user(user: User, *, scopes: frozenset[str] | None = None) -> Actor:
    """The actor behind a login, without its persons: those need the scope that this actor opens."""
    held = _held(user)
    return Actor(
        kind=ActorKind.USER,
        id=user.pk,
        label=str(user),
        scopes=scopes,
        teams=frozenset(key for what, key, _role in held if what == "team"),
        compartments=frozenset(key for what, key, _role in held if what == "compartment") | {NORMAL},
        **_sight(held),
    )


def _held(user: User) -> list[tuple[str, int | None, str]]:
    """All that a login holds, from one query, as every request asks for it: (what, key, role)."""
    grants = Grant.objects.filter(user=user).annotate(
        what=Value("grant"), key=F("customer_id"), word=F("role")
    )
    teams = Membership.objects.filter(user=user).annotate(
        what=Value("team"), key=F("team_id"), word=Value("")
    )
    closed = (
        compartments.memberships()
        .filter(user=user)
        .annotate(what=Value("compartment"), key=F("compartment_id"), word=Value(""))
    )
    party = SupplierMember.objects.filter(user=user).annotate(
        what=Value("party"), key=F("organization_id"), word=Value("")
    )
    reach = SupplierReach.objects.filter(organization__in=party.values("organization_id")).annotate(
        what=Value("reach"), key=F("customer_id"), word=Value("")
    )
    names = ("what", "key", "word")
    parts = [rows.order_by().values_list(*names) for rows in (grants, teams, closed, party, reach)]
    return list(parts[0].union(*parts[1:], all=True))


def _sight(held: list[tuple[str, int | None, str]]) -> dict:
    """The side a login stands on, and whom it sees there: a supplier's, else by its roles."""
    parties = frozenset(key for what, key, _role in held if what == "party")
    if not parties:
        return _rights((key, role) for what, key, role in held if what == "grant")
    customers = frozenset(key for what, key, _role in held if what == "reach")
    return {"side": Side.SUPPLIER, "parties": parties, "customers": customers}


def of_service_account(account: ServiceAccount, *, scopes: frozenset[str] = frozenset()) -> Actor:
    """The actor behind a service account: a desk's program, never a human response."""
    grants = list(Grant.objects.filter(service_account=account).values_list("customer_id", "role"))
    return Actor(
        kind=ActorKind.SERVICE_ACCOUNT, id=account.pk, label=account.name, scopes=scopes, **_rights(grants)
    )


def with_persons(actor: Actor) -> Actor:
    """The same actor, with the Person rows of this human in the scope that is open."""
    if actor.kind != ActorKind.USER or actor.id is None:
        return actor
    persons = Person.objects.of_customers(actor).filter(user_id=actor.id, is_active=True)
    return dataclasses.replace(actor, persons=frozenset(persons.values_list("id", flat=True)))


def system(label: str) -> Actor:
    """The system with every compartment: sweeps must keep the clocks of restricted tickets too."""
    every = frozenset(Compartment.objects.values_list("id", flat=True))
    return actors.system(label, compartments=every | {NORMAL})


def _rights(grants: Iterable[tuple[int | None, str]]) -> dict:
    by_customer: dict[int | None, list[str]] = {}
    for customer_id, role in grants:
        by_customer.setdefault(customer_id, []).append(role)
    desk = {one: held for one, held in by_customer.items() if not roles.CUSTOMER_ROLES.issuperset(held)}
    is_desk = bool(desk)
    if is_desk and None not in desk:  # the desk's sight ends where he is a customer's
        by_customer = desk
    return {
        "side": Side.DESK if is_desk else Side.CUSTOMER,
        "customers": ALL if None in by_customer else frozenset(one for one in by_customer if one is not None),
        "grants": {one: roles.permissions_of(held) for one, held in by_customer.items()},
    }
