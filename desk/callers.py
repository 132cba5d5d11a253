"""Finding who calls: people by name, address or phone, among the actor's customers, with what they have open."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Person, email_key
from desk import showing
from tickets.models import Ticket

SHOWN = 12
SHORTEST = 2


def context(request: HttpRequest) -> dict[str, Any]:
    """The people that match ?q=, each with the address that goes on with them."""
    words = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    rows = _matching(request, words) if len(words) >= SHORTEST else []
    return {"q": words, "is_asked": len(words) >= SHORTEST, "people": [card(one) for one in rows]}


def card(who: Person) -> dict[str, Any]:
    """One caller as the page shows him."""
    return {
        **(showing.person(who) or {}),
        "email": who.email,
        "phone": who.phone,
        "is_vip": who.is_vip,
        "customer": who.customer.name,
        "site": who.site.name if who.site else "",
        "url": f"{reverse('desk:new')}?caller={who.pk}",
    }


def tickets(caller: Person, request: HttpRequest) -> list[dict[str, Any]]:
    """What this caller has open: perhaps it is about one of these."""
    rows = Ticket.objects.visible_to(request.actor).open().filter(
        customer_id=caller.customer_id, requester=caller
    )  # fmt: skip
    return [
        {
            "number": one.number,
            "title": one.title,
            "status": showing.status(one),
            "url": reverse("desk:ticket", args=[one.number]),
        }
        for one in rows.select_related("hold_reason").order_by("-id")[:10]
    ]


def _matching(request: HttpRequest, words: str) -> list[Person]:
    rows = Person.objects.visible_to(request.actor).filter(is_active=True).select_related("customer", "site")
    wanted = Q()
    for word in words.split():
        wanted &= Q(name__icontains=word) | Q(email_key__startswith=email_key(word)) | Q(phone__contains=word)
    return list(rows.filter(wanted).order_by("name", "id")[:SHOWN])
