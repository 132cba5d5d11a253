"""What may have to do with a ticket, each with why: rooms above register further providers in the wiring.

A provider answers hits for a ticket; the desk's panel shows them in the order of registration. No hit is a promise:
what was dismissed at a ticket is not shown there again.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.actor import ALL, Actor
from tickets import wording
from tickets.choices import Phase
from tickets.models import AffectedItem, Dismissal, Link, Ticket

MOST = 5
CANDIDATES = 60
FRESH = dt.timedelta(days=14)


@dataclass(frozen=True)
class Hit:
    """One record that may belong to a ticket. `kind`: major, own, similar, or a provider's own word."""

    kind: str
    number: str
    title: str
    why: str
    ticket: Ticket | None = None
    url: str = ""


Provider = Callable[[Ticket, Actor, dt.datetime], Iterable[Hit]]


@dataclass
class _Registry:
    providers: list[Provider] = field(default_factory=list)


_registry = _Registry()


def register(*providers: Provider) -> None:
    """Add providers, in the order of the wiring."""
    _registry.providers.extend(providers)


def clear() -> None:
    _registry.providers.clear()


def find(ticket: Ticket, actor: Actor, at: dt.datetime) -> list[Hit]:
    """All hits, each record once, without what is dismissed or linked already."""
    known = _known(ticket)
    found: dict[str, Hit] = {}
    for provider in (majors, own_open, similar, *_registry.providers):
        for hit in provider(ticket, actor, at):
            if hit.number not in known:
                found.setdefault(hit.number, hit)
    return list(found.values())


def majors(ticket: Ticket, actor: Actor, _at: dt.datetime) -> list[Hit]:
    """Open major incidents: the first thing to think of."""
    rows = Ticket.objects.visible_to(actor).open().filter(is_major=True).exclude(pk=ticket.pk)
    return [
        Hit("major", one.number, one.title, _why_major(one, ticket), one)
        for one in rows.order_by("opened_at", "id")[:MOST]
    ]


def own_open(ticket: Ticket, actor: Actor, _at: dt.datetime) -> list[Hit]:
    """The requester's other open tickets."""
    if ticket.requester_id is None:
        return []
    rows = Ticket.objects.visible_to(actor).open()
    rows = rows.filter(customer_id=ticket.customer_id, requester_id=ticket.requester_id).exclude(pk=ticket.pk)
    return [
        Hit("own", one.number, one.title, _("open, from the same person"), one)
        for one in rows.order_by("-opened_at", "-id")[:MOST]
    ]


def similar(ticket: Ticket, actor: Actor, at: dt.datetime) -> list[Hit]:
    """Tickets with the same words; the same item, service, customer and a near time weigh more."""
    weights = _weights(ticket, actor)
    if not weights:
        return []
    rows = {one.pk: one for one in Ticket.objects.visible_to(actor).filter(pk__in=weights)}
    items = _items([ticket.pk, *rows])
    mine = items.get(ticket.pk, set())
    scored = []
    for pk, one in rows.items():
        reasons, boost = _reasons(ticket, one, bool(mine & items.get(pk, set())), at)
        scored.append((weights[pk] + boost, one, reasons))
    scored.sort(key=lambda each: (-each[0], -each[1].pk))
    alike = sum(
        1 for _score, one, _why in scored if mine & items.get(one.pk, set()) and at - one.opened_at < FRESH
    )
    return [
        Hit("similar", one.number, one.title, _sentence(reasons, alike), one)
        for _score, one, reasons in scored[:MOST]
    ]


def dismiss(ticket: Ticket, *, by: Actor, at: dt.datetime, record: str) -> None:
    """Never suggest this record at this ticket again. No entry: nothing about the ticket has changed."""
    Dismissal.objects.get_or_create(
        customer_id=ticket.customer_id, ticket=ticket, record=record,
        defaults={"compartment": ticket.compartment, "by_user_id": by.user_id, "at": at},
    )  # fmt: skip


def _weights(ticket: Ticket, actor: Actor) -> dict[int, float]:
    words = wording.words_of(ticket.title)
    if not words:
        return {}
    everyone = actor.customers is ALL
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ticket_id, weight FROM itsm_similar_tickets(%s, %s, %s, %s::bigint[], %s::bigint[], %s, %s)",
            [
                " | ".join(f"'{one}'" for one in words), ticket.title, everyone,
                [] if everyone else sorted(actor.customers), sorted(actor.compartments), ticket.pk, CANDIDATES,
            ],
        )  # fmt: skip
        return dict(cursor.fetchall())


def _items(ids: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for ticket_id, item_id in AffectedItem.objects.filter(ticket_id__in=ids).values_list(
        "ticket_id", "item_id"
    ):
        found.setdefault(ticket_id, set()).add(item_id)
    return found


def _reasons(ticket: Ticket, other: Ticket, same_item: bool, at: dt.datetime) -> tuple[list[str], float]:
    judged: list[tuple[Any, float, str]] = [
        (same_item, 1.0, _("same item")),
        (ticket.service_id and ticket.service_id == other.service_id, 0.4, _("same service")),
        (ticket.customer_id == other.customer_id, 0.3, _("same customer")),
        (at - other.opened_at < FRESH, 0.2, ""),
        (other.phase in (Phase.RESOLVED, Phase.CLOSED), 0.1, _("solved")),
    ]
    true = [(weight, word) for is_so, weight, word in judged if is_so]
    return [word for _weight, word in true if word], sum(weight for weight, _word in true)


def _sentence(reasons: list[str], alike: int) -> str:
    said = ", ".join([_("similar words"), *reasons])
    if alike > 1 and _("same item") in reasons:
        many = ngettext("%(count)d ticket in two weeks", "%(count)d tickets in two weeks", alike) % {
            "count": alike
        }
        said = f"{said}; {many}"
    return said


def _why_major(major: Ticket, ticket: Ticket) -> str:
    if major.service_id and major.service_id == ticket.service_id:
        return _("open major incident, same service")
    return _("open major incident")


def _known(ticket: Ticket) -> set[str]:
    """Numbers that need no suggestion: dismissed here, or linked."""
    gone = Dismissal.objects.filter(customer_id=ticket.customer_id, ticket=ticket).values_list(
        "record", flat=True
    )
    linked = Link.objects.filter(customer_id=ticket.customer_id, ticket=ticket).values_list(
        "other__number", flat=True
    )
    return {*gone.union(linked, all=True)}
