"""What was agreed with the desk, read and answered by who approves it: a customer's managers, a supplier's people.

Only what was offered or agreed, in words without teams, steps and inner agreements. Whoever may not approve finds
nothing at these addresses.
"""

import uuid
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_POST, require_safe

from accounts import once
from approvals.choices import Side, Verdict
from core import errors, pagination
from portal import forms, frame, reporting
from slas import agreeing, documents, others, wording
from slas.choices import Phase
from slas.drafts import AgreementDraft
from slas.models import Agreement, AgreementVersion

PAGE = 50
ORDER = pagination.keys("-is_offered", "name", "id")
GLYPHS = {Phase.OFFERED: "approval", Phase.ACTIVE: "done", Phase.APPROVED: "open", Phase.ENDED: "closed"}


class AnswerForm(forms.KeyedForm):
    """A yes or a no, with words."""

    version = django_forms.IntegerField(widget=django_forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    comment = django_forms.CharField(
        label=__("Comment"), required=False, max_length=2_000, widget=django_forms.Textarea(attrs={"rows": 3}),
        help_text=__("Say why, if you decline: we have to know what to change."),
    )  # fmt: skip


@require_safe
@frame.door
def listing(request: HttpRequest) -> HttpResponse:
    """The agreements with this customer: what waits for an answer first."""
    page = page_of(request, _own(request), "portal:agreements")
    return frame.page(request, "portal/agreements.html", "agreements", title=_("Agreements"), **page)


@require_safe
@frame.door
def one(request: HttpRequest, key: int) -> HttpResponse:
    """One agreement as a document."""
    return _show(request, get(_own(request), key))


@require_POST
@frame.door
def answer(request: HttpRequest, key: int) -> HttpResponse:
    """Approve or decline the version that was offered."""
    row = get(_own(request), key)
    form = AnswerForm(request.POST)
    refused = decide(request, row, form, Side.CUSTOMER)
    if refused:
        return _show(request, row, status=refused, form=form)
    return redirect("portal:agreement", row.pk)


def waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """Cards for the first page: what waits for this person's approval."""
    if not frame.approves(request):
        return []
    return [
        {
            "title": _("“%(name)s” waits for your approval") % {"name": one.name},
            "text": _("Read what we would promise you, then say yes or no."),
            "url": reverse("portal:agreement", args=[one.pk]), "label": _("Read"),
        }
        for one in _own(request).filter(is_offered=True).order_by("name", "id")[:3]
        if any(asked.side == Side.CUSTOMER and asked.verdict == Verdict.PENDING
               for asked in agreeing.approvals_of(one, one.version))
    ]  # fmt: skip


def _own(request: HttpRequest) -> "QuerySet[Agreement]":
    if not frame.approves(request):
        raise errors.NotFound(_("There is nothing for you at this address."))
    return others.of_customers(request.actor, [request.customer.pk])


def _show(request: HttpRequest, row: Agreement, *, status: int = 200, form: Any = None) -> HttpResponse:
    shown = told(request, row, Side.CUSTOMER, form)
    answer_url = reverse("portal:agreement-answer", args=[row.pk])
    back = {"url": reverse("portal:agreements"), "label": _("Agreements")}
    return frame.page(
        request, "portal/agreement.html", "agreements", status=status, answer_url=answer_url, back=back, **shown
    )  # fmt: skip


# What the pages of customers and of suppliers share.


def page_of(request: HttpRequest, rows: "QuerySet[Agreement]", name: str) -> dict[str, Any]:
    """A page of the list at the address `name`, what waits first."""
    page = pagination.paginate(rows, ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    url = reverse(name)
    return {
        "rows": lines(request, page.items, name),
        "newer_url": f"{url}?cursor={page.previous}" if page.previous else "",
        "older_url": f"{url}?cursor={page.next}" if page.next else "",
    }


def lines(request: HttpRequest, rows: list[Agreement], name: str) -> list[dict[str, Any]]:
    """Each agreement as a line: its name, where it stands, until when; `name` is the address of the list."""
    versions = documents.all_versions(rows)
    found = []
    for row in rows:
        shown = next(one for one in versions[row.pk] if one.number == row.shown_number)  # type: ignore[attr-defined]
        phase = documents.phase(shown, documents.today_of(row, request.at))
        found.append(
            {
                "name": row.name, "url": f"{reverse(name)}{row.pk}/", "version": shown.number,
                "glyph": GLYPHS.get(phase, "cancelled"), "word": phase.label, "is_offered": others.is_waiting(row),
                "valid_from": shown.valid_from, "valid_to": shown.valid_to,
            }
        )  # fmt: skip
    return found


def get(rows: "QuerySet[Agreement]", key: int) -> Agreement:
    """One of these. Raises NotFound."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise errors.NotFound(_("There is no such agreement here."))
    return found


def told(request: HttpRequest, row: Agreement, side: str, form: AnswerForm | None) -> dict[str, Any]:
    """The document, what both sides said to it, and the form of an answer where this person is asked."""
    number = row.shown_number  # type: ignore[attr-defined]
    versions = documents.versions_of(row)
    shown = next(one for one in versions if one.number == number)
    phase = documents.phase(shown, documents.today_of(row, request.at))
    asked = agreeing.approvals_of(row, number)
    is_asked = any(one.side == side and one.verdict == Verdict.PENDING for one in asked)
    may = is_asked and agreeing.may_decide(row, side, request.actor)
    before = next((one for one in versions if one.number < number and one.agreed_at), None)
    draft = documents.draft_of(row, number)
    return {
        "title": row.name, "agreement": row, "number": number, "standing": {
            "glyph": GLYPHS.get(phase, "cancelled"), "word": phase.label,
        },
        "text": wording.text(draft), "approvals": asked, "is_asked": is_asked,
        "changes": _changes(row, before, draft),
        "before": before.number if before else None,
        "form": (form or AnswerForm(initial={"form_key": uuid.uuid4(), "version": row.version})) if may else None,
    }  # fmt: skip


def _changes(
    row: Agreement, before: AgreementVersion | None, draft: AgreementDraft
) -> list[wording.Difference]:
    """What differs from the version that was agreed before, as the other side reads it."""
    if before is None:
        return []
    old = wording.for_others(documents.draft_of(row, before.number))
    return wording.differences(old, wording.for_others(draft))


def decide(request: HttpRequest, row: Agreement, form: AnswerForm, side: str) -> int:
    """Take the answer. Returns 0, or the status of the page that says at its field why not."""
    verdict = request.POST.get("verdict", "")
    if verdict not in (Verdict.APPROVED, Verdict.DECLINED):
        raise errors.Malformed(_("The form is damaged: open it again, then repeat."))
    if not form.is_valid():
        return 422
    given = form.cleaned_data
    try:
        once.lead(request, str(given["form_key"]), lambda: _run(request, row, given, side, verdict))
    except errors.Refused as refusal:
        reporting.put_errors(form, refusal)
        return refusal.status
    is_yes = verdict == Verdict.APPROVED
    messages.success(
        request, _("Thank you. You have approved it.") if is_yes else _("Thank you. We will look at it.")
    )
    return 0


def _run(request: HttpRequest, row: Agreement, given: dict[str, Any], side: str, verdict: str) -> str:
    agreeing.decide(
        row, side=side, by=request.actor, at=request.at, is_approved=verdict == Verdict.APPROVED,
        version=given["version"], comment=given["comment"],
    )  # fmt: skip
    return request.path
