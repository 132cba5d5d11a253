"""Where a ticket stands in the view one came from: "3 of 27", and its neighbours."""

from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from desk import grouping, views_of_queue
from desk.views_of_queue import Asked
from tickets.models import Ticket


def asked_of(request: HttpRequest) -> Asked:
    """The state of the queue that the address names, read once a request: a team's or a saved view costs a query."""
    if not hasattr(request, "asked"):
        request.asked = views_of_queue.read(request.GET.dict(), request.actor)
    found: Asked = request.asked
    return found


def editor(url: str, kind: str) -> str:
    """The address of an open editor (reply or note). It ends at the field itself: so the browser, too, puts the focus
    there, with a script and without."""
    return f"{url}{'&' if '?' in url else '?'}compose={kind}#{kind}-body"


def of(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """The way back, and previous and next; for who came by a direct link, the way to the queue alone."""
    asked = asked_of(request)
    back = {"url": reverse("desk:queue") + asked.query(), "label": str(asked.view.title)}
    if "view" not in request.GET:
        return back
    rows, order = grouping.ordered(views_of_queue.rows(asked, request.actor), asked)
    keys = [(name.lstrip("-"), name.startswith("-")) for name in order]
    values = [grouping.place_of(ticket, name, asked.grouping) for name, _down in keys]
    if any(value is None for value in values):
        return back
    before, after = _beyond(keys, values, earlier=True), _beyond(keys, values, earlier=False)
    counted = rows.aggregate(
        all=Count("id"), before=Count("id", filter=before), here=Count("id", filter=Q(pk=ticket.pk))
    )
    query = asked.query(view=asked.view.slug)
    near = _neighbours(rows, order, before, after)
    named = {"place": counted["before"] + 1, "all": counted["all"]}
    return {
        **back,
        "position": _("%(place)d of %(all)d") % named if counted["here"] else "",
        "previous_url": _address(near.get("before"), query),
        "next_url": _address(near.get("after"), query),
    }


def _neighbours(rows: QuerySet, order: tuple[str, ...], before: Q, after: Q) -> dict[str, str]:
    """The numbers of the tickets on both sides, from one query."""
    turned = [name.removeprefix("-") if name.startswith("-") else f"-{name}" for name in order]
    plain = rows.select_related(None)
    sides = [
        plain.filter(part)
        .annotate(side=Value(side, output_field=CharField()))
        .order_by(*direction)
        .values_list("side", "number")[:1]
        for side, part, direction in (("before", before, turned), ("after", after, order))
    ]
    return dict(sides[0].union(sides[1], all=True))


def _beyond(keys: list[tuple[str, bool]], values: list[Any], *, earlier: bool) -> Q:
    """Strictly before (or after) `values` in the order of `keys`."""
    found, equal = Q(), Q()
    for (name, down), value in zip(keys, values, strict=True):
        found |= equal & Q(**{f"{name}__{'lt' if earlier != down else 'gt'}": value})
        equal &= Q(**{name: value})
    return found


def _address(number: str | None, query: str) -> str:
    return reverse("desk:ticket", args=[number]) + query if number else ""


def query_of(request: HttpRequest) -> str:
    """The part of the address that says from which view one came."""
    if "view" not in request.GET:
        return ""
    asked = asked_of(request)
    return asked.query(view=asked.view.slug)
