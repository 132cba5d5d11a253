"""Sending a reply, saving a note: two forms, two views. No line here reads one and writes the other."""

import dataclasses
from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from core import errors
from desk import (
    composing,
    doors,
    forms,
    merging,
    outbox,
    pending,
    position,
    records,
    suggest,
    timeline,
    uploading,
    warnings,
)
from desk import ticket as ticket_page
from desk.composing import Held
from journal import nudges
from tickets import actions, tasks, verbs
from tickets.choices import AfterSend, DraftKind
from tickets.models import Ticket

Deed = Callable[[HttpRequest, Ticket, dict[str, Any], list[str], int | None], HttpResponse]
MOST_UPLOADS = 50


class EditorForm(forms.DeskForm):
    """What both editors send: a text, files (new ones, and ids of those that wait with the draft), what was seen."""

    files = forms.FilesField(label=__("Files"), required=False)
    seen = django_forms.IntegerField(required=False, min_value=0)


class ReplyForm(EditorForm):
    """What goes to the customer, what happens to the ticket with it, and which warnings were waved through."""

    body = django_forms.CharField(label=__("Reply"), widget=django_forms.Textarea, max_length=100_000)
    then = django_forms.ChoiceField(choices=[("", ""), *AfterSend.choices], required=False)
    anyway = django_forms.CharField(required=False, max_length=100)
    caret = django_forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    next = django_forms.CharField(required=False, max_length=1)


class NoteForm(EditorForm):
    """What stays inside."""

    body = django_forms.CharField(label=__("Note"), widget=django_forms.Textarea, max_length=100_000)


@require_http_methods(["GET", "POST"])
@doors.page
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """Put a reply to the customer into the outbox; with `then` the ticket waits, or goes on, when it leaves.

    GET comes from who had to sign in while sending: back to the editor, where the draft is.
    """
    ticket = records.get_ticket(request, number)
    if request.method == "GET":
        return redirect(_page(ticket, request, compose="reply"))
    return _send(request, ticket, ReplyForm(request.POST, request.FILES), "reply", _reply)


@require_http_methods(["GET", "POST"])
@doors.page
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Save an internal note; GET as for `reply`."""
    ticket = records.get_ticket(request, number)
    if request.method == "GET":
        return redirect(_page(ticket, request, compose="note"))
    return _send(request, ticket, NoteForm(request.POST, request.FILES), "note", _note)


def _send(request: HttpRequest, ticket: Ticket, form: EditorForm, kind: str, deed: Deed) -> HttpResponse:
    if not form.is_valid():
        return _again(request, ticket, Held(kind, form), status=422)
    version = forms.version_of(request)
    held = _hold(request, ticket, form, kind)
    if held is not None:
        return _again(request, ticket, held, status=409, seen=form.cleaned_data.get("seen"))
    given = form.cleaned_data
    try:
        with uploading.stored(request, given["files"]) as stored:
            uploads = [*_waiting(request), *stored]
            with transaction.atomic():  # what a macro changes and the text itself, or neither
                version, made = pending.carry_out(request, ticket, version)
                return deed(request, ticket, {**given, "made": made}, uploads, version)
    except errors.Stale:
        return _again(request, ticket, Held(kind, form, merging.since(ticket, version).sentence), status=409)
    except errors.Refused as refusal:
        form.take(refusal)
        return _again(request, ticket, Held(kind, form), status=422)


def _again(
    request: HttpRequest, ticket: Ticket, held: Held, *, status: int, seen: int | None = None
) -> HttpResponse:
    held = dataclasses.replace(held, edits=pending.shown(request, ticket))
    return ticket_page.show(request, ticket, opened=held.kind, held=held, status=status, new_since=seen)


def _hold(request: HttpRequest, ticket: Ticket, form: EditorForm, kind: str) -> Held | None:
    """Why this send waits: something was said since the editor opened, or the text makes one look twice."""
    moved_on = _moved_on(request, ticket, form.cleaned_data.get("seen"))
    if moved_on:
        return Held(kind, form, moved_on)
    if kind != "reply":
        return None
    given = form.cleaned_data
    waved = tuple(filter(None, given["anyway"].split(",")))
    has_files = bool(given["files"] or _waiting(request))
    count = len(composing.recipients(ticket))
    found = warnings.of(ticket, given["body"], request.actor, has_files=has_files, recipients=count)
    open_ones = {code: text for code, text in found.items() if code not in waved}
    return Held(kind, form, warnings=open_ones, waved=waved) if open_ones else None


def _waiting(request: HttpRequest) -> list[str]:
    """Ids of the files that wait with the draft."""
    return [one for one in request.POST.getlist("upload")[:MOST_UPLOADS] if one]


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


def _reply(
    request: HttpRequest, ticket: Ticket, given: dict[str, Any], uploads: list[str], version: int | None
) -> HttpResponse:
    until = composing.tomorrow() if given["then"] == AfterSend.SCHEDULED else None
    seconds = request.user.outbox_seconds
    waiting = actions.send_later(
        ticket, by=request.actor, at=request.at, body=given["body"], uploads=uploads, then=given["then"],
        until=until, caret=given["caret"], seconds=seconds, version=version,
    )  # fmt: skip
    outbox.remember(request, waiting, given["made"])
    nudges.nudge_in(seconds + 0.2, tasks.empty_outbox)
    following = position.of(request, ticket).get("next_url", "") if given["next"] else ""
    if not following:
        return redirect(_page(ticket, request))
    undo = reverse("desk:undo-send", args=[ticket.number, waiting.pk]) + position.query_of(request)
    said = _("Your reply to %(number)s leaves in %(seconds)d s.") % {
        "number": ticket.number,
        "seconds": seconds,
    }
    messages.success(request, said, extra_tags=f"undo:{undo}")
    return redirect(following)


def _note(
    request: HttpRequest, ticket: Ticket, given: dict[str, Any], uploads: list[str], version: int | None
) -> HttpResponse:
    raw = {"body": given["body"], "uploads": uploads}
    verbs.run(ticket, "note", raw, by=request.actor, at=request.at, version=version)
    suggest.link_named(request, ticket, given["body"])
    actions.drop_draft(place=ticket.number, kind=DraftKind.NOTE, by=request.actor, at=request.at)
    messages.success(request, _("Note saved. Only your team sees it."))
    return redirect(_page(ticket, request))


def _page(ticket: Ticket, request: HttpRequest, *, compose: str = "") -> str:
    url = reverse("desk:ticket", args=[ticket.number]) + position.query_of(request)
    return position.editor(url, compose) if compose else url
