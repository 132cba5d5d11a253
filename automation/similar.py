"""Is it open already? Tickets of one customer that resemble what is being written, each with its reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from cmdb.models import ConfigurationItem, Subscription
from core.actor import Actor
from journal.models import audiences_of
from tickets import wording
from tickets.models import AffectedItem, Ticket

SHOWN = 5
CANDIDATES = 40


@dataclass
class Similar:
    """One open ticket that may be about the same, and why it is named."""

    ticket: Ticket
    weight: float = 0.0
    reasons: list[str] = field(default_factory=list)


def find(
    actor: Actor,
    customer_id: int,
    text: str,
    *,
    service_id: int | None = None,
    item_ids: Sequence[int] = (),
    requester_id: int | None = None,
    most: int = SHOWN,
) -> list[Similar]:
    """Open tickets of this customer that the actor sees, best first: by words, then by item, service and caller.

    Three statements at most, whatever is open. Words are needed, or an item: a service alone resembles too much.
    """
    words = wording.words_of(text)
    weights = _by_words(actor, customer_id, words) if words else {}
    rows = Ticket.objects.visible_to(actor).open().filter(customer_id=customer_id)
    same_item = _by_item(customer_id, item_ids)
    wanted = {*weights, *same_item}
    found = (
        [
            _judge(one, weights.get(one.pk, 0.0), words, same_item, service_id, requester_id)
            for one in rows.filter(pk__in=wanted).select_related(
                "service", "requester", "customer", "hold_reason"
            )
        ]
        if wanted
        else []
    )
    found = [one for one in found if one.reasons]
    return sorted(found, key=lambda one: (-one.weight, -one.ticket.pk))[:most]


def suggest_service(
    actor: Actor, customer_id: int, text: str, found: Sequence[Similar]
) -> ConfigurationItem | None:
    """The service of this customer that the words name, else the one that most of the similar tickets are about."""
    words = set(wording.words_of(text))
    taken = Subscription.objects.of_customers(actor).filter(customer_id=customer_id).select_related("service")
    services = {one.service_id: one.service for one in taken}
    score = {pk: 2 * len(words & set(wording.words_of(one.name))) for pk, one in services.items()}
    for one in found:
        if one.ticket.service_id in score:
            score[one.ticket.service_id] += 1
    best = max(score, key=lambda pk: (score[pk], -pk), default=None)
    return services[best] if best is not None and score[best] else None


def _by_words(actor: Actor, customer_id: int, words: list[str]) -> dict[int, float]:
    """Ids of open tickets in which any of the words begins one, with their weight. Only of a customer he sees."""
    if not actor.sees(customer_id):
        return {}
    own = None
    if not actor.is_inside and not actor.may("ticket.read_customer", customer_id):
        own = sorted(actor.persons)
    query = " | ".join(f"{one}:*" for one in words)  # letters and digits only: wording sees to it
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ticket_id, weight FROM itsm_duplicate_tickets(%s, %s, %s::bigint[], %s, %s::bigint[], %s)",
            [query, customer_id, sorted(actor.compartments), audiences_of(actor), own, CANDIDATES],
        )
        return {pk: float(weight) for pk, weight in cursor.fetchall()}


def _by_item(customer_id: int, item_ids: Sequence[int]) -> set[int]:
    if not item_ids:
        return set()
    rows = AffectedItem.objects.filter(
        customer_id=customer_id, item_id__in=item_ids, ticket__phase__in=("open", "waiting")
    )
    return set(rows.order_by("-ticket_id").values_list("ticket_id", flat=True)[:CANDIDATES])


def _judge(
    ticket: Ticket,
    weight: float,
    words: list[str],
    same_item: set[int],
    service_id: int | None,
    requester_id: int | None,
) -> Similar:
    found = Similar(ticket, weight)
    if weight:
        shared = [one for one in words if one in ticket.title.casefold()]
        named = ", ".join(shared[:3])
        found.reasons.append(
            _("same words: %(words)s") % {"words": named} if shared else _("same words in its text")
        )
        found.weight += 0.3 * len(shared)
    if ticket.pk in same_item:
        found.weight += 2
        found.reasons.append(_("same item"))
    if service_id and ticket.service_id == service_id:
        found.weight += 0.5
        found.reasons.append(_("same service"))
    if requester_id and ticket.requester_id == requester_id:
        found.weight += 0.5
        found.reasons.append(_("same caller"))
    if ticket.is_major:
        found.weight += 1
        found.reasons.append(_("major incident"))
    return found
