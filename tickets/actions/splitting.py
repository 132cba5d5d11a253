"""Split, move to another customer, follow up: three ways to go on in a new ticket. Messages are copied, never moved."""

import datetime as dt
from collections.abc import Sequence

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Person, email_key
from core import errors
from core.actor import Actor, Side
from customers.models import Customer
from journal import recording
from journal.events import Audience
from tickets import events, life, locking, policy, processes, writing
from tickets.actions import hands, holding, restricting
from tickets.actions.opening import Opening
from tickets.choices import Channel, LinkKind, MessageKind, Phase
from tickets.models import Attachment, Link, Message, Ticket


def split(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    messages: Sequence[int],
    title: str = "",
    version: int | None = None,
) -> Ticket:
    """Begin a ticket of its own from chosen messages, linked to this one; the first of them opens it. They stay here
    too. Returns this ticket; the new one is linked to it.

    Raises Forbidden, NotAllowed, Invalid (no such message), Stale. Records `<kind>.split`, and `opened` there.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "split", row)
        process = processes.of(row)
        process.workflow.check(row, "split", messages=messages)
        chosen = _chosen(row, messages)
        new = _opening_like(row, title or row.title, _with_provenance(row, chosen[0]))
        made = process.open(new, by=by, at=at)
        _copy(chosen[1:], made, source=row)
        _copy_files(chosen[0], made)
        link(made, LinkKind.RELATED_TO, row, at)
        writing.touch(row, at=at)
        recording.record(
            events.Split(subject=row, by=by, at=at, other=made.number, messages=[one.pk for one in chosen])
        )
    return row


def move_to_customer(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    customer: Customer,
    messages: Sequence[int],
    requester: str = "",
    version: int | None = None,
) -> Ticket:
    """Go on at another customer with hand-picked messages; this ticket is closed as misfiled. Rows never move between
    customers, and this side reads nothing of the other. What was filed here is closed to all but the actor, whoever
    has it in hand and the leads. The new clocks run from the receipt of the first message. `requester`: the address of
    a person there.

    Raises Forbidden (may not open there), NotAllowed, Invalid (the same customer, no such message), Stale.
    Records `<kind>.misfiled` and `restricted`, and `opened` there.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "move_to_customer", row)
        process = processes.of(row)
        process.workflow.check(row, "move_to_customer", customer=customer, messages=messages)
        if customer.pk == row.customer_id:
            raise errors.required("customer", _("It is this customer's already: choose another."))
        policy.require_permission(by, "ticket.work", customer.pk, what=str(customer))
        chosen = _chosen(row, messages)
        new = Opening(
            customer=customer, title=row.title, description=chosen[0].body, impact=row.impact,
            requester=_person_of(customer, requester), urgency=row.urgency, channel=Channel.DESK,
            received_at=chosen[0].at,
        )  # fmt: skip
        made = process.open(new, by=by, at=at)
        _copy(chosen[1:], made)
        _copy_files(chosen[0], made)
        link(made, LinkKind.RELATED_TO, row, at)
        left = process.workflow.move(row, "move_to_customer", at=at)
        hands.close(row, by=by, at=at, cause="taken_back")
        holding.clear(row)
        life.plan(row, at)
        writing.save(row, by=by, at=at, verb="move_to_customer")
        reason = _("It was filed here by mistake.")
        process.note_end(row, reason, by, at)
        recording.record(
            events.Misfiled(subject=row, by=by, at=at, from_state=left, to_state=row.state, reason=reason)
        )
        restricting.lock_away(row, by=by, at=at, reason=reason)
    return row


