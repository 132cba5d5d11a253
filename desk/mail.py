"""Mail as an administrator reads it: what was sent, what waits, what was given up, with its text and a Retry."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import errors, pagination
from desk import doors, shell
from notifications import actions, queries
from notifications.choices import State
from notifications.models import Message

PAGE = 50
KINDS = {
    State.DEAD: "danger",
    State.UNCERTAIN: "warn",
    State.SENT: "ok",
    State.QUEUED: "info",
    State.SENDING: "info",
}


@require_GET
@doors.page
def mails(request: HttpRequest) -> HttpResponse:
    """All mail, newest first; ?state= and ?q= (an address or a record's number) narrow it."""
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:254].replace("\x00", "")
    rows = queries.mails(request.actor, words=words)
    if state and state not in State.values:
        raise errors.Malformed(_("There is no such state of a mail."))
    rows = rows.filter(state=state) if state else rows
    page = pagination.paginate(
        rows, pagination.keys(*queries.ORDER), cursor=request.GET.get("cursor"), size=PAGE
    )
    url = reverse("desk:mail")
    return shell.render(
        request, "desk/mails.html", current="mail", title=_("Mail"), q=words, state=state, states=State.choices,
        rows=[_row(one) for one in page.items],
        pager={
            "newer_url": _page_url(url, state, words, page.previous),
            "older_url": _page_url(url, state, words, page.next),
        },
    )  # fmt: skip


@require_GET
@doors.page
def mail(request: HttpRequest, message_id: int) -> HttpResponse:
    """One mail with its text."""
    message = queries.get_mail(request.actor, message_id)
    may_retry = message.state == State.DEAD and request.actor.may("delivery.retry", message.customer_id)
    return shell.render(
        request, "desk/mail.html", current="mail", title=message.subject, message=message, row=_row(message),
        retry_url=reverse("desk:mail-retry", args=[message.pk]) if may_retry else "",
        back={"url": reverse("desk:mail"), "label": _("Mail")}, ticket_url=_ticket_url(message),
    )  # fmt: skip


@require_POST
@doors.page
def retry(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send a mail that was given up once more."""
    message = queries.get_mail(request.actor, message_id)
    actions.retry(message, by=request.actor, at=request.at)
    messages.success(request, _("The mail to %(address)s is tried again.") % {"address": message.address})
    return redirect(reverse("desk:mail-one", args=[message_id]))


def _row(one: Message) -> dict[str, Any]:
    return {
        "url": reverse("desk:mail-one", args=[one.pk]),
        "subject": one.subject,
        "to": f"{one.name} <{one.address}>" if one.name else one.address,
        "customer": one.customer.name,
        "state": one.get_state_display(),
        "kind": KINDS.get(State(one.state), ""),
        "at": one.created_at,
        "sent_at": None if one.state == State.STORED else one.sent_at,
        "attempts": one.attempts,
        "error": one.last_error,
    }


def _ticket_url(message: Message) -> str:
    return reverse("desk:ticket", args=[message.topic]) if "-" in message.topic else ""


def _page_url(url: str, state: str, words: str, cursor: str | None) -> str:
    if cursor is None:
        return ""
    named = {"state": state, "q": words, "cursor": cursor}
    return f"{url}?{urlencode({name: value for name, value in named.items() if value})}"
