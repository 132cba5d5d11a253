"""Messages as rows: who said it, from which side, to whom. Shared by all verbs that say something."""

import datetime as dt
from collections.abc import Sequence

from accounts.models import Person
from core.actor import Actor, Side
from journal import recording
from journal.events import Audience
from tickets import events, writing
from tickets.actions import files
from tickets.choices import Channel, MessageKind
from tickets.models import Message, Ticket


def say(
    row: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    body: str,
    audience: str = Audience.PUBLIC,
    channel: str = "",
    uploads: Sequence[str] = (),
) -> Message:
    """Add a reply to a locked ticket, with its files, and record `<kind>.replied`."""
    from_customer = is_from_customer(by, row)
    message = write(
        row, by=by, at=at, kind=MessageKind.REPLY, audience=audience, body=body,
        channel=channel or (Channel.PORTAL if from_customer else Channel.DESK), is_from_customer=from_customer,
    )  # fmt: skip
    files.claim_uploads(message, uploads, by=by, at=at)
    writing.touch(row, at=at, **({"last_customer_at": at} if from_customer else {}))
    if audience == Audience.SUPPLIER:
        is_theirs = by.side == Side.SUPPLIER
        recording.record(
            events.SupplierReplied(subject=row, by=by, at=at, message=message, is_from_supplier=is_theirs)
        )
        return message
    recording.record(
        events.Replied(
            subject=row,
            by=by,
            at=at,
            message=message,
            is_from_customer=from_customer,
            is_human=message.is_human,
        )
    )
    return message


def is_from_customer(by: Actor, ticket: Ticket) -> bool:
    """Which side speaks: an agent who asked for the ticket himself answers as its requester, not as the desk."""
    own = ticket.requester_id is not None and ticket.requester_id in by.persons
    return by.side == Side.CUSTOMER or (own and ticket.assignee_id != by.id)


def write(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    kind: str,
    audience: str,
    body: str,
    channel: str = Channel.DESK,
    person: Person | None = None,
    is_from_customer: bool = False,
) -> Message:
    """Add the row of a message. Not an action: it checks and records nothing."""
    person_id = person.pk if person else _own_person(by, ticket)
    return Message.objects.create(
        customer_id=ticket.customer_id,
        compartment=ticket.compartment,
        ticket=ticket,
        kind=kind,
        audience=audience,
        body=body.strip(),
        channel=channel,
        author_kind=by.kind,
        author_id=by.id,
        author_label=(person.name if person and not by.is_human else by.label)[:200],
        person_id=person_id if is_from_customer else None,
        is_from_customer=is_from_customer,
        is_human=by.is_human,
        at=at,
    )


def _own_person(by: Actor, ticket: Ticket) -> int | None:
    if ticket.requester_id in by.persons:
        return ticket.requester_id
    mine = Person.objects.filter(customer_id=ticket.customer_id, id__in=by.persons)
    return mine.values_list("id", flat=True).first()
