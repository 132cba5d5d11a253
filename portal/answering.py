"""One request: read it, answer, confirm, say "not yet", withdraw it, take a file home."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import once
from accounts.models import Person
from core import errors
from portal import files, forms, frame, queries, reporting, showing, words
from tickets import verbs
from tickets.choices import Origin, Phase
from tickets.models import Ticket

SAFE = ("GET", "HEAD")


@require_safe
@frame.door
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """The conversation and what this reader may do."""
    ticket = queries.get_request(number, request.actor)
    stays = queries.where_it_goes_on(ticket, request.actor)
    if stays is not None:
        said = _("%(number)s is the same as this one, %(stays)s: it goes on here.")
        messages.info(request, said % {"number": ticket.number, "stays": stays.number})
        return redirect(showing.url_of(stays))
    return _page(request, ticket)


@require_http_methods([*SAFE, "POST"])
@frame.door
def follow_up(request: HttpRequest, number: str) -> HttpResponse:
    """It is back, too late to be opened again: it goes on in a new request."""
    form = forms.NotYetForm(request.POST, auto_id="not-yet-%s")
    return _carry_out(
        request, number, "follow_up", form=form, raw=lambda given: {"message": given["body"]},
        said=_("Thank you. We have a new request for it, among yours."),
    )  # fmt: skip


@require_http_methods([*SAFE, "POST"])
@frame.door
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Say something, with files."""
    ticket = queries.get_request(number, request.actor)
    if request.method in SAFE:
        return redirect(showing.url_of(ticket))
    form = forms.AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, ticket, status=422, reply_form=form)
    try:
        once.lead(request, str(form.cleaned_data["form_key"]), lambda: _reply(request, ticket, form))
    except errors.Refused as refusal:
        reporting.put_errors(form, refusal)
        return _page(request, ticket, status=refusal.status, reply_form=form)
    messages.success(request, _("Sent."))
    return redirect(f"{showing.url_of(ticket)}#reply")


def _reply(request: HttpRequest, ticket: Ticket, form: forms.AnswerForm) -> str:
    with files.stored(request, form.cleaned_data["files"]) as uploads:
        raw = {"body": form.cleaned_data["body"], "uploads": uploads}
        verbs.run(ticket, "reply", raw, by=request.actor, at=request.at)
    return showing.url_of(ticket)


@require_http_methods([*SAFE, "POST"])
@frame.door
def works(request: HttpRequest, number: str) -> HttpResponse:
    """It works now: the request is finished."""
    return _carry_out(request, number, "close", said=_("Thank you. This is finished now."))


@require_http_methods([*SAFE, "POST"])
@frame.door
def not_waiting(request: HttpRequest, number: str) -> HttpResponse:
    """The desk waits for this person by mistake: it goes on."""
    return _carry_out(request, number, "resume", said=_("Thank you. We go on with it."))


@require_http_methods([*SAFE, "POST"])
@frame.door
def not_yet(request: HttpRequest, number: str) -> HttpResponse:
    """The solution did not hold: it is opened again, with these words."""
    form = forms.NotYetForm(request.POST, auto_id="not-yet-%s")
    return _carry_out(
        request, number, "reopen", form=form, raw=lambda given: {"message": given["body"]},
        said=_("It is open again, and we are told."),
    )  # fmt: skip


