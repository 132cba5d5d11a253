"""Report a fault: plain questions, one box, and what is open already beside it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import once
from accounts.models import Person
from core import errors
from incidents import actions as incidents
from portal import files, forms, frame, queries, showing
from tickets.actions import Opening
from tickets.choices import Channel

DRAFT = "portal_report"
KEPT = ("what", "title", "service", "since", "who", "work")
LONGEST_DRAFT = 50_000
NAMES = {
    "description": "what",
    "impact": "who",
    "urgency": "work",
    "impact_from": "since",
    "attachments": "files",
}


@require_http_methods(["GET", "HEAD", "POST"])
@frame.door
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent, it becomes one incident of this person, however often it arrives."""
    person = next((one for one in request.persons if one.customer == request.customer), None)
    if person is None:
        return _page(request, None, status=200 if request.method != "POST" else 403)
    if request.method != "POST":
        return _page(request, _form(request, initial=_initial(request)))
    form = _form(request, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        address = once.lead(request, str(form.cleaned_data["form_key"]), lambda: _open(request, person, form))
    except errors.Refused as refusal:
        put_errors(form, refusal)
        return _page(request, form, status=refusal.status)
    request.session.pop(DRAFT, None)
    return redirect(address)


def _open(request: HttpRequest, person: Person, form: forms.ReportForm) -> str:
    given = form.cleaned_data
    with files.stored(request, given["files"]) as uploads:
        new = Opening(
            customer=person.customer, title=given["title"], description=given["what"], service=form.chosen_service,
            impact=given["who"], urgency=given["work"], requester=person, channel=Channel.PORTAL, uploads=uploads,
        )  # fmt: skip
        ticket = incidents.open(new, by=request.actor, at=request.at, impact_from=given["since"])
    messages.success(request, _("We have your report: it is %(number)s.") % {"number": ticket.number})
    return showing.url_of(ticket)


def put_errors(form: Any, refusal: errors.Refused) -> None:
    """A refusal of the rules as errors of the form: at the field that it names, else above the form."""
    placed = False
    for name, sentences in refusal.errors.items():
        field = NAMES.get(name, name)
        if field in form.fields:
            form.add_error(field, sentences)
            placed = True
    if not placed:
        form.add_error(None, refusal.detail)


def _form(request: HttpRequest, *data: Any, **options: Any) -> forms.ReportForm:
    services = queries.services(request.actor, request.customer, timezone.localdate(request.at))
    return forms.ReportForm(*data, services=services, now=request.at, **options)


def _initial(request: HttpRequest) -> dict[str, Any]:
    draft = request.session.get(DRAFT, {})
    found = {name: draft[name] for name in KEPT if draft.get(name)}
    if request.GET.get("q"):
        found["what"] = request.GET["q"][:2000]
    return {**found, "form_key": uuid.uuid4()}


def _page(request: HttpRequest, form: forms.ReportForm | None, status: int = 200) -> HttpResponse:
    text = " ".join(str(form[name].value() or "") for name in ("what", "title")) if form else ""
    return frame.page(
        request,
        "portal/report.html",
        "report",
        status=status,
        form=form,
        similar=_similar(request, text),
        has_draft=bool(request.session.get(DRAFT)) and request.method != "POST",
        had_files=bool(request.FILES),
        similar_url=reverse("portal:similar"),
        draft_url=reverse("portal:draft"),
        hours=frame.help_line(request)["hours"],
    )


def _similar(request: HttpRequest, text: str) -> list[dict[str, Any]]:
    return [showing.row(one, request.at) for one in queries.similar(text, request.actor, request.customer)]


@require_safe
@frame.door
def similar(request: HttpRequest) -> HttpResponse:
    """The part of the form that says what is open already, by the words typed so far."""
    rows = _similar(request, request.GET.get("what", "")[:2000])
    return frame.page(request, "portal/_similar.html", "report", similar=rows)


@require_POST
@frame.door
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is written so far with the sign-in, or forget it (`discard`)."""
    if "discard" in request.POST:
        request.session.pop(DRAFT, None)
        messages.success(request, _("The draft is gone."))
        return redirect("portal:report")
    request.session[DRAFT] = {name: request.POST.get(name, "")[:LONGEST_DRAFT] for name in KEPT}
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    messages.success(request, _("Kept. You find it here again until you sign out."))
    return redirect("portal:report")
