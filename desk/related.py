"""The box "Looks related": loaded after the page, each line with its reason, a way to link it and one to dismiss it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import errors
from desk import doors, records, shell, showing
from tickets import policy
from tickets import related as search
from tickets.models import Ticket

ICONS = {"major": "access-point", "own": "user", "similar": "history"}


@require_GET
@doors.page
def related(request: HttpRequest, number: str) -> HttpResponse:
    """The lines of the box."""
    return _box(request, records.get_ticket(request, number))


@require_POST
@doors.page
def dismiss(request: HttpRequest, number: str) -> HttpResponse:
    """Do not suggest `record` at this ticket again."""
    ticket = records.get_ticket(request, number)
    policy.require(request.actor, "note", ticket)
    record = request.POST.get("record", "")[:60]
    if not record:
        raise errors.required("record", _("Say which record it is."))
    search.dismiss(ticket, by=request.actor, at=request.at, record=record)
    if doors.is_fragment(request):
        return _box(request, ticket)
    return redirect(reverse("desk:ticket", args=[ticket.number]))


def _box(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    allowed = {one.verb for one in policy.allowed(request.actor, ticket)}
    hits = [_shown(one) for one in search.find(ticket, request.actor, request.at)]
    return shell.fragment(
        request, "desk/_related.html", hits=hits,
        link_url=reverse("desk:link", args=[ticket.number]) if "link" in allowed else "",
        dismiss_url=reverse("desk:dismiss-related", args=[ticket.number]) if "note" in allowed else "",
    )  # fmt: skip


def _shown(hit: search.Hit) -> dict[str, Any]:
    return {
        "number": hit.number,
        "title": hit.title,
        "why": hit.why,
        "icon": ICONS.get(hit.kind, "link"),
        "status": showing.status(hit.ticket) if hit.ticket else None,
        "url": hit.url or reverse("desk:ticket", args=[hit.number]),
        "link_kind": "child_of" if hit.kind == "major" else "related_to",
    }
