"""What the editors offer while one types: colleagues after @, records after #."""

import re

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from accounts import queries as logins
from core.actor import Actor
from desk import doors
from tickets import actions, policy, queries
from tickets.choices import LinkKind
from tickets.models import Link, Ticket

MOST = 8
_NUMBER = re.compile(r"#([A-Z]{2,5}-\d{1,12})\b")


@require_GET
@doors.page
def mentions(request: HttpRequest) -> HttpResponse:
    """Colleagues whose name or address begins with `q`: text to insert, and a second line."""
    words = request.GET.get("q", "").strip()[:60]
    found = logins.desk_users(request.actor).exclude(pk=request.actor.user_id)
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(email__istartswith=word))
    rows = [
        {"insert": f"@{one} ", "text": str(one), "note": one.email} for one in found.order_by("name")[:MOST]
    ]
    return JsonResponse({"found": rows})


@require_GET
@doors.page
def records(request: HttpRequest) -> HttpResponse:
    """Tickets by number or words, as far as the actor sees them."""
    words = request.GET.get("q", "").strip()[:60]
    visible = Ticket.objects.visible_to(request.actor)
    if len(words) < 2:
        rows = visible.open().order_by("-updated_at")
    elif re.fullmatch(r"[A-Za-z]*-?\d+", words):
        digits = re.sub(r"\D", "", words)
        rows = visible.filter(number__endswith=digits).order_by("-id")
    else:
        rows = visible.filter(pk__in=queries.search_ids(words, request.actor, most=MOST))
    return JsonResponse(
        {
            "found": [
                {"insert": f"#{one.number} ", "text": one.number, "note": one.title} for one in rows[:MOST]
            ]
        }
    )


def link_named(request: HttpRequest, ticket: Ticket, text: str) -> None:
    """Link what a note names as #INC-1001, as far as the actor sees it and may link; once is enough."""
    numbers = set(_NUMBER.findall(text)) - {ticket.number}
    if not numbers or not _may_link(request.actor, ticket):
        return
    known = Link.objects.filter(customer_id=ticket.customer_id, ticket=ticket).values_list(
        "other_id", flat=True
    )
    others = Ticket.objects.visible_to(request.actor).filter(number__in=numbers).exclude(pk__in=list(known))
    for other in others.order_by("id")[:MOST]:
        actions.link(ticket, by=request.actor, at=request.at, kind=LinkKind.RELATED_TO, other=other)


def _may_link(actor: Actor, ticket: Ticket) -> bool:
    return any(one.verb == "link" for one in policy.allowed(actor, ticket))
