"""Named reads of the ticket core: the queue, its counters, search, and the timeline of one ticket."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet

from core import reading
from core.actor import ALL, Actor, Side
from customers import prepared
from journal.models import Entry, audiences_of
from tickets.choices import LinkKind, MessageKind, Phase
from tickets.models import Attachment, Link, Merge, Message, Ticket

MOST_HITS = 1000
ROW = ("customer", "requester", "service", "category", "team", "assignee", "hold_reason")


def rows(tickets: QuerySet) -> QuerySet:
    """With all that a line of the queue shows, in one query."""
    return reading.shared(tickets.select_related(*ROW))


def find_numbered(number: str, actor: Actor, *, beside: Sequence[str] = ROW, kind: str = "") -> Ticket | None:
    """The ticket with this number as far as the actor sees it, with the rows that `beside` names."""
    number = number.strip().upper()
    if prepared.is_simple(actor):
        found = _NUMBERED.read(tuple(beside), kind, number=number, **prepared.sight(actor))
        return found[0] if found else None
    rows = Ticket.objects.visible_to(actor).numbered(number).select_related(*beside)
    return (rows.of(kind) if kind else rows).first()


def find(pk: int, actor: Actor) -> Ticket | None:
    """The ticket with this key as far as the actor sees it, alone."""
    if prepared.is_simple(actor):
        found = _ALONE.read(pk=pk, **prepared.sight(actor))
        return found[0] if found else None
    return Ticket.objects.visible_to(actor).filter(pk=pk).first()


def _numbered(beside: tuple[str, ...], kind: str, *, number: str, **sight: list[int]) -> QuerySet:
    rows = Ticket.objects.visible_to(prepared.seen_by(**sight)).numbered(number).select_related(*beside)
    return rows.of(kind) if kind else rows


def _alone(*, pk: int, **sight: list[int]) -> QuerySet:
    return Ticket.objects.visible_to(prepared.seen_by(**sight)).filter(pk=pk)


_NUMBERED, _ALONE = prepared.Statement(_numbered), prepared.Statement(_alone)


# What a line of a list names of the rows beside its ticket; whatever else is asked of them costs a query each.
_NAMED = {
    "customer": ("slug", "name", "is_sample"), "requester": ("name", "email", "is_vip"), "site": ("name",),
    "service": ("slug", "name"), "category": ("slug", "name"), "team": ("slug", "name"),
    "assignee": ("name", "email"), "hold_reason": ("slug", "name", "kind"),
}  # fmt: skip


def lines(tickets: QuerySet) -> QuerySet:
    """The same for long lists: of the rows beside a ticket the names only, which halves what a page of 50 reads."""
    own = [one.name for one in Ticket._meta.concrete_fields if one.name not in ("search", "next_at")]
    beside = [f"{name}__{column}" for name, columns in _NAMED.items() for column in columns]
    return reading.shared(tickets.select_related(*_NAMED).only(*own, *beside))


def queue(actor: Actor) -> QuerySet:
    """What is to be done, earliest deadline first: page it by (due_key, id)."""
    return rows(Ticket.objects.visible_to(actor).open())


def counts(actor: Actor, at: dt.datetime, more: Mapping[str, Q] | None = None) -> dict[str, int]:
    """The sidebar's counters, from one query: all, mine, unassigned, overdue, paused, major, `team_<id>`, and `more`
    conditions on open tickets by their names."""
    visible = Ticket.objects.visible_to(actor).open()
    found: dict[str, int] = visible.aggregate(
        all=Count("id"),
        mine=Count("id", filter=Q(assignee_id=actor.user_id or 0)),
        unassigned=Count("id", filter=Q(assignee=None)),
        overdue=Count("id", filter=Q(due_at__lt=at)),
        paused=Count("id", filter=Q(phase=Phase.WAITING)),
        major=Count("id", filter=Q(is_major=True)),
        **{f"team_{team_id}": Count("id", filter=Q(team_id=team_id)) for team_id in sorted(actor.teams)},
        **{name: Count("id", filter=condition) for name, condition in (more or {}).items()},
    )
    return found


def search_ids(words: str, actor: Actor, *, most: int = MOST_HITS) -> list[int]:
    """Ids of tickets whose number, title or messages match, best first; only in audiences that the actor reads.

    `words` as people type them: words = and, "a phrase", -not. Everything the function may count is named to it.
    """
    own = None if actor.is_inside or actor.may("ticket.read_customer") else sorted(actor.persons)
    everyone = actor.customers is ALL
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ticket_id FROM itsm_search_tickets(%s, %s, %s::bigint[], %s::bigint[], %s, %s::bigint[], %s)",
            [
                words,
                everyone,
                [] if everyone else sorted(actor.customers),
                sorted(actor.compartments),
                audiences_of(actor),
                own,
                most,
            ],
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Moment:
    """One thing on a ticket's timeline: a message, or an entry of the journal."""

    at: dt.datetime
    message: Message | None = None
    entry: Entry | None = None


