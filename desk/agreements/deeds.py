"""What may be done to an agreement, each in its dialog: offer, answer, sign for the other side, withdraw, end."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from approvals.choices import Side, Verdict
from approvals.models import Approval
from core import errors
from core.form_fields import LocalDayField
from desk import doors, shell
from desk.agreements import records
from desk.forms import DeskForm, version_of
from desk.merging import Merge
from slas import agreeing
from slas.choices import VersionState
from slas.models import Agreement, AgreementVersion

APPROVED, DECLINED = Verdict.APPROVED.value, Verdict.DECLINED.value


def _area(label: Any, **more: Any) -> django_forms.CharField:
    return django_forms.CharField(
        label=label, max_length=2_000, widget=django_forms.Textarea(attrs={"rows": 3}), **more
    )


class CommentForm(DeskForm):
    comment = _area(__("Comment"), required=False)


class DeclineForm(DeskForm):
    comment = _area(__("Why"), help_text=__("The other side has to know what to change."))


class SignForm(DeskForm):
    """What the other side said elsewhere."""

    verdict = django_forms.ChoiceField(
        label=__("What was said"), choices=[(APPROVED, __("Approved")), (DECLINED, __("Declined"))],
        initial=APPROVED, widget=django_forms.RadioSelect,
    )  # fmt: skip
    signed_by = django_forms.CharField(label=__("Who signed"), max_length=200)
    evidence = django_forms.CharField(
        label=__("Where that is"), max_length=300,
        help_text=__("A document, the minutes of a meeting, a mail: so that an auditor finds it."),
    )  # fmt: skip
    comment = _area(__("Comment"), required=False)


class WithdrawForm(DeskForm):
    reason = django_forms.CharField(label=__("Reason"), max_length=300, required=False)


class EndForm(DeskForm):
    last = LocalDayField(label=__("Last day"), help_text=__("It holds on this day, and on none after it."))
    reason = django_forms.CharField(label=__("Reason"), max_length=300)


@dataclass(frozen=True)
class Deed:
    """One thing to do: its words, its form, and how it is done. `text` says what comes of it."""

    label: Any
    icon: str
    form: type[DeskForm]
    run: Callable[[Agreement, dict[str, Any], str, dict[str, Any]], Any]
    said: Any
    text: Any = ""
    kind: str = "primary"


def _offer(row: Agreement, _given: dict[str, Any], _side: str, common: dict[str, Any]) -> Any:
    return agreeing.offer(row, **common)


def _approve(row: Agreement, given: dict[str, Any], side: str, common: dict[str, Any]) -> Any:
    return agreeing.decide(row, side=side, is_approved=True, **given, **common)


def _decline(row: Agreement, given: dict[str, Any], side: str, common: dict[str, Any]) -> Any:
    return agreeing.decide(row, side=side, is_approved=False, **given, **common)


def _sign(row: Agreement, given: dict[str, Any], side: str, common: dict[str, Any]) -> Any:
    is_approved = given.pop("verdict") == APPROVED
    return agreeing.decide(row, side=side, is_approved=is_approved, **given, **common)


def _withdraw(row: Agreement, given: dict[str, Any], _side: str, common: dict[str, Any]) -> Any:
    return agreeing.withdraw(row, **given, **common)


def _end(row: Agreement, given: dict[str, Any], _side: str, common: dict[str, Any]) -> Any:
    return agreeing.end(row, **given, **common)


DEEDS = {
    "offer": Deed(
        __("Offer"), "send", DeskForm, _offer, __("Both sides are asked to approve."),
        __("Both sides are asked to approve this version. What is in force stays until the last of them has."),
    ),
    "approve": Deed(__("Approve"), "check", CommentForm, _approve, __("Approved.")),
    "decline": Deed(
        __("Decline"), "x", DeclineForm, _decline, __("Declined: it goes back to be changed."),
        __("The offer ends with this. What is in force stays."), kind="danger",
    ),
    "sign": Deed(
        __("Record a signature"), "pencil", SignForm, _sign, __("The signature is recorded."),
        __("Where the other side has said so elsewhere: on paper, by mail, in a meeting."),
    ),
    "withdraw": Deed(
        __("Withdraw"), "arrow-back-up", WithdrawForm, _withdraw, __("Withdrawn. What is in force stays."),
        __("The draft or offer is given up. What is in force stays."), kind="danger",
    ),
    "end": Deed(
        __("End"), "x", EndForm, _end, __("It ends after that day."),
        __("Clocks that run then keep their targets. Tickets that come later fall under what holds instead."),
        kind="danger",
    ),
}  # fmt: skip
ANSWERS = ("approve", "decline", "sign")


@require_http_methods(["GET", "POST"])
@doors.page
def deed(request: HttpRequest, key: int, deed: str) -> HttpResponse:
    """Show the dialog of a deed, or do it. ?side= says for whom an answer is given."""
    row = records.get(request, key)
    one = DEEDS.get(deed)
    if one is None:
        raise errors.NotFound(_("There is no such thing to do with an agreement."))
    side = request.GET.get("side", "")
    if side and side not in Side.values:
        raise errors.Malformed(_("The form is damaged: open it again, then repeat."))
    if deed not in ANSWERS or (deed == "sign" and request.method == "GET"):
        records.require_writer(request, row.customer_id)
    form = one.form(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _dialog(request, row, one, form, status=422 if form.is_bound else 200)
    version = version_of(request)
    common = {"by": request.actor, "at": request.at, "version": version}
    try:
        one.run(row, form.values(), side, common)
    except errors.Stale as refusal:
        return _dialog(request, row, one, form, status=412, merge=Merge(refusal.detail, []))
    except errors.Refused as refusal:
        _take(form, refusal)
        return _dialog(request, row, one, form, status=409 if refusal.status == 409 else 422)
    messages.success(request, one.said)
    if doors.is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": records.url(row)})
    return redirect(records.url(row))


def _take(form: DeskForm, refusal: errors.Refused) -> None:
    """A refusal at the fields it names; every sentence about what has no field here, above them."""
    elsewhere = [text for name, texts in refusal.errors.items() if name not in form.fields for text in texts]
    if len(elsewhere) > 1:
        for text in elsewhere:
            form.add_error(None, text)
    else:
        form.take(refusal)


def _dialog(
    request: HttpRequest,
    row: Agreement,
    one: Deed,
    form: DeskForm,
    *,
    status: int,
    merge: Merge | None = None,
) -> HttpResponse:
    context = {
        "title": _("%(deed)s: %(name)s, version %(number)d")
        % {"deed": one.label, "name": row, "number": row.version},
        "text": one.text, "form": form, "submit": one.label, "kind": one.kind, "version": row.version,
        "action": request.get_full_path(), "merge": merge,
    }  # fmt: skip
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_dialog.html", status=status, **context)
    back = {"url": records.url(row), "label": row.name}
    return shell.render(
        request, "desk/form.html", status=status, current="agreements", back=back, cancel_url=back["url"], **context
    )  # fmt: skip


def offered(row: Agreement, latest: AgreementVersion, request: HttpRequest) -> list[dict[str, Any]]:
    """What this person may do now with the whole agreement, the next step first."""
    if not records.may_write(request.actor, row.customer_id):
        return []
    names = []
    if latest.state == VersionState.DRAFT and not row.is_default:
        names.append("offer")
    if latest.state in (VersionState.DRAFT, VersionState.OFFERED):
        names.append("withdraw")
    if not row.is_default and _holds(row, request.at):
        names.append("end")
    found = [_button(row, name) for name in names]
    edit = {
        "label": _("Edit"), "icon": "pencil", "url": reverse("desk:agreement-edit", args=[row.pk]), "key": "e",
        "kind": "primary" if latest.state in (VersionState.DECLINED, VersionState.WITHDRAWN) else "",
    }  # fmt: skip
    return [
        *(one for one in found if one["slug"] == "offer"),
        edit,
        *(one for one in found if one["slug"] != "offer"),
    ]


def _holds(row: Agreement, at: dt.datetime) -> bool:
    """Whether an agreed version holds now or will, with days left to end it."""
    today = at.date() - dt.timedelta(days=1)
    agreed = row.versions.filter(state=VersionState.AGREED)
    return any(one.valid_to is None or one.valid_to > today for one in agreed)


def answers(row: Agreement, asked: Approval, request: HttpRequest) -> list[dict[str, Any]]:
    """What this person may answer for one side that is asked."""
    names = ["approve", "decline"] if agreeing.may_decide(row, asked.side, request.actor) else []
    if asked.side != Side.PROVIDER and records.may_write(request.actor, row.customer_id):
        names.append("sign")
    return [_button(row, name, side=asked.side) for name in names]


def _button(row: Agreement, name: str, **query: str) -> dict[str, Any]:
    one = DEEDS[name]
    url = reverse("desk:agreement-deed", args=[row.pk, name])
    return {
        "slug": name, "label": one.label, "icon": one.icon, "is_dialog": True,
        "url": f"{url}?{urlencode(query)}" if query else url,
        "kind": "primary" if name in ("offer", "approve") else "",
    }  # fmt: skip
