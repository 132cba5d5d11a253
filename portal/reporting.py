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
from cmdb.models import ConfigurationItem
from core import errors
from incidents import actions as incidents
from incidents import status
from incidents.choices import KIND
from incidents.models import StatusNotice
from portal import files, forms, frame, guessing, queries, showing
from tickets import actions as tickets
from tickets import custom_forms, draft_door, verbs
from tickets.actions import Opening
from tickets.choices import Channel, DraftKind
from tickets.models import Draft

TYPED = ("title", "what")
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
    _drop_draft(request)
    return redirect(address)


def _open(request: HttpRequest, person: Person, form: forms.ReportForm) -> str:
    given = form.cleaned_data
    with files.stored(request, given["files"]) as uploads:
        new = Opening(
            customer=person.customer, title=given["title"], description=given["what"], service=form.chosen_service,
            impact=given["who"], urgency=given["work"], requester=person, channel=Channel.PORTAL, uploads=uploads,
            extra=custom_forms.given(form),
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
    return forms.ReportForm(
        *data, services=services, now=request.at, customer=request.customer, kind=KIND, **options
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    draft = _draft(request)
    found = {name: value for name, value in draft.fields.items() if value} if draft else {}
    asked, own = request.GET.get("q", "")[:2000], str(found.get("what", ""))
    if asked not in own:
        found["what"] = f"{own}\n\n{asked}".strip()
    return {**found, "form_key": uuid.uuid4()}


def _page(request: HttpRequest, form: forms.ReportForm | None, status: int = 200) -> HttpResponse:
    text = " ".join(str(form[name].value() or "") for name in ("what", "title")) if form else ""
    return frame.page(
        request,
        "portal/report.html",
        "report",
        status=status,
        form=form,
        **_beside(request, text),
        draft=_draft(request) if form else None,
        had_files=bool(request.FILES),
        similar_url=reverse("portal:similar"),
        draft_url=reverse("portal:draft"),
        fields_url=reverse("portal:fields"),
        hours=frame.help_line(request)["hours"],
    )


def _beside(request: HttpRequest, text: str) -> dict[str, Any]:
    """What is known already, and what of this person's is open already (`similar`)."""
    known = _known(request, text)
    rows = queries.similar(text, request.actor, request.customer, known.get("guess"))
    similar = [
        {**showing.row(one, request.at), "add_url": reverse("portal:add", args=[one.number])} for one in rows
    ]
    return {**known, "similar": similar}


@require_safe
@frame.door
def similar(request: HttpRequest) -> HttpResponse:
    """The part of the form that says what is known and open already, and which service the words name."""
    text = request.GET.get("what", "")[:2000]
    return frame.part(request, "portal/_similar.html", **_beside(request, text))


@require_POST
@frame.door
def fields(request: HttpRequest) -> HttpResponse:
    """What else is asked with what is chosen so far: a part of the form, values as they are."""
    if request.customer is None:
        raise errors.NotFound(_("There is nothing for you at this address."))
    form = _form(request, initial=draft_door.of_post(request))
    return frame.part(request, "parts/_extra_fields.html", fields=form.extra)


def _known(request: HttpRequest, text: str) -> dict[str, Any]:
    """`guess` (pk, name): the service that the words name; `outage` (title, text): what is known to be wrong with it,
    and `follow_url` where this person can be told of it by mail."""
    if not text.strip() or request.customer is None:
        return {}
    services = queries.services(request.actor, request.customer, timezone.localdate(request.at))
    guess = guessing.service(text, services)
    rows = StatusNotice.visible(request.actor, request.customer.pk)
    named = [one for one in status.current(rows, request.at) if guess and _is_about(one, guess)]
    outage = {"title": named[0].title, "text": named[0].text} if named else None
    return {
        "guess": guess,
        "outage": outage,
        "follow_url": reverse("portal:follow_own"),
        "status_url": reverse("portal:status"),
    }


def _is_about(notice: StatusNotice, service: ConfigurationItem) -> bool:
    return service.pk in {one.service_id for one in notice.about.all()}


@require_POST
@frame.door
def add(request: HttpRequest, number: str) -> HttpResponse:
    """What is written in the form goes to a request that is open already, instead of a new one."""
    ticket = queries.get_request(number, request.actor)
    form = forms.AnswerForm({**request.POST.dict(), "body": request.POST.get("what", "")}, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Write first what you want to add."))
        return redirect("portal:report")

    def reply() -> str:
        with files.stored(request, form.cleaned_data["files"]) as uploads:
            raw = {"body": form.cleaned_data["body"], "uploads": uploads}
            verbs.run(ticket, "reply", raw, by=request.actor, at=request.at)
        return showing.url_of(ticket)

    address = once.lead(request, str(form.cleaned_data["form_key"]), reply)
    _drop_draft(request)
    messages.success(request, _("Added to %(number)s.") % {"number": ticket.number})
    return redirect(address)


@require_http_methods(["PUT", "DELETE", "POST"])
@frame.door
def draft(request: HttpRequest) -> HttpResponse:
    """Keep what is written so far for this person on any device, or forget it: by script (PUT, DELETE), or by the
    buttons of the form (POST, with `discard` to forget)."""
    place, own = _place(request), {"kind": DraftKind.REPORT, "by": request.actor, "at": request.at}
    if request.method != "POST":
        spent_at = reverse("portal:report")
        return draft_door.answer(request, place, DraftKind.REPORT, spent_at=spent_at, typed=TYPED)
    if "discard" in request.POST:
        tickets.drop_draft(place=place, **own)
        messages.success(request, _("The draft is gone."))
        return redirect("portal:report")
    known = _draft(request)
    given = draft_door.of_form(draft_door.of_post(request), TYPED)
    tickets.save_draft(place=place, version=known.version if known else 0, **own, **given)
    messages.success(request, _("Kept. You find it here again, on every device."))
    return redirect("portal:report")


def _draft(request: HttpRequest) -> Draft | None:
    """What this reader began to report at the customer he looks at."""
    if not hasattr(request, "report_draft"):
        rows = Draft.objects.filter(caller=request.actor.key, place=_place(request), kind=DraftKind.REPORT)
        request.report_draft = rows.first()
    return request.report_draft


def _drop_draft(request: HttpRequest) -> None:
    tickets.drop_draft(place=_place(request), kind=DraftKind.REPORT, by=request.actor, at=request.at)


def _place(request: HttpRequest) -> str:
    return f"new:c{request.customer.pk if request.customer else 0}"