def follow_up(
    ticket: Ticket, *, by: Actor, at: dt.datetime, message: str, version: int | None = None
) -> Ticket:
    """Go on with what was resolved or closed too long ago to be reopened: a new ticket with this text, linked.

    Raises Forbidden, NotAllowed, Invalid (no text; it can still be reopened), Stale. Records `<kind>.followed_up`, and
    `opened` there. Returns the old ticket.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "follow_up", row)
        process = processes.of(row)
        process.workflow.check(row, "follow_up", message=message.strip())
        if row.phase == Phase.RESOLVED and life.may_reopen(row, at):
            raise errors.Invalid(_("%(number)s can still be reopened: do that.") % {"number": row.number})
        begin_follow_up(row, by=by, at=at, message=message)
    return row


def begin_follow_up(
    row: Ticket, *, by: Actor, at: dt.datetime, message: str, uploads: Sequence[str] = ()
) -> Ticket:
    """The ticket in which a locked one goes on; not an action."""
    by_customer = by.side == Side.CUSTOMER
    new = _opening_like(row, row.title, message)
    new.uploads = uploads
    if by_customer:
        own = Person.objects.filter(customer_id=row.customer_id, id__in=by.persons).first()
        new.requester, new.channel = own or row.requester, Channel.PORTAL
    made: Ticket = processes.of(row).open(new, by=by, at=at)
    link(made, LinkKind.RELATED_TO, row, at)
    writing.touch(row, at=at)
    recording.record(events.FollowedUp(subject=row, by=by, at=at, other=made.number))
    return made


def link(made: Ticket, kind: LinkKind, other: Ticket, at: dt.datetime) -> None:
    """Link a new ticket to the one it came from; not an action."""
    Link.objects.create(
        customer_id=made.customer_id, compartment=made.compartment, ticket=made, kind=kind, other=other,
        other_customer_id=other.customer_id, other_compartment=other.compartment, created_at=at,
    )  # fmt: skip


def _opening_like(row: Ticket, title: str, description: str) -> Opening:
    return Opening(
        customer=row.customer, title=title.strip(), description=description, service=row.service,
        impact=row.impact, urgency=row.urgency, requester=row.requester, category=row.category, team=row.team,
        channel=Channel.DESK,
    )  # fmt: skip


def _person_of(customer: Customer, address: str) -> Person | None:
    if not address.strip():
        return None
    rows = Person.objects.filter(customer=customer, is_active=True, email_key=email_key(address))
    found = rows.first()
    if found is None:
        raise errors.required("requester", _("Nobody of this customer has that address."))
    return found


def _chosen(row: Ticket, ids: Sequence[int]) -> list[Message]:
    rows = Message.objects.filter(customer_id=row.customer_id, ticket=row, id__in=ids)
    found = list(rows.prefetch_related("attachments").order_by("at", "id"))
    if len(found) != len(set(ids)):
        raise errors.required("messages", _("Choose messages of %(number)s itself.") % {"number": row.number})
    if found[0].audience != Audience.PUBLIC:
        raise errors.required("messages", _("The first message must be one that the customer may read."))
    return found


def _with_provenance(row: Ticket, one: Message) -> str:
    """The body with a line that says where it comes from."""
    local = timezone.localtime(one.at)
    when = f"{formats.date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"
    words = _("From %(number)s, %(who)s, %(when)s")
    return f"{one.body}\n\n_({words % {'number': row.number, 'who': one.author_label, 'when': when}})_"


def _copy(chosen: Sequence[Message], made: Ticket, *, source: Ticket | None = None) -> None:
    """Copies of messages, dated as they were. `source` is named on each; between customers it is not."""
    for one in chosen:
        copy = Message.objects.create(
            customer_id=made.customer_id, compartment=made.compartment, ticket=made,
            kind=MessageKind.REPLY if one.kind == MessageKind.OPENING else one.kind, audience=one.audience,
            body=_with_provenance(source, one) if source else one.body, channel=one.channel,
            author_kind=one.author_kind,
            author_id=one.author_id, author_label=one.author_label,
            person_id=one.person_id if source else None,
            is_from_customer=one.is_from_customer, is_human=one.is_human, at=one.at,
        )  # fmt: skip
        _copy_files_to(one, copy)


def _copy_files(first: Message, made: Ticket) -> None:
    opening = Message.objects.get(customer_id=made.customer_id, ticket=made, kind=MessageKind.OPENING)
    _copy_files_to(first, opening)


def _copy_files_to(one: Message, copy: Message) -> None:
    """The same bytes, named by a row of the new ticket's own."""
    Attachment.objects.bulk_create(
        Attachment(
            customer_id=copy.customer_id, compartment=copy.compartment, ticket_id=copy.ticket_id, message=copy,
            audience=copy.audience, name=file.name, content_type=file.content_type, size=file.size,
            sha256=file.sha256, storage_key=file.storage_key, created_at=file.created_at,
        )
        for file in one.attachments.all()
    )  # fmt: skip
