"""Now: what was breached today and what is due next, by service and team; every number opens what it counts (8.3.3)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import display
from core.actor import Actor
from desk import doors, shell, showing
from reporting import now, policy, sight
from reporting.now import Now, Place
from slas import correcting
from slas import filters as clocks
from slas.models import Timer

CURRENT = "service-levels"
STREAM = "/live/queue/"
MOST = 15


@require_GET
@doors.page
def page(request: HttpRequest) -> HttpResponse:
    """The counts, live, and the tickets that are due within two hours, soonest first."""
    found = now.read(request.actor, request.at)
    due = _due(request)
    return shell.render(
        request, "desk/levels.html", current=CURRENT, title=_("Service levels now"), stream=STREAM,
        tiles=[_tile(found, name) for name in now.MEASURES],
        tables=[
            _table("service", _("By service"), _("No service"), found, found.services),
            _table("team", _("By team"), _("No team"), found, found.teams),
        ],
        due=[_line(one, request) for one in due], due_count=found.totals["due"],
        due_url=_url(found.params["due"]), tabs=tabs(request.actor, "now"),
    )  # fmt: skip


def tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of service levels that this person may open."""
    known = [
        ("now", _("Now"), "desk:levels", sight.READ),
        ("agreements", _("Agreements"), "desk:agreements", sight.READ),
        ("reports", _("Reports"), "desk:service-reports", sight.READ),
        ("rehearse", _("Rehearse"), "desk:rehearse", sight.READ),
        ("corrections", _("Corrections"), "desk:corrections", correcting.PERMISSION),
    ]
    return [
        {"label": label, "url": reverse(view), "current": name == current}
        for name, label, view, permission in known
        if policy.may(actor, permission)
    ]


def _labels() -> dict[str, str]:
    return {
        "breached": _("Breached today"), "breached_open": _("Of these still open"),
        "due": _("Due within 2 hours"), "overdue": _("Overdue now"),
    }  # fmt: skip


def _tile(found: Now, name: str) -> dict[str, Any]:
    return {
        "name": name, "label": _labels()[name], "count": found.totals[name], "url": _url(found.params[name]),
        "is_bad": name != "due" and bool(found.totals[name]), "is_soon": name == "due" and bool(found.totals[name]),
    }  # fmt: skip


def _table(of: str, title: str, nothing: str, found: Now, places: list[Place]) -> dict[str, Any]:
    return {
        "name": of, "title": title, "columns": [_labels()[one] for one in now.MEASURES],
        "rows": [
            {"name": place.name or nothing, "cells": [_cell(found, of, place, one) for one in now.MEASURES]}
            for place in places
        ],
    }  # fmt: skip


def _cell(found: Now, of: str, place: Place, measure: str) -> dict[str, Any]:
    count = place.counts[measure]
    return {
        "count": count, "label": _labels()[measure], "is_bad": measure != "due" and bool(count),
        "url": _url({**found.params[measure], of: place.slug}),
        "id": f"{of}-{place.slug}-{measure}",
    }  # fmt: skip


def _url(params: dict[str, str]) -> str:
    return f"{reverse('desk:queue')}?{urlencode(params)}"


def _due(request: HttpRequest) -> list[Timer]:
    """Of each ticket the customer's clock that is due next, soonest first."""
    due = clocks.due((request.at, request.at + now.SOON_IN), request.actor)
    rows = due.select_related("ticket__customer", "ticket__team").order_by("due_at", "id")[: MOST * 3]
    found: dict[int, Timer] = {}
    for one in rows:
        found.setdefault(one.ticket_id, one)
    return list(found.values())[:MOST]


def _line(timer: Timer, request: HttpRequest) -> dict[str, Any]:
    ticket, label = timer.ticket, str(showing.METRICS.get(timer.metric, timer.metric))
    return {
        "number": ticket.number, "title": ticket.title, "priority": ticket.priority,
        "customer": ticket.customer.name, "team": ticket.team.name if ticket.team else "",
        "url": reverse("desk:ticket", args=[ticket.number]),
        "clock": display.fuse(label, due_at=timer.due_at, from_at=timer.started_at, now=request.at),
    }  # fmt: skip
