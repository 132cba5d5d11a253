"""From a login or a service account to an Actor: its customers, permissions, teams and compartments."""

import dataclasses
from collections.abc import Iterable

from django.db import connection

from accounts import roles
from accounts.models import Compartment, Grant, Person, ServiceAccount, User
from core import actor as actors
from core import time
from core.actor import ALL, NORMAL, Actor, ActorKind, Side

# Written out, because every request asks it: putting it together anew costs more than asking it.
_HELD = """
    SELECT 'grant', customer_id, role FROM accounts_grant WHERE user_id = %s
    UNION ALL SELECT 'team', team_id, '' FROM accounts_membership WHERE user_id = %s
    UNION ALL SELECT 'compartment', compartment_id, '' FROM accounts_compartmentmember
     WHERE user_id = %s AND (until_at IS NULL OR until_at > coalesce(%s, statement_timestamp()))
    UNION ALL SELECT 'party', organization_id, '' FROM accounts_suppliermember WHERE user_id = %s
    UNION ALL SELECT 'reach', r.customer_id, '' FROM accounts_supplierreach r
      JOIN accounts_suppliermember m ON m.organization_id = r.organization_id AND m.user_id = %s
"""


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
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [*[user.pk] * 3, time.pinned(), *[user.pk] * 2])
        return cursor.fetchall()


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