# Entries that a message already shows.
_SPOKEN = ("replied", "noted")


def messages(ticket: Ticket, actor: Actor) -> QuerySet:
    """The ticket's messages that the actor reads, oldest first, with their files: its own, and those of its duplicates;
    a customer's people read of these what they asked for alone."""
    files = Prefetch("attachments", Attachment.objects.visible_to(actor).order_by("id"))
    # One list of ids: as a condition with OR, all that the customer ever wrote would be read.
    itself = Ticket.objects.filter(pk=ticket.pk, customer_id=ticket.customer_id).order_by().values("id")
    inside = Merge.objects.filter(customer_id=ticket.customer_id, into=ticket, undone_at=None)
    if actor.side == Side.CUSTOMER:
        inside = inside.filter(ticket__requester_id__in=actor.persons)
    whose = itself.union(inside.order_by().values("ticket_id"), all=True)
    return _messages(ticket, actor).filter(ticket_id__in=whose).prefetch_related(files)


def _messages(ticket: Ticket, actor: Actor) -> QuerySet:
    found = Message.objects.visible_to(actor).filter(customer_id=ticket.customer_id)
    return reading.shared(found.defer("search").order_by("at", "id"))


def _messages_alone(ticket: Ticket, actor: Actor) -> list[Message]:
    """The same, where it is known that there are neither duplicates nor files to look for."""
    found = list(_messages(ticket, actor).filter(ticket=ticket))
    for one in found:
        one._prefetched_objects_cache = {"attachments": Attachment.objects.none()}  # noqa: SLF001 - as a prefetch
    return found


def entries(ticket: Ticket, actor: Actor) -> QuerySet:
    """The journal about this ticket that the actor reads, newest first."""
    about = Entry.objects.visible_to(actor).filter(customer_id=ticket.customer_id)
    return reading.shared(about.about(ticket.kind, ticket.pk).order_by("-at", "-id"))


def timeline(ticket: Ticket, actor: Actor, *, is_plain: bool = False) -> list[Moment]:
    """Messages and entries together, oldest first; an entry that only announces a message is left out. `is_plain` says
    that there are neither duplicates nor files."""
    spoken = _messages_alone(ticket, actor) if is_plain else messages(ticket, actor)
    said = [Moment(one.at, message=one) for one in spoken]
    happened = [
        Moment(one.at, entry=one) for one in entries(ticket, actor) if one.name.split(".")[1] not in _SPOKEN
    ]
    return sorted([*said, *happened], key=_order)


def _order(moment: Moment) -> tuple[Any, ...]:
    is_opening = moment.message is not None and moment.message.kind == MessageKind.OPENING
    row = moment.message or moment.entry
    return (moment.at, not is_opening, moment.message is None, row.pk if row else 0)


def open_children(ticket: Ticket, actor: Actor) -> list[Ticket]:
    """The open tickets that are children of this one, as far as the actor sees them, customer by customer."""
    linked = Link.objects.filter(
        other_customer_id=ticket.customer_id, other=ticket, kind=LinkKind.CHILD_OF
    ).values("ticket_id")
    found = rows(Ticket.objects.visible_to(actor).open().filter(id__in=linked))
    return list(found.order_by("customer__name", "id"))


def last_public_message(ticket: Ticket, actor: Actor) -> Message | None:
    """What was said last where the customer can read it."""
    return messages(ticket, actor).filter(audience="public").order_by("-at", "-id").first()
