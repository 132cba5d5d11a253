"""What was sent and may still be taken back: at once, back into the editor, or after its seconds by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import errors, markdown
from core.actor import Actor
from desk import doors, position, records
from desk import undo as back
from tickets import actions
from tickets.choices import AfterSend
from tickets.models import PendingSend, Ticket

_KEPT = "sent-with"  # in the session: the newest reply that changed fields as it was sent


@require_POST
@doors.page
def undo(request: HttpRequest, number: str, pending_id: int) -> HttpResponse:
    """Take a reply back: text, files and caret are in the editor again, and what a macro changed with it is as it was,
    unless somebody has changed the ticket since."""
    ticket = records.get_ticket(request, number)
    url = reverse("desk:ticket", args=[ticket.number]) + position.query_of(request)
    try:
        actions.undo_send(pending_id, by=request.actor, at=request.at)
        _bring_back(request, ticket, pending_id)
    except errors.NotFound as refusal:
        messages.warning(request, refusal.detail)
        return redirect(url)
    return redirect(position.editor(url, "reply"))


@require_POST
@doors.page
def now(request: HttpRequest, number: str, pending_id: int) -> HttpResponse:
    """Let a reply leave before its time."""
    ticket = records.get_ticket(request, number)
    try:
        actions.send_now(pending_id, by=request.actor, at=request.at)
    except errors.NotFound as refusal:
        messages.warning(request, refusal.detail)
    else:
        messages.success(request, _("Sent."))
    return redirect(reverse("desk:ticket", args=[ticket.number]) + position.query_of(request))


def remember(request: HttpRequest, sent: PendingSend, made: list[Any]) -> None:
    """Keep, with the session, what a macro changed as this reply was sent: undoing it takes that back too."""
    if made:
        version = Ticket.objects.values_list("version", flat=True).get(pk=sent.ticket_id)
        request.session[_KEPT] = [sent.pk, version, made]


def _bring_back(request: HttpRequest, ticket: Ticket, pending_id: int) -> None:
    kept_id, version, made = request.session.pop(_KEPT, None) or (0, 0, [])
    if kept_id != pending_id:
        return
    try:
        back.bring_back(request, ticket, version, made)
    except errors.Refused as refusal:
        messages.warning(request, refusal.detail)


def waiting(ticket: Ticket, actor: Actor) -> list[PendingSend]:
    """The actor's own replies to this ticket that have not left yet, oldest first."""
    rows = PendingSend.objects.filter(customer_id=ticket.customer_id, ticket=ticket, author_id=actor.user_id)
    return list(rows.order_by("id"))


def shown(pending: list[PendingSend], ticket: Ticket, request: HttpRequest) -> list[dict[str, Any]]:
    """Waiting replies as the bar above the editors shows them; the newest is the one that Z takes back."""
    query = position.query_of(request)
    return [
        {
            "due_at": one.due_at,
            "seconds": one.seconds_left(request.at),
            "deed": _deed(one),
            "undo_url": reverse("desk:undo-send", args=[ticket.number, one.pk]) + query,
            "now_url": reverse("desk:send-now", args=[ticket.number, one.pk]) + query,
            "is_newest": one is pending[-1],
        }
        for one in pending
    ]


def entries(pending: list[PendingSend], author: dict[str, Any]) -> list[dict[str, Any]]:
    """Waiting replies as the conversation shows them."""
    return [
        {
            "is_pending": True,
            "audience": "public",
            "author": author,
            "at": one.created_at,
            "body_html": markdown.to_html(one.body),
            "attachments": [],
            "file_count": len(one.uploads),
        }
        for one in pending
    ]


def _deed(one: PendingSend) -> str:
    if one.then:
        return _("Reply, then %(status)s") % {"status": AfterSend(one.then).label}
    return _("Reply")
