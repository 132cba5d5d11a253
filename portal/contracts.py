"""A supplier's contracts: what was offered to him or agreed with him, read and answered by his people (8.3.4)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from approvals.choices import Side
from core.actor import ALL
from customers import scoping
from portal import agreements, supplying
from slas import others
from slas.models import Agreement


@require_safe
@supplying.door
def listing(request: HttpRequest) -> HttpResponse:
    """The contracts with this supplier: what waits for an answer first."""
    page = agreements.page_of(request, others.of_supplier(request.actor), "portal:supplier-agreements")
    return supplying.page(request, "portal/agreements.html", "agreements", title=_("Agreements"), **page)


@require_safe
@supplying.door
def one(request: HttpRequest, key: int) -> HttpResponse:
    """One contract as a document."""
    return _show(request, agreements.get(others.of_supplier(request.actor), key))


@require_POST
@supplying.door
def answer(request: HttpRequest, key: int) -> HttpResponse:
    """Approve or decline the version that was offered."""
    row = agreements.get(others.of_supplier(request.actor), key)
    form = agreements.AnswerForm(request.POST)
    # A contract belongs to no customer, and its entry to the provider: beyond what a supplier's own scope may write.
    with scoping.scope(ALL, caller=request.actor.key):
        refused = agreements.decide(request, row, form, Side.SUPPLIER)
    if refused:
        return _show(request, row, status=refused, form=form)
    return redirect("portal:supplier-agreement", row.pk)


def _show(request: HttpRequest, row: Agreement, *, status: int = 200, form: Any = None) -> HttpResponse:
    shown = agreements.told(request, row, Side.SUPPLIER, form)
    answer_url = reverse("portal:supplier-agreement-answer", args=[row.pk])
    back = {"url": reverse("portal:supplier-agreements"), "label": _("Agreements")}
    return supplying.page(
        request, "portal/agreement.html", "agreements", status=status, answer_url=answer_url, back=back, **shown
    )  # fmt: skip
