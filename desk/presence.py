"""The pings of open pages: I am here, I look or write; the answer says who else is, and how far the ticket is."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import display
from desk import doors, records
from live import presence
from tickets.models import Ticket

MOST = 100


@require_POST
@doors.page
def ping(request: HttpRequest, number: str) -> HttpResponse:
    """Every 15 s from an open ticket: `kind` is viewing, reply, note, or gone. Never writes to the database."""
    ticket = records.get_ticket(request, number)
    kind = request.POST.get("kind", "viewing")
    others = presence.say(ticket.pk, request.actor.user_id or 0, str(request.user), kind)
    return JsonResponse({"version": ticket.version, "people": [described(one) for one in others]})


@require_GET
@doors.page
def at_rows(request: HttpRequest) -> HttpResponse:
    """Who is at the tickets ?numbers=INC-1,INC-2 of a list, as far as the actor sees them: by number."""
    numbers = [one.strip().upper() for one in request.GET.get("numbers", "").split(",")][:MOST]
    rows = Ticket.objects.visible_to(request.actor).filter(number__in=numbers)
    by_id = dict(rows.values_list("id", "number"))
    here = presence.at(by_id, but=request.actor.user_id or 0)
    people = {by_id[one]: [described(who) for who in found] for one, found in here.items()}
    return JsonResponse({"people": people})


def described(one: presence.Present) -> dict[str, Any]:
    """One person as a page shows him: initials, what he does, and the sentence for it."""
    sentences = {
        "viewing": _("%(name)s is looking at this"),
        "reply": _("%(name)s is writing a reply"),
        "note": _("%(name)s is writing a note"),
    }
    words = sentences[one.kind] % {"name": one.name}
    return {"initials": display.initials(one.name), "kind": one.kind, "words": words}
