"""Corrections of clocks: asked for by one person, decided by another; and why a target was missed."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods

from accounts import settings
from core import display, errors, pagination
from core.actor import Actor
from core.form_fields import LocalInstantField
from desk import doors, records, shell, verbs
from desk.forms import DeskForm
from slas import correcting, explaining
from slas.choices import BreachCategory
from slas.models import Correction, Timer
from tickets.models import Ticket

PAGE = 50


class AskForm(DeskForm):
    """Which stretch of a clock's time shall not count, and why."""

    from_at = LocalInstantField(label=__("From"))
    to_at = LocalInstantField(label=__("To"))
    reason = django_forms.CharField(
        label=__("Why shall it not count?"),
        max_length=correcting.MOST,
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )


class ApproveForm(DeskForm):
    """A word beside the approval."""

    note = django_forms.CharField(label=__("Note"), max_length=correcting.MOST, required=False)


class DeclineForm(DeskForm):
    """Why everything counts as it did."""

    reason = django_forms.CharField(label=__("Why not?"), max_length=correcting.MOST)


class ExplainForm(DeskForm):
    """Why a target was missed."""

    cause = django_forms.CharField(
        label=__("What was the cause?"),
        max_length=correcting.MOST,
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )
    category = django_forms.ChoiceField(
        label=__("Where did the time go?"), required=False, choices=[("", "–"), *BreachCategory.choices]
    )
    is_disputed = django_forms.BooleanField(
        label=__("Somebody does not agree that it was missed"), required=False
    )


@require_http_methods(["GET", "POST"])
@doors.page
def ask(request: HttpRequest, number: str, timer_id: int) -> HttpResponse:
    """Ask that a stretch of a clock's time shall not count."""
    ticket = records.get_ticket(request, number)
    settings.require(request.actor, correcting.PERMISSION, ticket.customer_id)
    timer = get_timer(ticket, timer_id, request.actor)
    form = AskForm(request.POST if request.method == "POST" else None)

    def deed() -> str:
        correcting.ask_correction(timer, by=request.actor, at=request.at, **form.values())
        return _("The correction waits for a second person.")

    name = explaining.metric_label(timer.metric)
    text = _("Time that was not ours to use. A second person decides; what was measured stays as it is.")
    title = _("Correct the clock “%(clock)s”") % {"clock": name}
    return _form(request, ticket, form, deed, title=title, submit=_("Ask for it"), text=text)


@require_http_methods(["GET", "POST"])
@doors.page
def approve(request: HttpRequest, number: str, correction_id: int) -> HttpResponse:
    """Agree to a correction that somebody else asked for; the dialog says what it does."""
    ticket = records.get_ticket(request, number)
    correction = _get(ticket, correction_id, request)
    form = ApproveForm(request.POST if request.method == "POST" else None)

    def deed() -> str:
        correcting.approve_correction(correction, by=request.actor, at=request.at, note=form.values()["note"])
        return _("The clock is corrected.")

    text = f"{correction.asked_label}: “{correction.reason}”"
    if not correction.verdict:
        text += f" {outcome(correction, request)}"
    return _form(
        request, ticket, form, deed, title=_("Approve the correction"), submit=_("Approve"), text=text
    )


@require_http_methods(["GET", "POST"])
@doors.page
def decline(request: HttpRequest, number: str, correction_id: int) -> HttpResponse:
    """Do not agree to a correction that somebody else asked for."""
    ticket = records.get_ticket(request, number)
    correction = _get(ticket, correction_id, request)
    form = DeclineForm(request.POST if request.method == "POST" else None)

    def deed() -> str:
        correcting.decline_correction(correction, by=request.actor, at=request.at, **form.values())
        return _("The correction is declined: everything counts as it did.")

    text = f"{correction.asked_label}: “{correction.reason}”"
    return _form(
        request, ticket, form, deed, title=_("Decline the correction"), submit=_("Decline"), text=text
    )


