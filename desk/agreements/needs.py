"""What customers need of services (8.2.2): a small list, and a form each. Agreements answer these (8.3.3)."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods

from catalogue import requirements
from catalogue.models import RequirementState, ServiceRequirement
from cmdb.models import ConfigurationItem
from core import errors, pagination
from desk import doors, shell
from desk.agreements import records
from desk.forms import version_of
from desk.merging import Merge
from desk.settings.people import customers_for
from desk.settings.section import SettingForm
from slas.models import AnsweredRequirement

PAGE = 50
ORDER = pagination.keys("customer__name", "id")


class RequirementForm(SettingForm):
    """One requirement; its customer and key are said once."""

    fixed = ("customer", "key")
    customer = forms.ModelChoiceField(None, label=__("Customer"))
    key = forms.SlugField(
        label=__("Short name"), max_length=40, required=False, help_text=__("Empty: the next REQ-n of the customer.")
    )  # fmt: skip
    title = forms.CharField(
        label=__("What is needed, in one line"), max_length=200,
        help_text=__("As the customer would say it: “The ward can print labels at any hour.”"),
    )  # fmt: skip
    text = forms.CharField(
        label=__("In detail"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    service = forms.ModelChoiceField(
        None, label=__("Service"), required=False, help_text=__("Empty: all of them.")
    )
    source = forms.CharField(
        label=__("Where it was said"), required=False, max_length=200, help_text=__("A meeting, a contract, a mail.")
    )  # fmt: skip
    state = forms.ChoiceField(label=__("State"), choices=RequirementState.choices)

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, records.WRITE)
            del self.fields["state"]
        services = ConfigurationItem.objects.visible_to(self.actor).services().order_by("name")
        own = {"subscriptions__customer_id": self.row.customer_id} if self.row else {}
        self.fields["service"].queryset = services.filter(**own).distinct()


@require_GET
@doors.page
def listing(request: HttpRequest) -> HttpResponse:
    """Current ones, or with ?show=retired what is no longer needed; ?customer= and ?q= narrow them."""
    records.require_reader(request)
    is_retired = request.GET.get("show") == "retired"
    words = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    state = RequirementState.RETIRED if is_retired else RequirementState.CURRENT
    rows = _visible(request).filter(state=state)
    if words:
        rows = rows.filter(title__icontains=words)
    page = pagination.paginate(rows, ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    url = reverse("desk:requirements")
    kept = {name: one for name, one in (("show", "retired" if is_retired else ""), ("q", words)) if one}
    return shell.render(
        request, "desk/requirements.html", current="agreements", title=_("Service requirements"), q=words,
        back=records.crumb(), rows=_shown(page.items), is_retired=is_retired,
        new_url=reverse("desk:requirement-new") if request.actor.may(records.WRITE) else "",
        tabs=[{"label": _("Current"), "url": url, "current": not is_retired},
              {"label": _("No longer needed"), "url": f"{url}?show=retired", "current": is_retired}],
        pager={
            "newer_url": f"{url}?{urlencode({**kept, 'cursor': page.previous})}" if page.previous else "",
            "older_url": f"{url}?{urlencode({**kept, 'cursor': page.next})}" if page.next else "",
        },
    )  # fmt: skip


def _visible(request: HttpRequest) -> Any:
    return ServiceRequirement.objects.of_customers(request.actor).select_related("customer", "service")


def _shown(rows: list[ServiceRequirement]) -> list[dict[str, Any]]:
    """With the agreements whose latest version answers each."""
    answered: dict[int, list[Any]] = {}
    found = AnsweredRequirement.objects.filter(requirement__in=rows).select_related("agreement")
    for one in found.order_by("agreement__name"):
        if one.version == one.agreement.version:
            answered.setdefault(one.requirement_id, []).append(one.agreement)
    return [
        {
            "row": one, "url": reverse("desk:requirement", args=[one.pk]),
            "answers": [{"name": it.name, "url": records.url(it)} for it in answered.get(one.pk, [])],
        }
        for one in rows
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def new(request: HttpRequest) -> HttpResponse:
    """Write down what a customer needs; ?customer= chooses him."""
    records.require_reader(request)
    if not request.actor.may(records.WRITE):
        records.require_writer(request, None)
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@doors.page
def edit(request: HttpRequest, key: int) -> HttpResponse:
    """Read, change or retire one."""
    records.require_reader(request)
    row = _visible(request).filter(pk=key).first()
    if row is None:
        raise errors.NotFound(_("There is no such requirement, or it is not yours to see."))
    if request.method == "POST":
        records.require_writer(request, row.customer_id)
    return _edit(request, row)


def _edit(request: HttpRequest, row: ServiceRequirement | None) -> HttpResponse:
    if request.method == "GET":
        asked = {} if row else {"customer": request.GET.get("customer", "")}
        form = RequirementForm(request.actor, row, proposal=asked)
        if row is not None and not records.may_write(request.actor, row.customer_id):
            form.hide_changes()
        return _show(request, row, form)
    form = RequirementForm(request.actor, row, request.POST)
    if not form.is_valid():
        return _show(request, row, form, status=422)
    try:
        saved = _save(request, row, form)
    except errors.Stale as refusal:
        return _show(request, row, form, status=412, merge=Merge(refusal.detail, []))
    except errors.Refused as refusal:
        form.take(refusal)
        return _show(request, row, form, status=422)
    messages.success(request, _("%(name)s is saved.") % {"name": saved})
    return redirect("desk:requirements")


def _save(request: HttpRequest, row: ServiceRequirement | None, form: RequirementForm) -> ServiceRequirement:
    common = {"by": request.actor, "at": request.at, "reason": form.cleaned_data.get("reason", "")}
    if row is None:
        return requirements.create_requirement(ServiceRequirement(**form.given()), **common)
    return requirements.change_requirement(row, fields=form.given(), version=version_of(request), **common)


def _show(
    request: HttpRequest,
    row: ServiceRequirement | None,
    form: RequirementForm,
    *,
    status: int = 200,
    merge: Merge | None = None,
) -> HttpResponse:
    url = reverse("desk:requirements")
    may_write = row is None or records.may_write(request.actor, row.customer_id)
    return shell.render(
        request, "desk/requirement.html", current="agreements", status=status, form=form, merge=merge,
        title=str(row) if row else _("New requirement"), submit=_("Save"), version=row.version if row else None,
        action=request.get_full_path(), cancel_url=url, may_write=may_write, customer=row.customer if row else None,
        back={"url": url, "label": _("Service requirements")},
    )  # fmt: skip
