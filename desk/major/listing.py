"""The list of major incidents: those that go on first, then the newest."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import pagination
from desk import doors, shell
from desk.major import clock
from incidents.major import queries
from incidents.models import MajorIncident

PAGE = 50
ORDER = pagination.keys("-declared_at", "-ticket_id")


@require_GET
@doors.page
def majors(request: HttpRequest) -> HttpResponse:
    """What goes on, and what was."""
    running = list(queries.open_now(request.actor).select_related("ticket__customer", "lead"))
    past = queries.visible(request.actor).select_related("ticket__customer", "lead")
    past = past.exclude(pk__in=[one.pk for one in running])
    page = pagination.paginate(past, ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    counts = queries.count_children([one.pk for one in (*running, *page.items)], request.actor)
    url = reverse("desk:majors")
    return shell.render(
        request, "desk/majors.html", current="major", title=_("Major incidents"),
        running=[_row(request, one, counts) for one in running],
        past=[_row(request, one, counts) for one in page.items],
        pager={
            "newer_url": f"{url}?cursor={page.previous}" if page.previous else "",
            "older_url": f"{url}?cursor={page.next}" if page.next else "",
        },
    )  # fmt: skip


def _row(request: HttpRequest, one: MajorIncident, counts: dict[int, int]) -> dict[str, Any]:
    ticket = one.ticket
    return {
        "number": ticket.number,
        "title": one.title,
        "url": reverse("desk:major", args=[ticket.number]),
        "customer": ticket.customer.name,
        "stage": _("Withdrawn") if one.withdrawn_at else one.get_stage_display(),
        "lead": str(one.lead or ""),
        "linked": counts.get(one.pk, 0),
        "declared_at": one.declared_at,
        "clock": clock.of(ticket, one, request.at),
    }
