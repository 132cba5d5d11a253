"""Sending a reply, saving a note: two forms, two views. No line here reads one and writes the other."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_POST

from core import errors
from desk import doors, forms, merging, position, records, timeline, uploading
from desk import ticket as ticket_page
from tickets import policy, verbs
from tickets.choices import HoldKind
from tickets.models import Ticket


class ReplyForm(forms.DeskForm):
    """What goes to the customer, with its files, and what happens to the ticket with it."""

    body = django_forms.CharField(label=__("Reply"), widget=django_forms.Textarea, max_length=100_000)
    files = forms.FilesField(label=__("Files"), required=False)
    then = django_forms.ChoiceField(choices=[("", ""), ("hold", "")], required=False)
    seen = django_forms.IntegerField(required=False, min_value=0)


class NoteForm(forms.DeskForm):
    """What stays inside."""

    body = django_forms.CharField(label=__("Note"), widget=django_forms.Textarea, max_length=100_000)
    files = forms.FilesField(label=__("Files"), required=False)
    seen = django_forms.IntegerField(required=False, min_value=0)


@require_POST
@doors.page
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """Send a reply to the customer; with `then=hold` the ticket waits for the answer."""
    ticket = records.get_ticket(request, number)
    form = ReplyForm(request.POST, request.FILES)
    return _send(request, ticket, form, "reply", _reply)


@require_POST
@doors.page
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Save an internal note."""
    ticket = records.get_ticket(request, number)
    form = NoteForm(request.POST, request.FILES)
    return _send(request, ticket, form, "note", _note)


def _send(request: HttpRequest, ticket: Ticket, form: forms.DeskForm, kind: str, deed: Any) -> HttpResponse:
    again = {"opened": kind, "forms": {kind: form}}
    if not form.is_valid():
        return ticket_page.show(request, ticket, status=422, **again)
    version = forms.version_of(request)
    held = _moved_on(request, ticket, form.cleaned_data.get("seen"))
    if held:
        return ticket_page.show(request, ticket, status=409, held_text=held, **again)
    try:
        said = deed(request, ticket, form.cleaned_data, version)
    except errors.Stale:
        held = merging.since(ticket, version).sentence
        return ticket_page.show(request, ticket, status=409, held_text=held, **again)
    except errors.Refused as refusal:
        form.take(refusal)
        return ticket_page.show(request, ticket, status=422, **again)
    messages.success(request, said)
    return redirect(reverse("desk:ticket", args=[ticket.number]) + position.query_of(request))


def _moved_on(request: HttpRequest, ticket: Ticket, seen: int | None) -> str:
    """Why this send waits: something was said since the editor opened (it is on the page now)."""
    if seen is None:
        return ""
    newer = timeline.newer(ticket, request.actor, seen)
    if not newer:
        return ""
    names = ", ".join(dict.fromkeys(one.author_label for one in newer))
    return _(
        "Not sent yet: %(names)s wrote while you did. Read it above, then send again. Your text is kept."
    ) % {"names": names}


def _reply(request: HttpRequest, ticket: Ticket, given: dict[str, Any], version: int | None) -> str:
    common = {"by": request.actor, "at": request.at}
    hold = given["then"] == "hold"
    waits = {"reason": HoldKind.CUSTOMER}
    is_new = any(one.verb == "accept" for one in policy.allowed(request.actor, ticket))
    if hold and not given["files"] and not is_new:
        verbs.run(ticket, "hold", {**waits, "message": given["body"]}, version=version, **common)
    else:
        with uploading.stored(request, given["files"]) as uploads:
            raw = {"body": given["body"], "uploads": uploads}
            verbs.run(ticket, "reply", raw, version=version, **common)
        if (
            hold
        ):  # the question is said, its files and the acceptance with it: the hold needs no text of its own
            verbs.run(records.get_ticket(request, ticket.number), "hold", waits, **common)
    if hold:
        return _("Sent. %(number)s waits for the customer.") % {"number": ticket.number}
    return _("Sent.")


def _note(request: HttpRequest, ticket: Ticket, given: dict[str, Any], version: int | None) -> str:
    with uploading.stored(request, given["files"]) as uploads:
        raw = {"body": given["body"], "uploads": uploads}
        verbs.run(ticket, "note", raw, by=request.actor, at=request.at, version=version)
    return _("Note saved. Only your team sees it.")
