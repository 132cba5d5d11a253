"""The service level card of a ticket, and why each clock says what it says."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.display import Fuse, Tone
from desk import doors, records, shell
from slas import panels
from slas.panels import Clock
from tickets.models import Ticket


@require_GET
@doors.page
def why(request: HttpRequest, number: str) -> HttpResponse:
    """The agreement, the rule, the calendar, each pause with its cause: the arithmetic of every clock."""
    ticket = records.get_ticket(request, number)
    context = {
        "title": _("Clocks of %(number)s") % {"number": ticket.number},
        "clocks": panels.clock_card(ticket, request.actor),
        "back": {"url": reverse("desk:ticket", args=[ticket.number]), "label": ticket.number},
    }
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_clocks.html", **context)
    return shell.render(request, "desk/clocks.html", **context)


def card(ticket: Ticket, request: HttpRequest) -> dict[str, Any] | None:
    """What the ticket's page shows: clocks that run or wait as bars, those that are over as verdicts."""
    known = panels.clock_card(ticket, request.actor)
    if not known:
        return None
    return {
        "agreement_text": next((one.agreement for one in known if one.agreement), ""),
        "fuses": [_fuse(one) for one in known if _is_live(one)],
        "done": [
            {"label": one.label, "text": _verdict(one), "is_met": one.verdict == "met"}
            for one in known
            if not _is_live(one)
        ],
        "why_url": reverse("desk:clocks", args=[ticket.number]),
    }


def _is_live(clock: Clock) -> bool:
    return clock.due_at is not None or clock.tone == Tone.HOLD


def _fuse(clock: Clock) -> Fuse:
    label = clock.label
    if clock.due_at:
        due = timezone.localtime(clock.due_at)
        form = "H:i" if due.date() == timezone.localdate() else _("j M H:i")
        label = _("%(clock)s, due %(when)s") % {"clock": label, "when": date_format(due, form)}
    return Fuse(label, clock.text, clock.fraction, clock.tone, clock.due_at, clock.from_at, clock.title)


def _verdict(clock: Clock) -> str:
    if clock.verdict == "met":
        return _("Met in %(time)s") % {"time": clock.text}
    return clock.text
