"""The supplier's door (8.3.4): his work list, and of each ticket only what was handed to him and said with him."""

import functools
from collections.abc import Mapping
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods, require_safe

from accounts import once
from core import display, errors, markdown, pagination
from customers.models import Installation
from journal.events import Audience
from portal import files, forms, frame, reporting
from tickets import handovers, policy, queries, verbs
from tickets.models import Attachment, Handover, Message, Ticket

PAGE = 50
ORDER = pagination.keys("-id")
SAYING = ("reply", "ask_back", "hand_back")  # what the one form of words can do


class ReferenceForm(forms.KeyedForm):
    """Taking a ticket, under the supplier's own number."""

    their_reference = django_forms.CharField(label=__("Your own number"), max_length=120, required=False)


door = functools.partial(frame.door, is_for_suppliers=True)


@require_safe
@door
def work(request: HttpRequest) -> HttpResponse:
    """What this supplier has in hand, the newest first; or what he has handed back."""
    is_done = request.GET.get("show") == "done"
    rows = _own(request).filter(to_at__isnull=not is_done).select_related("ticket")
    page = pagination.paginate(rows, ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    here = reverse("portal:supplier")
    tabs = [
        {"label": _("With you"), "url": here, "current": not is_done},
        {"label": _("Handed back"), "url": f"{here}?show=done", "current": is_done},
    ]
    sign = "?show=done&" if is_done else "?"
    return _page(
        request, "portal/supplier_list.html", title=_("Your work list"), tabs=tabs, is_done=is_done,
        rows=[{"handover": one, "url": _url(one.ticket), **_standing(one)} for one in page.items],
        newer_url=f"{here}{sign}cursor={page.previous}" if page.previous else "",
        older_url=f"{here}{sign}cursor={page.next}" if page.next else "",
    )  # fmt: skip


@require_safe
@door
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One ticket as far as it is the supplier's."""
    return _show(request, _get(request, number))


@require_http_methods(["POST"])
@door
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Say that one has it, and under which number."""
    ticket = _get(request, number)
    form = ReferenceForm(request.POST)
    raw = {"their_reference": request.POST.get("their_reference", "")[:120]}
    return _carry_out(request, ticket, "accept_handover", raw, form, said=_("You have taken it."))


@require_http_methods(["POST"])
@door
def say(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the desk, ask it something, or hand the ticket back as done: the button says which."""
    ticket = _get(request, number)
    verb = request.POST.get("verb", "")
    form = forms.AnswerForm(request.POST, request.FILES)
    if verb not in SAYING:
        raise errors.Malformed(_("The form is damaged: open it again, then repeat."))
    if not form.is_valid():
        return _show(request, ticket, status=422, form=form)
    with files.stored(request, form.cleaned_data["files"]) as uploads:
        raw = {"body": form.cleaned_data["body"], "uploads": uploads}
        raw |= {"audience": Audience.SUPPLIER.value} if verb == "reply" else {}
        return _carry_out(request, ticket, verb, raw, form, said=_("Sent."))


@require_safe
@door
def file(request: HttpRequest, number: str, file_id: int) -> FileResponse:
    """A file of the supplier's own conversation."""
    ticket = _get(request, number)
    own = {"customer_id": ticket.customer_id, "ticket": ticket, "pk": file_id}
    found = Attachment.objects.visible_to(request.actor).filter(**own).first()
    if found is None:
        raise errors.NotFound(_("There is no such file at %(number)s.") % {"number": ticket.number})
    return files.handed_out(found)


def _carry_out(
    request: HttpRequest, ticket: Ticket, verb: str, raw: Mapping[str, Any], form: Any, *, said: str
) -> HttpResponse:
    key = request.POST.get("form_key", "")[:100]
    try:
        url = once.lead(request, key, lambda: _run(request, ticket, verb, raw))
    except errors.Refused as refusal:
        reporting.put_errors(form, refusal)
        return _show(request, ticket, status=refusal.status, form=form if verb in SAYING else None)
    messages.success(request, said)
    return redirect(url)


def _run(request: HttpRequest, ticket: Ticket, verb: str, raw: Mapping[str, Any]) -> str:
    verbs.run(ticket, verb, raw, by=request.actor, at=request.at)
    return _url(ticket)


def _own(request: HttpRequest) -> QuerySet[Handover]:
    return Handover.objects.of_customers(request.actor).filter(
        party_id__in=request.actor.parties, compartment__in=request.actor.compartments
    )


def _get(request: HttpRequest, number: str) -> Ticket:
    found = Ticket.objects.visible_to(request.actor).numbered(number).first()
    if found is None:
        raise errors.NotFound(_("There is no ticket %(number)s with you.") % {"number": number.upper()})
    return found


def _url(ticket: Ticket) -> str:
    return reverse("portal:supplier_one", args=[ticket.number])


def _show(request: HttpRequest, ticket: Ticket, *, status: int = 200, form: Any = None) -> HttpResponse:
    latest = _own(request).filter(ticket=ticket).order_by("-id").first()
    allowed = {one.verb for one in policy.allowed(request.actor, ticket)}
    return _page(
        request, "portal/supplier_ticket.html", status=status, ticket=ticket, handover=latest,
        is_with_you=handovers.is_with(ticket, request.actor.parties), standing=_standing(latest),
        timeline=[_message(ticket, one, request) for one in queries.messages(ticket, request.actor)],
        take_form=ReferenceForm(initial={"their_reference": latest.reference})
        if "accept_handover" in allowed else None,
        form=(form or forms.AnswerForm()) if allowed & set(SAYING) else None,
        buttons=[one for one in _buttons() if one["verb"] in allowed],
    )  # fmt: skip


def _buttons() -> list[dict[str, str]]:
    return [
        {"verb": "reply", "label": _("Answer"), "icon": "send"},
        {"verb": "ask_back", "label": _("Ask, and wait for us"), "icon": "player-pause"},
        {"verb": "hand_back", "label": _("Done, hand it back"), "icon": "check"},
    ]


def _standing(handover: Handover) -> dict[str, str]:
    """Where it stands with this supplier, as sign and words."""
    if handover.to_at:
        return {"glyph": "done", "word": _("Handed back")}
    if handover.asked_at:
        return {"glyph": "wait", "word": _("Waiting for us")}
    if handover.accepted_at:
        return {"glyph": "open", "word": _("In your hands")}
    return {"glyph": "new", "word": _("New")}


def _message(ticket: Ticket, message: Message, request: HttpRequest) -> dict[str, Any]:
    is_own = message.author_id == request.actor.id and message.author_kind == request.actor.kind
    kind = "me" if is_own else "agent"
    return {
        "id": message.pk,
        "audience": "public",
        "author": {
            "name": message.author_label,
            "initials": display.initials(message.author_label),
            "kind": kind,
        },
        "at": message.at,
        "body_html": markdown.to_html(message.body),
        "attachments": [
            {
                "name": one.name,
                "size": one.size,
                "url": reverse("portal:supplier_file", args=[ticket.number, one.pk]),
            }
            for one in message.attachments.all()
        ],
    }


def _page(request: HttpRequest, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
    return page(request, template, "work", status=status, **more)


def page(
    request: HttpRequest, template: str, current: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A page inside the supplier's frame; `current` names the place in the top bar."""
    desk = frame.installation(request) or Installation()
    places = (
        ("work", _("Your work list"), "list-check", "portal:supplier"),
        ("agreements", _("Agreements"), "file-text", "portal:supplier-agreements"),
    )
    shell = {
        "nav": [
            {"key": key, "label": label, "icon": icon, "url": reverse(name), "current": key == current}
            for key, label, icon, name in places
        ],
        "me": {"name": str(request.user), "email": request.user.email, "kind": "customer"},
        "brand_name": desk.name,
        "help": {"phone": desk.phone, "hours": desk.hours, "mail": desk.email},
        "now": request.at,
        "profile_url": reverse("profile"),
        "preferences_url": reverse("profile_theme"),
    }
    return render(request, template, shell | more, status=status)
