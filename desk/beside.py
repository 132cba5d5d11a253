"""Beside a new ticket while it is written: what is open already, the service that the words name, and joining."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Person
from automation import similar as looking
from core import errors
from customers.models import Customer
from desk import callers, doors, filled, records, shell, showing
from tickets import verbs

LONGEST = 4_000


@require_GET
@doors.page
def similar(request: HttpRequest) -> HttpResponse:
    """What resembles the words so far: a part of the page, asked for while somebody types."""
    callers.require_agent(request.actor)
    caller = callers.find_caller(request)
    customer = caller.customer if caller else callers.find_customer(request)
    if customer is None:
        raise errors.Malformed(_("Say whose ticket it is."))
    return shell.fragment(
        request, "desk/_similar.html", similar=context(request, customer, caller, request.GET)
    )


@require_POST
@doors.page
def join(request: HttpRequest) -> HttpResponse:
    """Not one more ticket: a note on the open one says who else reports it, and what they said."""
    callers.require_agent(request.actor)
    caller = callers.find_caller(request)
    ticket = records.get_ticket(request, request.POST.get("number", ""))
    if caller is not None and caller.customer_id != ticket.customer_id:
        raise errors.required("number", _("This ticket is another customer's."))
    said = "\n\n".join(
        text for name in ("title", "description") if (text := request.POST.get(name, "").strip()[:LONGEST])
    )
    who = caller.name if caller else request.POST.get("caller_name", "").strip()[:200] or _("Somebody else")
    body = _("%(who)s reports this too.") % {"who": who} + (f"\n\n{said}" if said else "")
    verbs.run(ticket, "note", {"body": body}, by=request.actor, at=request.at)
    filled.drop(request, "new", ticket.customer if caller is None else caller.customer, caller)
    messages.success(request, _("Noted on %(number)s. No new ticket was opened.") % {"number": ticket.number})
    return redirect(reverse("desk:ticket", args=[ticket.number]))


def context(
    request: HttpRequest, customer: Customer, caller: Person | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """What desk/_similar.html reads: hits with their reasons, and a service to choose."""
    text = f"{given.get('title', '')}\n{given.get('description', '')}"[:LONGEST]
    service = given.get("service", "")
    service_id = int(service) if service.isdecimal() and len(service) < 19 else None
    found = looking.find(
        request.actor, customer.pk, text, service_id=service_id, requester_id=caller.pk if caller else None
    )
    named = None if service_id else looking.suggest_service(request.actor, customer.pk, text, found)
    return {
        "hits": [
            {
                "number": one.ticket.number, "title": one.ticket.title, "status": showing.status(one.ticket),
                "url": reverse("desk:ticket", args=[one.ticket.number]), "reasons": ", ".join(one.reasons),
            }
            for one in found
        ],
        "service": named, "is_asked": bool(text.strip()),
    }  # fmt: skip
