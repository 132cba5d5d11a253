"""Lists for who answers for service levels: how long tickets are let wait, and priorities that were lowered late."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from core import display, errors
from core.actor import Actor
from desk import doors, shell, sidebar
from journal.models import Entry
from slas import pauses
from tickets.models import Ticket

DAYS = 30
MOST = 500


@require_GET
@doors.page
def waits(request: HttpRequest) -> HttpResponse:
    """How much of their tickets' time agents let wait in the last 30 days; `?agent=` opens one's tickets."""
    _require(request)
    found = pauses.shares(request.actor, request.at - dt.timedelta(days=DAYS), request.at)
    agent = request.GET.get("agent", "")
    if agent:
        rows = _tickets(request, [one for one in found if str(one.assignee_id or "none") == agent])
        heading, columns = _("Tickets"), (_("Ticket"), _("Waited"), _("Of"), _("Share"))
    else:
        rows = _agents(found)
        heading, columns = _("Agents"), (_("Agent"), _("Waited"), _("Of"), _("Share"), _("Tickets"))
    return shell.render(
        request, "desk/report.html", title=_("Pauses"), heading=heading, columns=columns, rows=rows,
        text=_("Elapsed time of the last %(days)s days in which clocks were paused, by who has the tickets.")
        % {"days": DAYS},
        back_url=reverse("desk:report-pauses") if agent else "", current="reports",
        other={"url": reverse("desk:report-lowered"), "label": _("Lowered late")},
    )  # fmt: skip


@require_GET
@doors.page
def lowered(request: HttpRequest) -> HttpResponse:
    """Priorities that were lowered when half or more of the time was used, newest first (clocks.md, Moves)."""
    _require(request)
    rows = Entry.objects.visible_to(request.actor).filter(name__endswith=".priority_lowered")
    shown = [
        {"url": _url(one.subject_label), "cells": (
            one.subject_label, f"P{one.data['from_priority']} → P{one.data['to_priority']}",
            f"{one.data['used_percent']} %", one.actor_label, one.data["reason"],
        )}
        for one in rows.order_by("-at", "-id")[:MOST]
    ]  # fmt: skip
    columns = (_("Ticket"), _("Priority"), _("Used"), _("By"), _("Reason"))
    text = _("Priorities that were lowered when half or more of the agreed time was used.")
    return shell.render(
        request, "desk/report.html", title=_("Lowered late"), heading=_("Lowered late"), columns=columns,
        rows=shown, text=text, back_url="", current="reports",
        other={"url": reverse("desk:report-pauses"), "label": _("Pauses")},
    )  # fmt: skip


def may_read(actor: Actor) -> bool:
    """Whether these reports are his to read."""
    return any(actor.may(one) for one in sidebar.REPORTS)


def _require(request: HttpRequest) -> None:
    if not may_read(request.actor):
        raise errors.Forbidden(
            _("Reports on people's work are for those who lead them: ask your team's lead.")
        )


def _agents(found: list[pauses.Share]) -> list[dict[str, Any]]:
    sums: dict[int | None, pauses.Share] = {}
    counts: dict[int | None, int] = {}
    for one in found:
        whole = sums.setdefault(one.assignee_id, pauses.Share(0, one.assignee_id))
        whole.paused, whole.total = whole.paused + one.paused, whole.total + one.total
        counts[one.assignee_id] = counts.get(one.assignee_id, 0) + 1
    names = {one.pk: str(one) for one in User.objects.filter(pk__in=[key for key in sums if key])}
    ordered = sorted(sums.values(), key=lambda one: (-one.percent, one.assignee_id or 0))
    return [
        {
            "url": f"{reverse('desk:report-pauses')}?agent={one.assignee_id or 'none'}",
            "cells": (names.get(one.assignee_id or 0, _("Nobody")), *_numbers(one), counts[one.assignee_id]),
            "counted": True,
        }
        for one in ordered
    ]


def _tickets(request: HttpRequest, found: list[pauses.Share]) -> list[dict[str, Any]]:
    chosen = sorted(found, key=lambda one: -one.paused)[:MOST]
    numbers = dict(
        Ticket.objects.visible_to(request.actor)
        .filter(pk__in=[one.ticket_id for one in chosen])
        .values_list("pk", "number")
    )
    return [
        {"url": _url(numbers[one.ticket_id]), "cells": (numbers[one.ticket_id], *_numbers(one))}
        for one in chosen
    ]


def _numbers(one: pauses.Share) -> tuple[str, str, str]:
    times = (display.duration(value.total_seconds()) for value in (one.paused, one.total))
    return (*times, f"{one.percent} %")  # type: ignore[return-value]


def _url(number: str) -> str:
    return reverse("desk:ticket", args=[number])
