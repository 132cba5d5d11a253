"""Search over every ticket one may see, open or closed, best first; a number goes straight to its ticket."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from desk import doors, shell, showing
from tickets import queries
from tickets.models import Ticket

SHOWN = 50


@require_GET
@doors.page
def search(request: HttpRequest) -> HttpResponse:
    """Results for ?q=."""
    words = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    exact = Ticket.objects.visible_to(request.actor).numbered(words).first() if words else None
    if exact is not None:
        return redirect(reverse("desk:ticket", args=[exact.number]))
    ids = queries.search_ids(words, request.actor, most=SHOWN + 1) if words else []
    return shell.render(
        request, "desk/search.html", current="search", search_text=words, title=_("Search"),
        results=_results(request, ids[:SHOWN]), has_more=len(ids) > SHOWN,
    )  # fmt: skip


def _results(request: HttpRequest, ids: list[int]) -> list[dict[str, Any]]:
    rows = queries.rows(Ticket.objects.visible_to(request.actor).filter(pk__in=ids))
    by_id = {one.pk: one for one in rows}
    return [
        {
            "number": one.number,
            "url": reverse("desk:ticket", args=[one.number]),
            "title": one.title,
            "priority": one.priority,
            "status": showing.status(one),
            "requester": one.requester.name if one.requester else "",
            "customer": one.customer.name,
            "opened_at": one.opened_at,
        }
        for one in (by_id[pk] for pk in ids if pk in by_id)
    ]
