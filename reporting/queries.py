"""Named reads of reports, and of the clocks and tickets behind their numbers."""

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from reporting import figures, sealing
from reporting.choices import Counted
from reporting.figures import Figures, Lists
from reporting.models import Amendment, ServiceReport
from reporting.periods import Month
from slas.models import Timer
from tickets.models import Ticket


@dataclasses.dataclass(frozen=True)
class Edition:
    """One state of a report: the draft as it is reckoned now (`number` None), as issued (0), or an amendment.

    `is_intact` is None for a draft: nobody has signed it.
    """

    report: ServiceReport
    number: int | None
    figures: Figures
    lists: Lists
    amendments: list[Amendment]
    is_intact: bool | None

    @property
    def is_preview(self) -> bool:
        """Whether the period was not over when the figures were taken."""
        return not self.figures["is_over"]


def reports(actor: Actor) -> "QuerySet[ServiceReport]":
    """The reports that the actor may read, newest month first, without their figures."""
    rows = ServiceReport.objects.visible_to(actor).select_related("customer", "issued_by")
    found: QuerySet[ServiceReport] = rows.defer("figures", "lists").order_by("-from_on", "-id")
    return found


def get_report(pk: int, actor: Actor) -> ServiceReport:
    """One report with its figures. Raises NotFound: the same for a foreign and an unknown one."""
    found = (
        ServiceReport.objects.visible_to(actor).select_related("customer", "issued_by").filter(pk=pk).first()
    )
    if found is None:
        raise errors.NotFound(_("There is no such report, or you may not see it."))
    return found


def month_of(report: ServiceReport) -> Month:
    """The period of a report."""
    return Month(report.from_on, report.time_zone)


def amendments_of(report: ServiceReport) -> list[Amendment]:
    """The amendments of a report, oldest first."""
    return list(Amendment.objects.filter(customer_id=report.customer_id, report=report).order_by("number"))


def edition(report: ServiceReport, at: dt.datetime, number: int | None = None) -> Edition:
    """The report as it stands, or (`number`) as it was issued or amended. Raises NotFound."""
    if not report.is_issued:
        found, lists = figures.reckon(report.customer, month_of(report), at)
        return Edition(report, None, found, lists, [], None)
    amendments = amendments_of(report)
    number = len(amendments) if number is None else number
    if number > len(amendments):
        raise errors.NotFound(_("There is no such amendment of this report."))
    holder: Any = amendments[number - 1] if number else report
    is_intact = sealing.is_intact(report, amendments)
    return Edition(report, number, holder.figures, holder.lists, amendments, is_intact)


def clocks_of(found: Edition, key: str, which: str, actor: Actor) -> "QuerySet[Timer]":
    """The clocks behind one number of one line. Raises NotFound for a line or list that the report does not have."""
    if which not in Counted.values or f"{key}.{which}" not in found.lists:
        raise errors.NotFound(_("This report has no such number."))
    rows = Timer.objects.visible_to(actor).filter(
        customer_id=found.report.customer_id, pk__in=found.lists[f"{key}.{which}"]
    )
    timers: QuerySet[Timer] = rows.select_related("ticket", "agreement").order_by("id")
    return timers


def tickets_of(found: Edition, key: str, actor: Actor) -> "QuerySet[Ticket]":
    """The tickets behind one number of the workload. Raises NotFound."""
    if key not in {one["key"] for one in (*found.figures["workload"], *found.figures["limits"])}:
        raise errors.NotFound(_("This report has no such number."))
    rows: QuerySet[Ticket] = Ticket.objects.visible_to(actor).filter(
        customer_id=found.report.customer_id, pk__in=found.lists.get(key, [])
    )
    return rows.order_by("id")
