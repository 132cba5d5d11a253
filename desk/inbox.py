"""What wants me: one line per ticket with the reason, what I put off, and what I have begun to write."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import absences
from core.actor import Actor
from desk import doors, filled, position, sentences, shell, showing
from notifications import actions, queries
from notifications.choices import Reason
from notifications.models import Notice
from tickets.choices import DraftKind, HoldKind, Phase
from tickets.models import Draft, Ticket

MOST = 200  # notices on the page, and of each other section
KINDS = {Reason.CLOCK: "danger", Reason.MENTION: "accent", Reason.ASSIGNED: "info", Reason.TASK: "info"}
WORDS = 90  # characters of a draft


@require_GET
@doors.page
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, newest first; then what he put off, and his drafts."""
    actor = request.actor
    found = list(queries.notices(actor)[: MOST + 1])
    return shell.render(
        request, "desk/inbox.html", current="inbox", title=_("Inbox"), rows=_lines(found[:MOST]),
        is_cut=len(found) > MOST, most=MOST, snoozed=[_put_off(one) for one in _snoozed(actor)],
        drafts=_drafts(actor), deputized=_deputized(request),
    )  # fmt: skip


@require_POST
@doors.page
def finish(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Be done with a line: this notice and all older ones about its ticket."""
    notice = queries.get_notice(request.actor, notice_id)
    actions.finish(notice, by=request.actor, at=request.at)
    undo = reverse("desk:inbox-again", args=[notice.pk])
    said = _("%(number)s is done with.") % {"number": notice.ticket.number}
    messages.success(request, said, extra_tags=f"undo:{undo}")
    return redirect("desk:inbox")


@require_POST
@doors.page
def again(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Undo: the line waits again."""
    actions.take_up_again(queries.get_own(request.actor, notice_id), by=request.actor)
    return redirect("desk:inbox")


def _lines(found: list[Notice]) -> list[dict[str, Any]]:
    """One line per ticket: its newest notice, and how many more there are."""
    of_ticket: dict[int, list[Notice]] = {}
    for one in found:
        of_ticket.setdefault(one.ticket_id, []).append(one)
    return [_line(several) for several in of_ticket.values()]


def _line(several: list[Notice]) -> dict[str, Any]:
    newest = several[0]
    return {
        "id": newest.pk,
        "ticket": newest.ticket,
        "url": reverse("desk:ticket", args=[newest.ticket.number]),
        "reason": newest.get_reason_display(),
        "kind": KINDS.get(Reason(newest.reason), ""),
        "text": _sentence(newest),
        "at": newest.at,
        "more": len(several) - 1,
        "is_unread": any(one.read_at is None for one in several),
        "done_url": reverse("desk:inbox-done", args=[newest.pk]),
    }


def _deputized(request: HttpRequest) -> list[dict[str, Any]]:
    """The lines of who is away and has named the reader as deputy: to look after, not to tick off for them."""
    away = absences.deputized(request.actor.user_id or 0, request.at)
    if not away:
        return []
    of_user: dict[int, list[Notice]] = {}
    for one in queries.of_absent(request.actor, list(away))[:MOST]:
        of_user.setdefault(one.user_id, []).append(one)
    return [
        {"name": str(away[user_id].user), "to_on": away[user_id].to_on, "rows": _lines(found)}
        for user_id, found in of_user.items()
    ]


def _sentence(notice: Notice) -> str:
    """What happened, in words; a message itself is read on the ticket."""
    entry, past = notice.entry, notice.entry.name.rpartition(".")[2]
    if past == "noted":
        return _("%(who)s named you in a note") % {"who": entry.actor_label}
    if past == "replied":
        return _("%(who)s wrote") % {"who": entry.actor_label}
    return sentences.of(entry)["text"]


def _snoozed(actor: Actor) -> list[Ticket]:
    """Tickets in the reader's hands that wait for a time he set, the next one first."""
    rows = Ticket.objects.visible_to(actor).filter(
        assignee_id=actor.user_id or 0, phase=Phase.WAITING, hold_kind=HoldKind.SCHEDULED
    )
    return list(rows.select_related("customer").order_by("hold_until", "id")[:MOST])


def _put_off(ticket: Ticket) -> dict[str, Any]:
    url = reverse("desk:ticket", args=[ticket.number])
    return {"ticket": ticket, "url": url, "until": ticket.hold_until, "status": showing.status(ticket)}


def _drafts(actor: Actor) -> list[dict[str, Any]]:
    """What the reader has begun to write, newest first."""
    rows = list(Draft.objects.filter(caller=actor.key).order_by("-updated_at")[:MOST])
    new = [one for one in rows if one.kind == DraftKind.TICKET]
    back = dict(zip((one.pk for one in new), filled.described(new, actor), strict=True)) if new else {}
    return [_draft(one, back.get(one.pk)) for one in rows]


def _draft(draft: Draft, new: dict[str, Any] | None) -> dict[str, Any]:
    """A draft as a line: where it was begun, its first words, and the way back to it."""
    words = " ".join(draft.body.split())
    place, url = draft.place, ""
    if new is not None:
        place, url = new["whose"], new["url"]
    elif draft.kind == DraftKind.REPORT:
        place, url = "", reverse("portal:report")
    else:
        url = position.editor(reverse("desk:ticket", args=[place]), draft.kind)
    return {
        "url": url,
        "place": place,
        "kind": draft.get_kind_display(),
        "words": f"{words[:WORDS]}…" if len(words) > WORDS else words,
        "at": draft.updated_at,
        "problem": draft.problem,
    }
