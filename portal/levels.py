"""Service reports for a customer's managers: what was issued, in words of "we" and "you", as page, PDF and CSV."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import errors, pagination
from portal import frame
from reporting import export, presenting, queries
from reporting.presenting import Shown
from reporting.queries import Edition

PAGE = 24
CURRENT = "service-reports"


@require_safe
@frame.door
def listing(request: HttpRequest) -> HttpResponse:
    """The reports that were issued to this customer, newest month first."""
    _require(request)
    rows = queries.reports(request.actor).filter(customer=request.customer)
    found = pagination.paginate(
        rows.order_by(), pagination.keys("-from_on", "-id"), cursor=request.GET.get("after"), size=PAGE
    )
    url = reverse("portal:service_reports")
    return frame.page(
        request, "portal/service_reports.html", CURRENT, title=_("Service reports"),
        rows=[
            {
                "title": presenting.month_name(one.from_on.isoformat()), "issued_at": one.issued_at,
                "url": reverse("portal:service_report", args=[one.pk]),
            }
            for one in found.items
        ],
        newer_url=f"{url}?after={found.previous}" if found.previous else "",
        older_url=f"{url}?after={found.next}" if found.next else "",
    )  # fmt: skip


@require_safe
@frame.door
def one(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report, with every amendment and its reason; `?edition=0` as it was first issued."""
    found, shown = _edition(request, report_id)
    here = reverse("portal:service_report", args=[report_id])
    return frame.page(
        request, "portal/service_report.html", CURRENT, title=shown.title, shown=shown, found=found,
        state=export.state(found), tables=[_table(one) for one in shown.tables], editions=_editions(found, here),
        list_url=reverse("portal:service_reports"), pdf_url=f"{here}report.pdf?edition={found.number}",
        csv_url=f"{here}report.csv?edition={found.number}",
    )  # fmt: skip


@require_safe
@frame.door
def pdf(request: HttpRequest, report_id: int) -> HttpResponse:
    """The report as PDF."""
    return export.as_pdf(*_edition(request, report_id))


@require_safe
@frame.door
def csv(request: HttpRequest, report_id: int) -> HttpResponse:
    """The report's tables."""
    return export.as_csv(*_edition(request, report_id))


def _require(request: HttpRequest) -> None:
    if not frame.reads_reports(request):
        raise errors.NotFound(_("There is nothing for you at this address."))


def _edition(request: HttpRequest, report_id: int) -> tuple[Edition, Shown]:
    _require(request)
    wanted = request.GET.get("edition", "")
    if wanted and not (wanted.isdecimal() and len(wanted) < 5):
        raise errors.NotFound(_("There is no such amendment of this report."))
    report = queries.get_report(report_id, request.actor)
    if report.customer_id != request.customer.pk:
        raise errors.NotFound(_("There is no such report, or you may not see it."))
    found = queries.edition(report, request.at, int(wanted) if wanted else None)
    return found, presenting.show(found.figures, is_inside=False)


def _table(table: presenting.Table) -> dict[str, Any]:
    return {
        "name": table.name, "title": table.title, "note": table.note, "empty": table.empty,
        "columns": [{"label": label, "is_number": is_number} for label, is_number in table.columns],
        "rows": [
            [
                {"text": cell.text, "is_bad": cell.is_bad, "is_number": table.columns[place][1]}
                for place, cell in enumerate(row)
            ]
            for row in table.rows
        ],
    }  # fmt: skip


def _editions(found: Edition, here: str) -> list[dict[str, Any]]:
    issued = {"label": _("As issued"), "at": found.report.issued_at, "reason": "", "url": f"{here}?edition=0",
              "current": found.number == 0}  # fmt: skip
    return [issued] + [
        {
            "label": _("Amendment %(number)s") % {"number": one.number}, "at": one.at, "reason": one.reason,
            "url": f"{here}?edition={one.number}", "current": found.number == one.number,
        }
        for one in found.amendments
    ]  # fmt: skip
