"""What the portal reads: always by `visible_to` or `of_requester`, and of a conversation the public part only."""

import datetime as dt
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import Person
from automation import similar as looking
from cmdb.models import ConfigurationItem, Subscription
from core import errors
from core.actor import Actor, Side
from customers.models import Customer
from journal.events import Audience
from journal.models import Entry
from tickets import queries, wording
from tickets.choices import HoldKind, MessageKind, Phase
from tickets.models import Attachment, Merge, Message, Participant, Ticket

UNFINISHED = (Phase.OPEN, Phase.WAITING, Phase.RESOLVED)
MOST_AT_HOME, MOST_WAITING = 25, 6
_TURN = Q(phase=Phase.WAITING, hold_kind=HoldKind.CUSTOMER) | Q(phase=Phase.RESOLVED)


def persons(actor: Actor) -> list[Person]:
    """The records of this human, one per customer, with the customer; by the customer's name."""
    rows = Person.objects.of_customers(actor).filter(id__in=actor.persons).select_related("customer__portal")
    return list(rows.order_by("customer__name", "id"))


def visible(actor: Actor) -> QuerySet[Ticket]:
    """What this human may read here: a customer's people by sharing and role, the desk's only what they asked for."""
    rows = (
        Ticket.objects.visible_to(actor) if actor.side == Side.CUSTOMER else Ticket.objects.of_person(actor)
    )
    return rows.select_related("service", "requester", "customer")


def mine(actor: Actor, customer: Customer | None) -> QuerySet[Ticket]:
    """What this human asked for or takes part in, at the customer he has chosen."""
    rows = Ticket.objects.of_person(actor).select_related("service", "requester", "customer")
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


def for_home(actor: Actor, customer: Customer | None, at: dt.datetime) -> list[Ticket]:
    """What is unfinished of this human's or asks how it went, what waits for him first, then the newest.

    Each carries `said`: the desk's last public words, or None. Two queries: which ones, and then all about these few.
    """
    said = Message.objects.visible_to(actor).filter(
        customer_id=OuterRef("customer_id"), ticket_id=OuterRef("pk"), audience=Audience.PUBLIC,
        kind=MessageKind.REPLY, is_from_customer=False,
    )  # fmt: skip
    parts = JSONObject(body="body", author_label="author_label", at="at", is_human="is_human")
    words = said.order_by("-at", "-id").annotate(parts=parts).values("parts")[:1]
    turn = Case(When(_TURN | Q(phase=Phase.CLOSED), then=0), default=1, output_field=IntegerField())
    asked = Q(survey__answered_at=None, survey__expires_at__gt=at, requester_id__in=actor.persons)
    rows = mine(actor, customer).select_related(None).filter(Q(phase__in=UNFINISHED) | asked)
    ids = list(rows.order_by(turn, "-phase", "-id").values_list("id", flat=True)[:MOST_AT_HOME])
    known = mine(actor, customer).filter(id__in=ids).select_related("survey")
    by_id = {one.pk: one for one in known.annotate(last_words=Subquery(words))}
    found = [by_id[one] for one in ids]
    for one in found:
        one.said = _said(one.last_words)
    return found


def _said(parts: dict[str, Any] | None) -> Message | None:
    """The message behind a row's last words, unsaved, with what a card shows."""
    if not parts:
        return None
    return Message(**{**parts, "at": dt.datetime.fromisoformat(parts["at"])})


def is_turn(ticket: Ticket, actor: Actor) -> bool:
    """Whether it waits for this reader: a question, which who takes part may answer too, or a solution, which only its
    requester confirms."""
    if ticket.phase == Phase.WAITING:
        return ticket.hold_kind == HoldKind.CUSTOMER
    return ticket.phase == Phase.RESOLVED and ticket.requester_id in actor.persons


def people(ticket: Ticket) -> list[Person]:
    """Who takes part beside the requester, by name."""
    rows = Participant.objects.filter(customer_id=ticket.customer_id, ticket=ticket)
    return sorted((one.person for one in rows.select_related("person")), key=lambda one: (one.name, one.pk))


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


def similar(
    words: str,
    actor: Actor,
    customer: Customer | None,
    service: ConfigurationItem | None = None,
    most: int = 3,
) -> list[Ticket]:
    """My unfinished requests that resemble this text, best first: those that are worked on by words and service, then
    solved ones with the same words; without words the newest. Never one that he may not write to."""
    rows = mine(actor, customer).filter(phase__in=UNFINISHED)
    tokens = wording.words_of(words)
    if not tokens or customer is None:
        return list(rows.order_by("-id")[:most])
    named = looking.find(
        actor, customer.pk, words, service_id=service.pk if service else None, most=looking.CANDIDATES
    )
    place = {one.ticket.pk: number for number, one in enumerate(named)}
    solved = Q(phase=Phase.RESOLVED, id__in=queries.search_ids(" or ".join(tokens), actor))
    found = rows.filter(Q(id__in=list(place)) | solved).order_by("-id")
    return sorted(found, key=lambda one: place.get(one.pk, len(place)))[:most]


def where_it_goes_on(ticket: Ticket, actor: Actor) -> Ticket | None:
    """The request that this one was merged into, if this reader may see it."""
    if ticket.phase != Phase.CLOSED:
        return None
    made = Merge.objects.filter(customer_id=ticket.customer_id, ticket=ticket, undone_at=None)
    return visible(actor).filter(id__in=made.values("into_id")).first()
