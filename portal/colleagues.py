"""A manager's view of his people's requests: by person or by site, with what is confidential counted and not shown."""

from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actors
from core import tables
from core.pagination import Key, keys
from customers import scoping
from portal import words
from tickets.models import Ticket

GROUPS = {"person": "requester__name", "site": "site__name"}
MOST_LINES = 5_000


def grouped(rows: QuerySet, by: str) -> tuple[QuerySet, tuple[Key, ...]]:
    """The rows with `group_name`, and the order that keeps each group together; without a group, the newest first."""
    if by not in GROUPS:
        return rows, keys("-id")
    named = rows.annotate(group_name=Coalesce(F(GROUPS[by]), Value("")))
    return named, keys("group_name", "-id")


def heading(ticket: Ticket, by: str) -> str:
    """The heading above a row of a grouped list."""
    if by not in GROUPS:
        return ""
    return str(ticket.group_name) or (_("Nobody") if by == "person" else _("No site"))


def count_confidential(request: HttpRequest, phases: tuple[str, ...]) -> int:
    """How many of this customer's requests this reader may not see: their number, and nothing else of them."""
    customer, seen = request.customer, request.actor.compartments
    every = actors.system("Count of confidential requests").compartments
    if every == seen or customer is None:
        return 0
    with scoping.scope([customer.pk], compartments=every, caller=request.actor.key):
        return (
            Ticket.objects.filter(customer=customer, phase__in=phases).exclude(compartment__in=seen).count()
        )


def as_csv(rows: QuerySet, request: HttpRequest) -> HttpResponse:
    """The list as it is shown, as a file: instants in ISO form with their offset, text that no table takes for a
    formula."""
    header = (_("Number"), _("What"), _("Who"), _("Site"), _("Service"), _("Since"), _("Next step"))
    found = rows.select_related("requester", "site", "service", "customer")[:MOST_LINES]
    name = (
        f"requests-{request.customer.slug}-{request.at:%Y-%m-%d}.csv" if request.customer else "requests.csv"
    )
    return tables.as_csv(name, header, map(_cells, found))


def _cells(one: Ticket) -> list[Any]:
    return [
        one.number, one.title, one.requester or "", one.site or "", one.service or "",
        timezone.localtime(one.opened_at).isoformat(timespec="minutes"), words.standing(one).words,
    ]  # fmt: skip
