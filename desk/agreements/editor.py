"""Writing an agreement: with whom and from which sample first, then everything it says; each saving is a version."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Team
from core import errors
from customers.models import Organization
from desk import doors, shell
from desk.agreements import form as forms
from desk.agreements import records, samples
from desk.agreements.form import AgreementForm, Head
from desk.forms import version_of
from desk.merging import Merge
from desk.settings.people import customers_for
from slas import actions
from slas.choices import SUPPLIED, AgreementKind
from slas.drafts import AgreementDraft
from slas.models import Agreement


@require_http_methods(["GET", "POST"])
@doors.page
def new(request: HttpRequest) -> HttpResponse:
    """Make an agreement. Without ?kind= and the other side: first say with whom it is."""
    records.require_reader(request)
    if not request.actor.may(records.WRITE):
        records.require_writer(request, None)
    head = _head(request)
    if head is None:
        return _start(request)
    records.require_writer(request, head.customer.pk if head.customer else None)
    return _edit(request, head, None)


@require_http_methods(["GET", "POST"])
@doors.page
def edit(request: HttpRequest, key: int) -> HttpResponse:
    """Write the next version of an agreement."""
    row = records.get(request, key)
    records.require_writer(request, row.customer_id)
    return _edit(request, forms.head_of(row), row)


def _head(request: HttpRequest) -> Head | None:
    """With whom the new one is, as the address says; None where it does not say so whole."""
    asked, kind = request.GET, request.GET.get("kind", "")
    customer = _find(customers_for(request.actor, records.WRITE), asked.get("customer"))
    if kind == AgreementKind.SLA:
        return Head(kind, customer) if customer else None
    if kind == AgreementKind.OLA:
        team = _find(Team.objects.visible_to(request.actor), asked.get("team"))
        return Head(kind, customer, team=team) if team else None
    if kind in SUPPLIED:
        supplier = _find(_suppliers(request, kind), asked.get("supplier"))
        return Head(kind, customer, supplier=supplier) if supplier else None
    return None


def _find(rows: Any, key: str | None) -> Any:
    return rows.filter(pk=int(key)).first() if key and key.isdecimal() and len(key) < 10 else None


def _suppliers(request: HttpRequest, kind: str) -> Any:
    """Suppliers for contracts; for internal agreements all who are known to supply, customers among them."""
    rows = Organization.objects.visible_to(request.actor).order_by("name")
    return rows.filter(is_supplier=True) if kind == AgreementKind.UC else rows


def _start(request: HttpRequest) -> HttpResponse:
    customers = customers_for(request.actor, records.WRITE)
    return shell.render(
        request, "desk/agreement_new.html", current="agreements", title=_("New agreement"), back=records.crumb(),
        customers=customers, teams=Team.objects.visible_to(request.actor).order_by("name"),
        suppliers=_suppliers(request, AgreementKind.UC), organizations=_suppliers(request, AgreementKind.INTERNAL),
        samples=samples.offered(), chosen=request.GET.get("start", ""), asked=request.GET,
    )  # fmt: skip


def _edit(request: HttpRequest, head: Head, row: Agreement | None) -> HttpResponse:
    if request.method == "GET":
        proposal = samples.of(request.GET.get("start", "")) if row is None else {}
        return _show(request, head, row, AgreementForm(request.actor, head, row, proposal=proposal))
    form = AgreementForm(request.actor, head, row, request.POST)
    if "more" in request.POST:
        return _show(request, head, row, _longer(request, form))
    if not form.is_valid():
        return _show(request, head, row, form, status=422)
    try:
        saved = _save(request, form)
    except errors.Stale:
        return _show(request, head, row, form, status=412, merge=_merge(form, row))
    except errors.Refused as refusal:
        form.take(refusal)
        return _show(request, head, row, form, status=422)
    messages.success(request, _said(saved, row))
    return redirect(records.url(saved))


def _save(request: HttpRequest, form: AgreementForm) -> Agreement:
    common = {"by": request.actor, "at": request.at, "reason": form.cleaned_data.get("reason", "")}
    if form.row is None:
        return actions.create_agreement(AgreementDraft(**form.head.values, **form.given()), **common)
    return actions.change_agreement(form.row, fields=form.given(), version=version_of(request), **common)


def _said(saved: Agreement, before: Agreement | None) -> str:
    if before is not None and before.version == saved.version:
        return _("Nothing differs: “%(name)s” stays as it is.") % {"name": saved}
    if saved.is_default:
        return _("“%(name)s” is saved, and holds from now on.") % {"name": saved}
    return _("“%(name)s” is saved as a draft. Offer it when it is complete.") % {"name": saved}


def _longer(request: HttpRequest, form: AgreementForm) -> AgreementForm:
    """The same form, unsaved, with more rows in the table that was named."""
    asked, name = form.asked(), request.POST["more"]
    for one in ("targets", "limits"):
        asked[one] = min(form.counts[one] + (forms.MORE if one == name else 0), forms.rows.MOST_ROWS)
    return AgreementForm(request.actor, form.head, form.row, proposal=asked)


def _merge(form: AgreementForm, row: Agreement | None) -> Merge:
    mine = [
        (str(form[name].label), _words(form.initial.get(name)), _words(form[name].value()))
        for name in form.changed_data
        if name not in ("reason", "targets", "limits") and name in form.fields
    ]
    sentence = _("“%(name)s” was changed while you had it open. What you wrote is kept.") % {"name": row}
    return Merge(sentence, [], mine)


def _words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value or "")


def _show(
    request: HttpRequest,
    head: Head,
    row: Agreement | None,
    form: AgreementForm,
    *,
    status: int = 200,
    merge: Merge | None = None,
) -> HttpResponse:
    back = {"url": records.url(row), "label": row.name} if row else records.crumb()
    need_url = f"{reverse('desk:requirement-new')}?customer={head.customer.pk}" if head.customer else ""
    return shell.render(
        request, "desk/agreement_edit.html", current="agreements", status=status, form=form, merge=merge, back=back,
        title=_("Edit “%(name)s”") % {"name": row} if row else _new_title(head), head=head, need_url=need_url,
        kind=AgreementKind(head.kind).label, action=request.get_full_path(), version=row.version if row else None,
        submit=_("Save") if head.is_default else _("Save as a draft"), cancel_url=back["url"],
        is_new_version=row is not None and not head.is_default,
    )  # fmt: skip


def _new_title(head: Head) -> str:
    whom = head.team or head.supplier or head.customer
    return _("New: %(what)s") % {"what": f"{AgreementKind(head.kind).label}, {whom}"}