@require_http_methods([*SAFE, "POST"])
@frame.door
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw it, with a reason; the page works without a script."""
    if request.method in SAFE:
        return _cancel_page(request, queries.get_request(number, request.actor), forms.CancelForm())
    form = forms.CancelForm(request.POST)
    return _carry_out(
        request,
        number,
        "cancel",
        form=form,
        raw=lambda given: given,
        said=_("It is withdrawn."),
        again=_cancel_page,
    )


def _carry_out(
    request: HttpRequest,
    number: str,
    verb: str,
    *,
    said: str,
    form: django_forms.Form | None = None,
    raw: Callable[[dict[str, Any]], dict[str, Any]] = lambda _given: {},
    again: Callable[..., HttpResponse] | None = None,
) -> HttpResponse:
    """Run one verb, or show the page again with what was wrong. A GET only leads to the page."""
    ticket = queries.get_request(number, request.actor)
    if request.method in SAFE:
        return redirect(showing.url_of(ticket))
    form = form or django_forms.Form(request.POST)
    back = again or _verdict_page
    if not form.is_valid():
        return back(request, ticket, form, status=422)
    try:
        verbs.run(ticket, verb, raw(form.cleaned_data), by=request.actor, at=request.at)
    except errors.Refused as refusal:
        reporting.put_errors(form, refusal)
        return back(request, ticket, form, status=refusal.status)
    messages.success(request, said)
    return redirect(showing.url_of(ticket))


def _verdict_page(
    request: HttpRequest, ticket: Ticket, form: django_forms.Form, *, status: int
) -> HttpResponse:
    return _page(request, ticket, status=status, verdict_form=form)


def _cancel_page(
    request: HttpRequest, ticket: Ticket, form: django_forms.Form, *, status: int = 200
) -> HttpResponse:
    here = {"back_url": showing.url_of(ticket), "ticket": showing.row(ticket, request.at)}
    return frame.page(request, "portal/cancel.html", "requests", status=status, form=form, **here)


def _page(
    request: HttpRequest,
    ticket: Ticket,
    *,
    status: int = 200,
    reply_form: forms.AnswerForm | None = None,
    verdict_form: django_forms.Form | None = None,
) -> HttpResponse:
    if status >= 400:  # a refused action may have put its changes on the row in memory
        ticket = queries.get_request(ticket.number, request.actor)
    may, people = showing.verbs(ticket, request.actor), queries.people(ticket)
    desk = frame.installation(request).name
    return frame.page(
        request,
        "portal/request.html",
        "requests" if _is_own(ticket, people, request) else "all",
        status=status,
        form=reply_form or verdict_form,
        ticket=_head(ticket, request),
        people=[one.name for one in people],
        steps=words.steps(ticket),
        back_url=reverse("portal:requests"),
        timeline=showing.conversation(ticket, request.actor, desk),
        verdict=_verdict(request, ticket, verdict_form, may),
        general=verdict_form
        if verdict_form is not None and not isinstance(verdict_form, forms.NotYetForm)
        else None,
        reply=_reply_box(ticket, reply_form, may),
        again=_again(ticket, verdict_form, may),
        extra=_extra(ticket, may),
        had_files=bool(request.FILES),
    )


def _is_own(ticket: Ticket, people: list[Person], request: HttpRequest) -> bool:
    return bool({ticket.requester_id, *(one.pk for one in people)} & set(request.actor.persons))


def _head(ticket: Ticket, request: HttpRequest) -> dict[str, Any]:
    here = words.standing(ticket)
    return {
        **showing.row(ticket, request.at, with_requester=ticket.requester_id not in request.actor.persons),
        "sentence": here.sentence,
        "expected": words.expected(ticket, request.at),
        "why_url": "" if ticket.origin == Origin.IMPORT else reverse("portal:why", args=[ticket.number]),
        "service_name": ticket.service.name if ticket.service else "",
        "is_my_turn": ticket.hold_kind == "customer",
        "is_closed": ticket.phase == Phase.CLOSED,
        "report_url": reverse("portal:report"),
    }


def _verdict(
    request: HttpRequest, ticket: Ticket, form: django_forms.Form | None, may: set[str]
) -> dict[str, Any] | None:
    if not {"close", "reopen"} & may:
        return None
    who, note = showing.solution(queries.public_entries(ticket, request.actor))
    return {
        "who": who,
        "text": note,
        "works_url": reverse("portal:works", args=[ticket.number]),
        "not_yet_url": reverse("portal:not_yet", args=[ticket.number]),
        "form": form if isinstance(form, forms.NotYetForm) else forms.NotYetForm(auto_id="not-yet-%s"),
    }


def _reply_box(ticket: Ticket, form: forms.AnswerForm | None, may: set[str]) -> dict[str, Any] | None:
    if "reply" not in may or ticket.phase == Phase.RESOLVED:  # then the question is whether it works
        return None
    box = form or forms.AnswerForm(initial={"form_key": uuid.uuid4()})
    box.fields["body"].widget.attrs["data-draft"] = ticket.number
    return {"url": reverse("portal:answer", args=[ticket.number]), "form": box}


def _again(ticket: Ticket, form: django_forms.Form | None, may: set[str]) -> dict[str, Any] | None:
    """The box of what is closed: it is back."""
    if "follow_up" not in may or ticket.phase != Phase.CLOSED:
        return None
    own = form if isinstance(form, forms.NotYetForm) else forms.NotYetForm(auto_id="not-yet-%s")
    return {"url": reverse("portal:follow_up", args=[ticket.number]), "form": own}


def _extra(ticket: Ticket, may: set[str]) -> list[dict[str, Any]]:
    found = []
    if "resume" in may:
        url = reverse("portal:not_waiting", args=[ticket.number])
        found.append({"label": _("You are not waiting for me"), "url": url, "is_post": True})
    if "cancel" in may:
        found.append(
            {"label": _("I no longer need this"), "url": reverse("portal:cancel", args=[ticket.number])}
        )
    return found


@require_safe
@frame.door
def file(request: HttpRequest, number: str, file_id: int) -> FileResponse:
    """One public file, always as a download: what strangers sent is never shown inside our pages."""
    found = queries.get_file(queries.get_request(number, request.actor), file_id, request.actor)
    return files.handed_out(found)
