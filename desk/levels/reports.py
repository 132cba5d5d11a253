"""Service reports in the desk: the list, one report with its editions, issue, amend, what a number counts, files."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods

from core import errors, pagination
from core.actor import ALL, Actor
from customers.models import Customer
from desk import doors, shell
from desk.forms import DeskForm, choices_of, version_of
from desk.levels import now
from reporting import actions, export, figures, periods, policy, presenting, queries, sight
from reporting.models import ServiceReport
from reporting.presenting import Shown
from reporting.queries import Edition

PAGE = 50
CURRENT = now.CURRENT


class NewReport(DeskForm):
    """Which customer's month."""

    customer = forms.ChoiceField(label=__("Customer"))
    month = forms.CharField(
        label=__("Month"),
        max_length=7,
        widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-10"}),
    )


class AmendForm(DeskForm):
    """Why the figures differ."""

    reason = forms.CharField(
        label=__("Why the figures differ"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("The customer reads this."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def listing(request: HttpRequest) -> HttpResponse:
    """All reports, newest month first. POST `customer`, `month`: begin one."""
    policy.require(request.actor, None, sight.READ)
    form, status = _new_form(request), 200
    if request.method == "POST" and form:
        try:
            return _begin(request, form)
        except errors.Refused as refusal:
            form.take(refusal)
            status = refusal.status if refusal.status in (400, 409, 422) else 422
        except forms.ValidationError:
            status = 422
    found = pagination.paginate(
        queries.reports(request.actor).order_by(), pagination.keys("-from_on", "-id"),
        cursor=request.GET.get("cursor"), size=PAGE,
    )  # fmt: skip
    base = reverse("desk:service-reports")
    return shell.render(
        request, "desk/service_reports.html", current=CURRENT, status=status, title=_("Service reports"), form=form,
        tabs=now.tabs(request.actor, "reports"), rows=[_row(one) for one in found.items],
        pager={
            "newer_url": f"{base}?cursor={found.previous}" if found.previous else "",
            "older_url": f"{base}?cursor={found.next}" if found.next else "",
        },
    )  # fmt: skip


@require_GET
@doors.page
def one(request: HttpRequest, report_id: int) -> HttpResponse:
    """A report in words: the draft as it stands now, or (`?edition=0`, 1, …) as it was issued or amended."""
    found = edition(request, report_id)
    shown = presenting.show(found.figures, is_inside=True)
    may = policy.may(request.actor, sight.WRITE, found.report.customer_id)
    return shell.render(
        request, "desk/service_report.html", current=CURRENT, title=shown.title, shown=shown, found=found,
        customer=found.report.customer.name, state=export.state(found), tables=_linked(found, shown),
        missed=_missed(found), editions=_editions(found), list_url=reverse("desk:service-reports"),
        issue_url=url(found, "issue") if may and not found.report.is_issued and not found.is_preview else "",
        amend_url=url(found, "amend") if may and found.report.is_issued else "",
        pdf_url=url(found, "pdf") + query(found), csv_url=url(found, "csv") + query(found),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def issue(request: HttpRequest, report_id: int) -> HttpResponse:
    """GET: what issuing does. POST: freeze, sign and hand out."""
    report = queries.get_report(report_id, request.actor)
    policy.require(request.actor, report.customer_id)
    if request.method == "POST":
        actions.issue(report, by=request.actor, at=request.at, version=version_of(request))
        messages.success(request, _("The report is issued: the customer's managers can read it."))
        return redirect("desk:service-report", report_id)
    return _ask(
        request, report, DeskForm(), title=_("Issue the report"), submit=_("Issue"),
        text=_("The figures are frozen and signed, and the customer's managers can read them from now on. "
               "They are never edited: what turns out otherwise becomes an amendment."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@doors.page
def amend(request: HttpRequest, report_id: int) -> HttpResponse:
    """GET: what differs from what was handed out. POST `reason`: put it beside, signed."""
    report = queries.get_report(report_id, request.actor)
    policy.require(request.actor, report.customer_id)
    form, status = AmendForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                reason = form.cleaned_data["reason"]
                actions.amend(
                    report, by=request.actor, at=request.at, reason=reason, version=version_of(request)
                )
            except errors.Refused as refusal:
                form.take(refusal)
                status = 409 if refusal.status == 409 else 422
            else:
                messages.success(request, _("The amendment stands beside the report."))
                return redirect("desk:service-report", report_id)
    return _ask(
        request, report, form, status=status, title=_("Amend the report"), submit=_("Amend"),
        text=_differences(report, request),
    )  # fmt: skip


@require_GET
@doors.page
def pdf(request: HttpRequest, report_id: int) -> HttpResponse:
    """The report as it goes to the customer, as PDF."""
    found = edition(request, report_id)
    return export.as_pdf(found, presenting.show(found.figures, is_inside=False))


@require_GET
@doors.page
def csv(request: HttpRequest, report_id: int) -> HttpResponse:
    """The report's tables, with the reasons that stay inside."""
    found = edition(request, report_id)
    return export.as_csv(found, presenting.show(found.figures, is_inside=True))


def _new_form(request: HttpRequest) -> NewReport | None:
    """The form to begin a report, for whom it is open; the month before this one is proposed."""
    rows = _customers(request.actor)
    if not policy.may(request.actor, sight.WRITE):
        return None
    proposed = periods.around(request.at, "UTC").after(-1).name
    form = NewReport(request.POST if request.method == "POST" else None, initial={"month": proposed})
    form.fields["customer"].choices = choices_of(rows, key="slug", empty=_("Choose a customer"))
    return form


def _begin(request: HttpRequest, form: NewReport) -> HttpResponse:
    if not form.is_valid():
        raise forms.ValidationError("")
    customer = _customers(request.actor).get(slug=form.cleaned_data["customer"])
    made = actions.create(customer, by=request.actor, at=request.at, month=form.cleaned_data["month"])
    return redirect("desk:service-report", made.pk)


def _customers(actor: Actor) -> Any:
    rows = Customer.objects.visible_to(actor).order_by("name", "id")
    own = sight.customers_of(actor, sight.WRITE)
    return rows if own is ALL else rows.filter(pk__in=own)


def _row(one: ServiceReport) -> dict[str, Any]:
    return {
        "url": reverse("desk:service-report", args=[one.pk]), "month": presenting.month_name(one.from_on.isoformat()),
        "customer": one.customer.name, "is_issued": one.is_issued, "state": one.get_state_display(),
        "issued_at": one.issued_at, "issued_by": one.issued_by_label,
    }  # fmt: skip


def edition(request: HttpRequest, report_id: int) -> Edition:
    """The edition that an address means. Raises Forbidden, NotFound."""
    policy.require(request.actor, None, sight.READ)
    wanted = request.GET.get("edition", "")
    if wanted and not (wanted.isdecimal() and len(wanted) < 5):
        raise errors.NotFound(_("There is no such amendment of this report."))
    report = queries.get_report(report_id, request.actor)
    return queries.edition(report, request.at, int(wanted) if wanted else None)


def query(found: Edition, **more: str) -> str:
    """Which edition an address means, as far as it is not the newest, and what else it says."""
    is_newest = found.number is None or found.number == len(found.amendments)
    values = {**({} if is_newest else {"edition": str(found.number)}), **more}
    return "?" + "&".join(f"{name}={value}" for name, value in values.items()) if values else ""


def url(found: Edition, name: str = "") -> str:
    """The address of a report, or of what can be done with it."""
    return reverse(f"desk:service-report{'-' if name else ''}{name}", args=[found.report.pk])


def _linked(found: Edition, shown: Shown) -> list[dict[str, Any]]:
    """The tables with an address behind each number that is not 0."""
    base = url(found, "counted")
    return [
        {
            "name": table.name, "title": table.title, "note": table.note, "empty": table.empty,
            "columns": [{"label": label, "is_number": is_number} for label, is_number in table.columns],
            "rows": [
                [
                    {
                        "text": cell.text, "is_bad": cell.is_bad, "is_number": table.columns[place][1],
                        "url": f"{base}{query(found, of=cell.opens)}" if cell.opens and cell.text != "0" else "",
                    }
                    for place, cell in enumerate(row)
                ]
                for row in table.rows
            ],
        }
        for table in shown.tables
    ]  # fmt: skip


def _missed(found: Edition) -> list[dict[str, Any]]:
    """The missed targets, each with its breached clocks: once issued, candidates for improvements in the journal."""
    lines = {one["key"]: one for one in found.figures["lines"]}
    return [
        {
            "label": presenting.target_name(lines[key]),
            "service": (lines[key]["service"] or {}).get("name") or _("No service"),
            "text": _("%(breached)s of %(counted)s breached")
            % {"breached": lines[key]["breached"], "counted": lines[key]["counted"]},
            "url": f"{url(found, 'counted')}{query(found, of=f'{key}.breached')}",
        }
        for key in found.figures["missed"]
    ]


def _editions(found: Edition) -> list[dict[str, Any]]:
    """As issued, and each amendment."""
    if found.number is None:
        return []
    report, here = found.report, url(found)
    issued = {"label": _("As issued"), "at": report.issued_at, "who": report.issued_by_label, "reason": "",
              "url": f"{here}?edition=0", "current": found.number == 0}  # fmt: skip
    return [issued] + [
        {
            "label": _("Amendment %(number)s") % {"number": one.number}, "at": one.at, "who": one.by_label,
            "reason": one.reason, "url": f"{here}?edition={one.number}", "current": found.number == one.number,
        }
        for one in found.amendments
    ]  # fmt: skip


def _differences(report: ServiceReport, request: HttpRequest) -> str:
    """What an amendment would put beside the figures that were handed out, in a sentence."""
    known = figures.newest(report)
    if known is None:
        return ""
    now_found, _lists = figures.reckon(report.customer, queries.month_of(report), request.at)
    changed = presenting.differences(known[0], now_found)
    if not changed:
        return _("Nothing differs from the figures that were handed out.")
    return _("This differs from the figures that were handed out: %(words)s.") % {"words": "; ".join(changed)}


def _ask(
    request: HttpRequest,
    report: ServiceReport,
    form: DeskForm,
    *,
    title: str,
    text: str,
    submit: str,
    status: int = 200,
) -> HttpResponse:
    """The question on a page of its own."""
    back = {
        "url": reverse("desk:service-report", args=[report.pk]),
        "label": f"{report.customer}, {report.journal_label}",
    }
    return shell.render(
        request, "desk/form.html", current=CURRENT, status=status, title=title, text=text, form=form, submit=submit,
        action=request.path, version=report.version, back=back, cancel_url=back["url"],
    )  # fmt: skip
