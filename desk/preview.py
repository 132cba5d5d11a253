"""One ticket beside the queue: what was said last, its clock, and the ways to answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import markdown, reading
from desk import composing, doors, position, properties, records, shell, showing
from desk.views_of_queue import Asked
from tickets import beside, policy
from tickets.models import Message, Ticket


@require_GET
@doors.page
def preview(request: HttpRequest, number: str) -> HttpResponse:
    """The fragment that a move of the cursor loads; the ticket's own page for who follows the link."""
    ticket = records.get_ticket(request, number)
    asked = position.asked_of(request)
    return shell.fragment(request, "desk/_preview.html", preview=context(request, ticket, asked))


def context(request: HttpRequest, ticket: Ticket, asked: Asked) -> dict[str, Any]:
    """What desk/_preview.html reads."""
    known = beside.of(ticket, request.actor)
    everything = list(_messages(request, ticket))
    said = [one for one in everything if one.audience == "public"]
    verbs = {one.verb for one in policy.allowed(request.actor, ticket)}
    query = asked.query(view=asked.view.slug)
    url = reverse("desk:ticket", args=[ticket.number])
    first_name = ticket.requester.call_name or ticket.requester.name.split(" ")[0] if ticket.requester else ""
    return {
        "number": ticket.number,
        "read_url": reverse("desk:read", args=[ticket.number]),
        "url": url + query,
        "title": ticket.title,
        "priority": ticket.priority,
        "status": showing.status(ticket),
        "fuse": showing.fuse(ticket, request.at),
        "message": _last(said, request),
        "earlier_text": _earlier(len(said) - 1),
        "version": ticket.version,
        "rows": properties.short(ticket, request.actor),
        "reply_url": position.editor(url + query, "reply") if "reply" in verbs else "",
        "note_url": position.editor(url + query, "note") if "note" in verbs else "",
        "composer": composing.context(
            request,
            ticket,
            verbs,
            seen=max((one.pk for one in everything), default=0),
            pending=None if known.has_pending else [],
            has_draft=known.has_draft,
        ),
        "reply_label": _("Reply to %(name)s") % {"name": first_name} if first_name else _("Reply"),
    }


def _messages(request: HttpRequest, ticket: Ticket) -> Any:
    """All that the actor reads here, newest first: what is said later than these holds a send."""
    rows = Message.objects.visible_to(request.actor).filter(customer_id=ticket.customer_id, ticket=ticket)
    return reading.shared(rows.defer("search").order_by("-at", "-id"))


def _last(said: list[Message], request: HttpRequest) -> dict[str, Any] | None:
    if not said:
        return None
    message = said[0]
    return {
        "author": showing.author(message, request.actor),
        "at": message.at,
        "via": via(message),
        "body_html": markdown.to_html(message.body),
    }


def via(message: Message | Ticket) -> str:
    """How a message or a ticket reached us, where that is worth a word: "by email"."""
    words = {
        "email": _("by email"),
        "phone": _("by phone"),
        "chat": _("by chat"),
        "in_person": _("in person"),
        "portal": _("in the portal"),
        "monitoring": _("by monitoring"),
        "api": _("by a program"),
    }
    return words.get(message.channel, "")


def _earlier(count: int) -> str:
    if count < 1:
        return ""
    return ngettext("%(count)d earlier message", "%(count)d earlier messages", count) % {"count": count}
