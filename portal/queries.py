"""What the portal reads: always by `visible_to` or `of_requester`, and of a conversation the public part only."""

import datetime as dt
import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from cmdb.models import ConfigurationItem, Subscription
from core import errors
from core.actor import Actor, Side
from customers.models import Customer
from journal.events import Audience
from journal.models import Entry
from tickets import queries
from tickets.choices import HoldKind, MessageKind, Phase
from tickets.models import Attachment, Message, Ticket

UNFINISHED = (Phase.OPEN, Phase.WAITING, Phase.RESOLVED)
_WORD = re.compile(r"[^\W_]{3,}")


def persons(actor: Actor) -> list[Person]:
    """The records of this human, one per customer, with the customer; by the customer's name."""
    rows = Person.objects.of_customers(actor).filter(id__in=actor.persons).select_related("customer__portal")
    return list(rows.order_by("customer__name", "id"))


def visible(actor: Actor) -> QuerySet[Ticket]:
    """What this human may read here: a customer's people by sharing and role, the desk's only what they asked for."""
    rows = (
        Ticket.objects.visible_to(actor)
        if actor.side == Side.CUSTOMER
        else Ticket.objects.of_requester(actor)
    )
    return rows.select_related("service", "requester", "customer")


def mine(actor: Actor, customer: Customer | None) -> QuerySet[Ticket]:
    """What this human asked for, at the customer he has chosen."""
    rows = Ticket.objects.of_requester(actor).select_related("service", "requester", "customer")
    return rows.filter(customer=customer) if customer else rows


def everybodys(actor: Actor, customer: Customer | None) -> QuerySet[Ticket]:
    """All requests that he may read at the customer he has chosen: a manager's are all of that customer's."""
    rows = visible(actor)
    return rows.filter(customer=customer) if customer else rows


def get_request(number: str, actor: Actor) -> Ticket:
    """The request with this number. Raises NotFound with the same words for a foreign and an unknown one."""
    found = visible(actor).numbered(number).first()
    if found is None:
        raise errors.NotFound(_("There is no request %(number)s here.") % {"number": number.upper()})
    return found


def waiting(actor: Actor, customer: Customer | None, most: int = 6) -> list[Ticket]:
    """What waits for this human: questions first, then solutions to confirm; newest first."""
    turn = Q(phase=Phase.WAITING, hold_kind=HoldKind.CUSTOMER) | Q(phase=Phase.RESOLVED)
    return list(mine(actor, customer).filter(turn).order_by("-phase", "-id")[:most])


def last_words(tickets: Iterable[Ticket], actor: Actor) -> dict[int, Message]:
    """The desk's last public message of each ticket, by ticket id; one query."""
    ids = [one.pk for one in tickets]
    said = Message.objects.visible_to(actor).filter(
        ticket_id__in=ids, audience=Audience.PUBLIC, kind=MessageKind.REPLY, is_from_customer=False
    )
    return {one.ticket_id: one for one in said.order_by("ticket_id", "-at", "-id").distinct("ticket_id")}


def conversation(ticket: Ticket, actor: Actor) -> list[Message]:
    """The public messages with their public files, oldest first."""
    return [one for one in queries.messages(ticket, actor) if one.audience == Audience.PUBLIC]


def public_entries(ticket: Ticket, actor: Actor) -> list[Entry]:
    """The public entries about the request, oldest first."""
    rows = Entry.objects.visible_to(actor).filter(customer_id=ticket.customer_id, audience=Audience.PUBLIC)
    return list(rows.about(ticket.kind, ticket.pk).order_by("at", "id"))


def get_file(ticket: Ticket, file_id: int, actor: Actor) -> Attachment:
    """One public file of the request. Raises NotFound."""
    rows = Attachment.objects.visible_to(actor).filter(
        customer_id=ticket.customer_id, ticket=ticket, audience=Audience.PUBLIC
    )
    found = rows.filter(pk=file_id).first()
    if found is None:
        raise errors.NotFound(_("There is no such file at %(number)s.") % {"number": ticket.number})
    return found


def services(actor: Actor, customer: Customer, on: dt.date) -> list[ConfigurationItem]:
    """The services that this customer takes on this day, by name."""
    in_force = (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gte=on))
    taken = Subscription.objects.of_customers(actor).filter(in_force, customer=customer)
    rows = ConfigurationItem.objects.visible_to(actor).filter(id__in=taken.values("service_id"))
    return list(rows.order_by("name", "id"))


def similar(words: str, actor: Actor, customer: Customer | None, most: int = 3) -> list[Ticket]:
    """My unfinished requests that share words with this text; without words the newest ones."""
    rows = mine(actor, customer).filter(phase__in=UNFINISHED)
    tokens = list(dict.fromkeys(_WORD.findall(words.lower())))[:12]
    if tokens:
        rows = rows.filter(id__in=queries.search_ids(" or ".join(tokens), actor))
    return list(rows.order_by("-id")[:most])
