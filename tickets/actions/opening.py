"""Opening the core of a ticket. A process's own `open` adds its detail and records its event."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person, Team, User
from catalogue.models import Category
from cmdb.models import ConfigurationItem, Subscription
from core import errors
from core.actor import Actor, Side
from customers.models import Customer
from journal.events import Audience
from tickets import numbers, people, policy, reference, writing
from tickets.actions import customizing, files, messages
from tickets.choices import SPOKEN, Channel, Level, MessageKind
from tickets.models import AffectedItem, ExternalReference, Message, Ticket
from tickets.processes import Process


@dataclass(kw_only=True)
class Opening:
    """What a door brings for a new ticket. Rows, not keys: the door has looked them up in the actor's scope."""

    customer: Customer
    title: str
    description: str = ""
    service: ConfigurationItem | None = None
    impact: int = Level.LOW
    urgency: int = Level.LOW
    requester: Person | None = None
    category: Category | None = None
    team: Team | None = None
    assignee: User | None = None
    channel: str = Channel.PORTAL
    configuration_items: Sequence[ConfigurationItem] = ()
    external_references: Sequence[dict[str, str]] = ()
    uploads: Sequence[str] = ()
    received_at: dt.datetime | None = None  # where it reached us before it was opened here
    extra: dict[str, Any] = field(default_factory=dict)


def open_ticket(process: Process, new: Opening, *, by: Actor, at: dt.datetime) -> tuple[Ticket, Message]:
    """Write the core row, its first message, items and references. Records nothing: the process does.

    Raises Forbidden (may not open for this customer) and Invalid (no title, no subscription, foreign requester).
    """
    policy.require_permission(by, "ticket.open", new.customer.pk, what=str(process.label))
    _check(new, by)
    ticket = _core(process, new, at)
    writing.dated(ticket, by=by, at=at, verb="open")
    ticket.save()
    opening = messages.write(
        ticket,
        by=by,
        at=ticket.opened_at,
        kind=MessageKind.OPENING,
        audience=Audience.PUBLIC,
        body=new.description or new.title,
        channel=new.channel,
        person=new.requester,
        is_from_customer=new.requester is not None,
    )
    files.claim_uploads(opening, new.uploads, by=by, at=at)
    _relate(ticket, new)
    if new.category:
        reference.require_category(new.category, ticket.kind, ticket.customer_id, ticket.service_id)
    customizing.at_open(ticket, new.extra, by=by)
    return ticket, opening


def _check(new: Opening, by: Actor) -> None:
    if not new.title.strip():
        raise errors.required("title", _("A title is needed: say in a few words what is wrong."))
    if by.side == Side.CUSTOMER and (new.requester is None or new.requester.pk not in by.persons):
        raise errors.Forbidden(_("You can report for yourself only."))
    people.require_worker(new.assignee, new.customer.pk)
    if new.requester and new.requester.customer_id != new.customer.pk:
        raise errors.required("requester", _("The requester belongs to another customer."))
    if new.service and not Subscription.objects.filter(customer=new.customer, service=new.service).exists():
        raise errors.required(
            "service",
            _("%(customer)s does not take the service “%(service)s”.")
            % {"customer": new.customer.name, "service": new.service.name},
        )


def _core(process: Process, new: Opening, at: dt.datetime) -> Ticket:
    service_id = new.service.pk if new.service else None
    state = process.workflow.states[process.workflow.initial]
    profile = None if new.category and new.team else reference.find_profile(service_id)
    ticket = Ticket(
        customer=new.customer,
        kind=process.kind,
        number=numbers.draw(process.prefix)[0],
        title=new.title.strip(),
        state=state.name,
        phase=state.phase,
        channel=new.channel,
        impact=new.impact,
        urgency=new.urgency,
        requester=new.requester,
        site_id=new.requester.site_id if new.requester else None,
        service=new.service,
        category=new.category or (profile.default_category if profile else None),
        team=new.team or reference.team_of(profile),
        assignee=new.assignee,
        opened_at=new.received_at or at,
        updated_at=at,
        last_customer_at=(new.received_at or at) if new.requester and new.channel not in SPOKEN else None,
    )
    ticket.chosen = frozenset(name for name in ("team", "assignee") if getattr(new, name))
    reference.judge(ticket)
    return ticket


def _relate(ticket: Ticket, new: Opening) -> None:
    own = {"customer_id": ticket.customer_id, "compartment": ticket.compartment, "ticket": ticket}
    AffectedItem.objects.bulk_create(AffectedItem(item=item, **own) for item in new.configuration_items)
    ExternalReference.objects.bulk_create(
        ExternalReference(system=one["system"], reference=one["reference"], url=one.get("url", ""), **own)
        for one in new.external_references
    )