@require_http_methods(["GET", "POST"])
@doors.page
def explain(request: HttpRequest, number: str, timer_id: int) -> HttpResponse:
    """Say why a target was missed, or that it is disputed."""
    ticket = records.get_ticket(request, number)
    settings.require(request.actor, correcting.EXPLAINS, ticket.customer_id)
    timer = get_timer(ticket, timer_id, request.actor)
    form = ExplainForm(request.POST if request.method == "POST" else None)

    def deed() -> str:
        correcting.explain_breach(timer, by=request.actor, at=request.at, **form.values())
        return _("The cause is recorded.")

    return _form(request, ticket, form, deed, title=_("Why was the target missed?"), submit=_("Record it"))


@require_GET
@doors.page
def listing(request: HttpRequest) -> HttpResponse:
    """Every correction that waits for a second person, oldest first."""
    if not request.actor.may(correcting.PERMISSION):
        raise errors.Forbidden(_("Corrections are for who answers for service levels."))
    rows = Correction.objects.visible_to(request.actor).waiting().select_related("timer__ticket")
    order = pagination.keys("id")
    page = pagination.paginate(rows, order, cursor=request.GET.get("cursor"), size=PAGE)
    return shell.render(
        request, "desk/corrections.html", current="corrections",
        rows=[_row(one, request) for one in page.items],
        pager={"newer_url": _page_url(page.previous), "older_url": _page_url(page.next)},
    )  # fmt: skip


def ways(correction: Correction, number: str, actor: Actor) -> dict[str, str]:
    """The addresses to decide a correction, for who may."""
    may = actor.may(correcting.PERMISSION, correction.customer_id) and correction.asked_by != actor.key
    if correction.verdict or not may:
        return {}
    args = [number, correction.pk]
    return {
        "approve_url": reverse("desk:correction-approve", args=args),
        "decline_url": reverse("desk:correction-decline", args=args),
    }


def outcome(correction: Correction, request: HttpRequest) -> str:
    """What an approval would do, in one sentence."""
    found = correcting.preview(correction, request.at)
    words = {"time": display.duration(found.given.total_seconds())}
    if correction.timer.breached_at is None:
        return _("%(time)s would not count.") % words
    if found.breached_at is None:
        return _("%(time)s would not count, and the target would not be missed.") % words
    return _("%(time)s would not count; the target stays missed.") % words


def get_timer(ticket: Ticket, timer_id: int, actor: Actor) -> Timer:
    """A clock of the ticket. Raises NotFound."""
    rows = Timer.objects.visible_to(actor).filter(customer_id=ticket.customer_id, ticket=ticket)
    found = rows.select_related("ticket").filter(pk=timer_id).first()
    if found is None:
        raise errors.NotFound(_("There is no such clock on %(number)s.") % {"number": ticket.number})
    return found


def _get(ticket: Ticket, correction_id: int, request: HttpRequest) -> Correction:
    settings.require(request.actor, correcting.PERMISSION, ticket.customer_id)
    rows = Correction.objects.visible_to(request.actor).filter(
        customer_id=ticket.customer_id, timer__ticket=ticket
    )
    found = rows.select_related("timer__ticket").filter(pk=correction_id).first()
    if found is None:
        raise errors.NotFound(_("There is no such correction on %(number)s.") % {"number": ticket.number})
    return found


def _form(request: HttpRequest, ticket: Ticket, form: DeskForm, deed: Any, **named: Any) -> HttpResponse:
    """Show a form, or carry its deed out and go back to the clocks."""
    if request.method == "GET":
        return verbs.dialog(request, ticket, form=form, **named)
    if form.is_valid():
        try:
            said = deed()
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(request, said)
            if doors.is_fragment(request):
                return verbs.back(request, ticket)
            return redirect(reverse("desk:clocks", args=[ticket.number]))
    return verbs.dialog(request, ticket, form=form, status=422, **named)


def _row(one: Correction, request: HttpRequest) -> dict[str, Any]:
    ticket = one.timer.ticket
    return {
        "correction": one,
        "number": ticket.number,
        "url": reverse("desk:clock", args=[ticket.number, one.timer_id]),
        "metric": explaining.metric_label(one.timer.metric),
        "outcome": outcome(one, request),
        **ways(one, ticket.number, request.actor),
    }


def _page_url(cursor: str | None) -> str:
    return f"{reverse('desk:corrections')}?{urlencode({'cursor': cursor})}" if cursor else ""
