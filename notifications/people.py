"""Who can be written to about a ticket: its requester, whoever has it in hand; nobody who may not see it."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import Q

from accounts import absences, compartments
from accounts.models import Grant, Membership, Person, SupplierMember, Team, User, email_key
from accounts.roles import PERMISSIONS
from core.actor import NORMAL
from slas.choices import ON_CALL
from tickets.models import Handover, Participant, Ticket, Watcher


@dataclass(frozen=True)
class Recipient:
    """One address with how to speak to it. `is_customer`: stands on the other side of the desk;
    `deputy_of`: the absent colleague in whose place he is told."""

    address: str
    name: str
    language: str
    time_zone: str
    is_customer: bool = False
    user_id: int | None = None
    person_id: int | None = None
    deputy_of: str = ""

    @property
    def key(self) -> str:
        return email_key(self.address)


def requester(ticket: Ticket) -> list[Recipient]:
    """The person who asked for it, if he can be reached."""
    person = ticket.requester
    return [_of_person(person, ticket)] if person and person.is_active and person.email else []


def participants(ticket: Ticket) -> list[Recipient]:
    """Who of the customer takes part in it beside the requester."""
    rows = Participant.objects.filter(customer_id=ticket.customer_id, ticket=ticket, person__is_active=True)
    people = [one.person for one in rows.select_related("person__user", "person__site").order_by("id")]
    return [_of_person(one, ticket) for one in people if one.email]


def watchers(ticket: Ticket) -> list[Recipient]:
    """Who of the desk follows it."""
    rows = Watcher.objects.filter(customer_id=ticket.customer_id, ticket=ticket).select_related("user")
    return of_users([one.user for one in rows.order_by("id")], ticket)


def _of_person(person: Person, ticket: Ticket) -> Recipient:
    user, site, customer = person.user, person.site, ticket.customer
    return Recipient(
        address=person.email,
        name=person.name,
        language=person.language or (user.language if user else "") or customer.language,
        time_zone=person.time_zone
        or (user.time_zone if user else "")
        or (site.time_zone if site else "")
        or customer.time_zone,
        is_customer=True,
        user_id=person.user_id,
        person_id=person.pk,
    )


def in_hand(ticket: Ticket) -> list[Recipient]:
    """The assignee; where there is none, his team."""
    found = of_users([ticket.assignee], ticket) if ticket.assignee else []
    return found or (of_team(ticket.team, ticket) if ticket.team else [])


def of_team(team: Team, ticket: Ticket, *, leads_only: bool = False) -> list[Recipient]:
    """The team's mailbox if it has one, else its members. A mailbox is not told of restricted tickets."""
    if team.email and ticket.compartment == NORMAL and not leads_only:
        return [Recipient(team.email, team.name, settings.LANGUAGE_CODE, settings.TIME_ZONE)]
    members = Membership.objects.filter(team=team, user__is_active=True).select_related("user").order_by("id")
    return of_users([one.user for one in members if one.is_lead or not leads_only], ticket)


def named(name: str, ticket: Ticket) -> list[Recipient]:
    """Whom an agreement's step means by `assignee`, `team`, `lead`, or by a role: all who hold it at this customer."""
    if name == "assignee":
        return in_hand(ticket)
    if name.startswith("user:"):
        return of_users(User.objects.filter(pk=int(name.removeprefix("user:"))), ticket)
    if name in ("team", "lead"):
        return of_team(ticket.team, ticket, leads_only=name == "lead") if ticket.team else []
    holders = User.objects.filter(
        Q(grants__customer=None) | Q(grants__customer_id=ticket.customer_id),
        grants__role=name,
        is_active=True,
    )
    return of_users(holders.distinct().order_by("id"), ticket)


def told_by_step(data: Mapping[str, Any], ticket: Ticket) -> list[Recipient]:
    """Whom the entry of a step, or of somebody who escalated, names."""
    found: list[Recipient] = []
    for name in data.get("notify", ()):
        found += _on_call(data, ticket) if name == ON_CALL else named(name, ticket)
    return found


def _on_call(data: Mapping[str, Any], ticket: Ticket) -> list[Recipient]:
    """Who was on call when the step fired; where nobody was, or he may not see it, the leads, else the whole team."""
    users = User.objects.filter(pk__in=data.get("on_call_ids") or []).order_by("id")
    found = of_users(users, ticket)
    if not found and ticket.team:
        found = of_team(ticket.team, ticket, leads_only=True) or of_team(ticket.team, ticket)
    return found


def of_supplier(ticket: Ticket) -> list[Recipient]:
    """The people of the supplier who has the ticket in hand, or had it last. None for a restricted ticket: only its
    list is told."""
    handover = Handover.objects.filter(ticket=ticket, customer_id=ticket.customer_id).order_by("-id").first()
    if handover is None or ticket.compartment != NORMAL:
        return []
    members = SupplierMember.objects.filter(organization_id=handover.party_id, user__is_active=True)
    return [_of_user(one.user) for one in members.select_related("user").order_by("id")]


def deputies(user_ids: Collection[int], ticket: Ticket, at: dt.datetime) -> dict[int, Recipient]:
    """For those of these logins who are away at that instant, who stands in; by the id of who is away."""
    found = {one.user_id: one for one in absences.absent(user_ids, at).values() if one.deputy is not None}
    known = {one.user_id: one for one in of_users([one.deputy for one in found.values()], ticket)}
    return {
        away: replace(known[one.deputy_id], deputy_of=str(one.user))
        for away, one in found.items()
        if one.deputy_id in known
    }


def of_users(users: Iterable[User], ticket: Ticket) -> list[Recipient]:
    """These logins, without those who have left or may not see the ticket."""
    users = [one for one in users if one.is_active]
    allowed = _who_sees(users, ticket) if users else frozenset()
    return [_of_user(one) for one in users if one.pk in allowed]


def _of_user(user: User) -> Recipient:
    return Recipient(
        address=user.email,
        name=user.name,
        language=user.language or settings.LANGUAGE_CODE,
        time_zone=user.time_zone or settings.TIME_ZONE,
        user_id=user.pk,
    )


def _who_sees(users: list[User], ticket: Ticket) -> frozenset[int]:
    """The ids of those who may read this ticket, asked for all at once."""
    held = Grant.objects.filter(Q(customer=None) | Q(customer_id=ticket.customer_id), user__in=users)
    reading = {pk for pk, role in held.values_list("user_id", "role") if "ticket.read" in PERMISSIONS[role]}
    if ticket.compartment != NORMAL:
        inside = compartments.memberships().filter(compartment_id=ticket.compartment, user__in=users)
        reading &= set(inside.values_list("user_id", flat=True))
    return frozenset(reading)
