"""What one number of a report counts: the same clocks, or tickets, that were counted, whatever became of them since."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import display, pagination
from desk import doors, shell
from desk.levels import reports
from reporting import presenting, queries
from reporting.choices import Counted
from reporting.queries import Edition

PAGE = 100


@require_GET
@doors.page
def counted(request: HttpRequest, report_id: int) -> HttpResponse:
    """`?of=<line>.<all|met|breached|open>`, or a key of the workload; a page of them."""
    found = reports.edition(request, report_id)
    of = request.GET.get("of", "")
    shown = _clocks(found, of, request) if "." in of else _tickets(found, of, request)
    rows, draw = shown.pop("found"), shown.pop("draw")
    page = pagination.paginate(rows, pagination.keys("id"), cursor=request.GET.get("cursor"), size=PAGE)
    here = f"{reports.url(found, 'counted')}{reports.query(found, of=of)}"
    return shell.render(
        request, "desk/counted.html", current=reports.CURRENT, rows=[draw(one) for one in page.items],
        hidden=shown["count"] - rows.count(), back=_back(found),
        pager={
            "newer_url": f"{here}&cursor={page.previous}" if page.previous else "",
            "older_url": f"{here}&cursor={page.next}" if page.next else "",
        },
        **shown,
    )  # fmt: skip


def _clocks(found: Edition, of: str, request: HttpRequest) -> dict[str, Any]:
    key, _dot, which = of.rpartition(".")
    rows = queries.clocks_of(found, key, which, request.actor)
    line = next(one for one in found.figures["lines"] if one["key"] == key)
    return {
        "found": rows.order_by(), "draw": _clock, "count": len(found.lists[of]),
        "title": f"{presenting.target_name(line)}: {Counted(which).label}",
        "columns": (_("Ticket"), _("Subject"), _("Started"), _("Verdict"), _("When"), _("Used")),
    }  # fmt: skip


def _tickets(found: Edition, of: str, request: HttpRequest) -> dict[str, Any]:
    rows = queries.tickets_of(found, of, request.actor)
    return {
        "found": rows.order_by(), "draw": _ticket, "count": len(found.lists.get(of, [])),
        "title": _("Tickets that came in"), "columns": (_("Ticket"), _("Subject"), _("Opened")),
    }  # fmt: skip


def _back(found: Edition) -> dict[str, str]:
    label = f"{found.report.customer.name}, {found.report.journal_label}"
    return {"url": reports.url(found) + reports.query(found), "label": label}


def _clock(one: Any) -> dict[str, Any]:
    ticket = one.ticket
    return {
        "url": reverse("desk:clocks", args=[ticket.number]), "number": ticket.number, "title": ticket.title,
        "at": one.started_at, "verdict": _("Breached") if one.breached_at else _("Met"),
        "is_bad": bool(one.breached_at), "when": one.breached_at or one.stopped_at,
        "used": display.duration(float(one.used_seconds)),
    }  # fmt: skip


def _ticket(one: Any) -> dict[str, Any]:
    url = reverse("desk:ticket", args=[one.number])
    return {"url": url, "number": one.number, "title": one.title, "at": one.opened_at}
