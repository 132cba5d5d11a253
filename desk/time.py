"""Time spent on a ticket: the tab with its sum, and the dialog that corrects an entry."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from accounts import once
from core import errors
from core.form_fields import LocalInstantField
from desk import doors, records, verbs
from desk.forms import DeskForm, DurationField
from tickets import actions, policy, work
from tickets.choices import TimeKind
from tickets.models import Ticket, TimeEntry


class CorrectionForm(DeskForm):
    """What was wrong with an entry, and why it is corrected."""

    seconds = DurationField(label=__("Time spent"), help_text=__("0 takes the time back."))
    started_at = LocalInstantField(label=__("Started"))
    kind = django_forms.ChoiceField(label=__("Spent on"), choices=TimeKind.choices)
    note = django_forms.CharField(label=__("Note"), max_length=500, required=False)
    is_billable = django_forms.BooleanField(label=__("Billable"), required=False)
    reason = django_forms.CharField(label=__("Why is it corrected?"), max_length=300)


def tab(ticket: Ticket, allowed: set[str]) -> dict[str, Any]:
    """What the tab of time shows: every entry, what was corrected struck out, and the sums."""
    may = "log_time" in allowed
    rows = work.times(ticket)
    current = [one for one in rows if one.superseded_by is None]
    return {
        "times": [
            {
                "entry": one,
                "kind": TimeKind(one.kind).label,
                "correct_url": reverse("desk:time-correct", args=[ticket.number, one.pk])
                if may and one.superseded_by is None
                else "",
            }
            for one in rows
        ],
        "sum_seconds": sum(one.seconds for one in current),
        "billable_seconds": sum(one.seconds for one in current if one.is_billable),
        "log_url": reverse("desk:verb", args=[ticket.number, "log_time"]) if may else "",
    }


@require_http_methods(["GET", "POST"])
@doors.page
def correct(request: HttpRequest, number: str, entry_id: int) -> HttpResponse:
    """Correct a time entry: a new one takes its place, with the reason."""
    ticket = records.get_ticket(request, number)
    policy.require(request.actor, "log_time", ticket)
    entry = _get(ticket, entry_id)
    names = ("seconds", "started_at", "kind", "note", "is_billable")
    present = {name: getattr(entry, name) for name in names}
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=present)
    named = {"title": _("Correct the time of %(who)s") % {"who": entry.user}, "form": form}
    if request.method == "GET":
        return verbs.dialog(request, ticket, submit=_("Correct"), **named)
    if form.is_valid():
        try:
            _correct(request, entry, form)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The time is corrected."))
            return verbs.back(request, ticket) if doors.is_fragment(request) else _to_tab(ticket)
    return verbs.dialog(request, ticket, status=422, submit=_("Correct"), **named)


def _correct(request: HttpRequest, entry: TimeEntry, form: CorrectionForm) -> None:
    given = form.values()
    kept = {"reason", once.FIELD}
    fields = {name: given[name] for name in form.changed_data if name not in kept}
    if "seconds" in fields and fields["seconds"] // 60 == entry.seconds // 60:
        del fields["seconds"]  # shown without its seconds, and not touched
    actions.correct_time(entry, by=request.actor, at=request.at, reason=given["reason"], fields=fields)


def _get(ticket: Ticket, entry_id: int) -> TimeEntry:
    rows = TimeEntry.objects.filter(customer_id=ticket.customer_id, ticket=ticket).select_related("user")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        raise errors.NotFound(_("There is no such time entry on %(number)s.") % {"number": ticket.number})
    entry.ticket = ticket
    return entry


def _to_tab(ticket: Ticket) -> HttpResponse:
    return redirect(reverse("desk:ticket", args=[ticket.number]) + "?tab=time")
