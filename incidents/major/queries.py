"""Named reads of major incidents: what is open, what hangs on one, who hears of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from cmdb.models import Subscription
from core.actor import ALL, NORMAL, Actor
from customers.models import Customer
from incidents.choices import WORKING, Occasion, Reach
from incidents.models import MajorIncident, MajorProcedure, TopManager, UpdateTemplate
from tickets.choices import LinkKind
from tickets.models import Ticket


@dataclass(frozen=True)
class Recipients:
    """Who hears of the next update: requesters by ticket, customers of the notice (None = everybody), top management.

    `requesters` are (ticket number, name, customer's name); `names` those of the customers whose notice it becomes.
    """

    requesters: list[tuple[str, str, str]]
    customers: list[int] | None
    names: list[str]
    managers: list[str]


def visible(actor: Actor) -> "QuerySet[MajorIncident]":
    """The major incidents of the actor's customers and compartments, withdrawn ones too."""
    rows = MajorIncident.objects.of_customers(actor).filter(compartment__in=actor.compartments)
    return rows.select_related("ticket")


def open_now(actor: Actor) -> "QuerySet[MajorIncident]":
    """Those in which service is still to be restored, the oldest first: a partial index holds nothing else."""
    return visible(actor).filter(stage__in=WORKING, withdrawn_at=None).order_by("declared_at", "ticket_id")


def find(ticket: Ticket) -> MajorIncident | None:
    """The major incident of this ticket, if it is one now."""
    return MajorIncident.objects.filter(
        pk=ticket.pk, customer_id=ticket.customer_id, withdrawn_at=None
    ).first()


def procedure() -> MajorProcedure:
    """The criteria and the procedure in force."""
    return MajorProcedure.objects.order_by("-version")[0]


def procedure_of(major: MajorIncident) -> MajorProcedure | None:
    """The version by which it was declared."""
    return MajorProcedure.objects.filter(version=major.procedure_version).first()


def top_management() -> list[User]:
    """Whom a major incident is reported to."""
    rows = TopManager.objects.filter(is_active=True, user__is_active=True).select_related("user")
    return [one.user for one in rows.order_by("id")]


def children(ticket: Ticket, actor: Actor) -> "QuerySet[Ticket]":
    """The tickets linked below this one that the actor sees, the oldest first."""
    below = Q(links__other_id=ticket.pk, links__kind=LinkKind.CHILD_OF)
    rows = Ticket.objects.visible_to(actor).filter(below)
    return rows.select_related("requester", "customer", "assignee", "team", "hold_reason").order_by("id")


def count_children(tickets: Iterable[int], actor: Actor) -> dict[int, int]:
    """How many tickets hang below each of these: {ticket id: count}."""
    rows = Ticket.objects.visible_to(actor).filter(
        links__other_id__in=list(tickets), links__kind=LinkKind.CHILD_OF
    )
    return dict(rows.values_list("links__other_id").annotate(count=Count("id")))


def recipients(ticket: Ticket, reach: str, actor: Actor) -> Recipients:
    """Who hears of an update of this ticket by this reach. A restricted one is told to its own requester alone."""
    told = told_tickets(ticket, actor)
    named = [(one.number, one.requester.name, one.customer.name) for one in told if one.requester]
    customers = affected(ticket, reach, [one.customer_id for one in told], actor)
    names: list[str] = []
    if customers:
        rows = Customer.objects.visible_to(actor).filter(id__in=customers)
        names = list(rows.order_by("name").values_list("name", flat=True))
    return Recipients(named, customers, names, [str(one) for one in top_management()])


def told_tickets(ticket: Ticket, actor: Actor) -> list[Ticket]:
    """The ticket itself and its open children: those whose requesters read a public update."""
    if ticket.compartment != NORMAL:
        return [ticket]
    return [ticket, *children(ticket, actor).open()]


def affected(ticket: Ticket, reach: str, linked: Iterable[int], actor: Actor) -> list[int] | None:
    """The customers to whom notices go; None = everybody."""
    if ticket.compartment != NORMAL:
        return []
    if reach == Reach.EVERYONE:
        return None
    found = dict.fromkeys([ticket.customer_id, *linked])
    if reach == Reach.SERVICE and ticket.service_id:
        taken = Subscription.objects.filter(service_id=ticket.service_id)
        if actor.customers is not ALL:
            taken = taken.filter(customer_id__in=actor.customers)
        found |= dict.fromkeys(taken.order_by("customer_id").values_list("customer_id", flat=True))
    return list(found)


def words(
    ticket: Ticket, occasion: Occasion, title: str, next_update_at: dt.datetime | None
) -> dict[str, str]:
    """The texts of the templates for this occasion, filled in: {audience: text}."""
    said = {
        "{title}": title,
        "{service}": ticket.service.name if ticket.service else _("no service"),
        "{next_update}": moment(next_update_at) if next_update_at else _("soon"),
    }
    rows = UpdateTemplate.objects.filter(customer=None, occasion=occasion)
    return {one.audience: _filled(one.text, said) for one in rows}


def _filled(text: str, said: dict[str, str]) -> str:
    for name, value in said.items():
        text = text.replace(name, value)
    return text


def moment(at: dt.datetime) -> str:
    """An instant in a text that people of several zones read."""
    local = timezone.localtime(at)
    return f"{date_format(local, _('j M Y, H:i'))} {local.tzname()}"


def title_for(ticket: Ticket) -> str:
    """A name that may be read outside: the service, never the words of the one who reported it."""
    if ticket.service:
        return _("Disturbance of %(service)s") % {"service": ticket.service.name}
    return _("Disturbance")
