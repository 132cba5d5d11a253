"""The service level card of a ticket, and why each clock says what it says."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import errors
from core.actor import Actor
from core.display import Fuse, Tone
from desk import corrections, doors, records, shell
from slas import correcting, pages, panels
from slas.choices import Verdict
from slas.pages import Page
from slas.panels import Clock
from tickets.models import Ticket


@require_GET
@doors.page
def why(request: HttpRequest, number: str, timer_id: int | None = None) -> HttpResponse:
    """The bar, the agreement, the rule, the calendar, each pause with its cause: the arithmetic of every clock, or of
    the one named."""
    ticket = records.get_ticket(request, number)
    found = pages.of_ticket(ticket, request.actor, timer_id=timer_id)
    if timer_id is not None and not found:
        raise errors.NotFound(_("There is no such clock on %(number)s.") % {"number": ticket.number})
    context = {
        "title": _("Clocks of %(number)s") % {"number": ticket.number},
        "clocks": [_shown(one, ticket, request.actor) for one in found],
        "back": {"url": reverse("desk:ticket", args=[ticket.number]), "label": ticket.number},
    }
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_clocks.html", **context)
    return shell.render(request, "desk/clocks.html", **context)


def _shown(page: Page, ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """A clock's page with the addresses of what this reader may do about it."""
    may_correct = actor.may(correcting.PERMISSION, ticket.customer_id)
    is_missed = page.clock.verdict == "breached"
    own = [ticket.number, page.id]
    return {
        "page": page,
        "open_corrections": [
            {"row": one, **corrections.ways(one, ticket.number, actor)}
            for one in page.corrections
            if one.verdict != Verdict.APPROVED
        ],
        "correct_url": reverse("desk:clock-correct", args=own) if may_correct else "",
        "explain_url": reverse("desk:clock-explain", args=own)
        if is_missed and actor.may(correcting.EXPLAINS, ticket.customer_id)
        else "",
    }


def card(ticket: Ticket, request: HttpRequest) -> dict[str, Any] | None:
    """What the ticket's page shows: clocks that run or wait as bars, those that are over as verdicts."""
    known = panels.clock_card(ticket, request.actor)
    if not known:
        return None
    return {
        "agreement_text": next((one.agreement for one in known if one.agreement and not one.party), ""),
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
