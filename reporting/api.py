"""The REST door to service reports, and to where promises stand now."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import visible_customers
from core import errors, time
from core.actor import Actor
from core.rest import doors, pages
from core.rest.fields import Instant, Reference, Text
from core.rest.records import Input, Record
from reporting import actions, now, queries
from reporting.models import Amendment, ServiceReport


class ReportRecord(Record):
    """One report. What was counted is in `figures` of its own address."""

    inner = ("issued_by",)

    id = serializers.IntegerField()
    customer = Reference()
    month = serializers.SerializerMethodField(help_text="As 2026-10.")
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    time_zone = serializers.CharField()
    state = serializers.CharField(help_text="draft or issued.")
    formula_version = serializers.IntegerField(allow_null=True)
    issued_at = Instant()
    issued_by = serializers.CharField(source="issued_by_label")
    version = serializers.IntegerField()

    def get_month(self, row: ServiceReport) -> str:
        return row.journal_label


class WholeReport(ReportRecord):
    """One report with the figures in force: reckoned now for a draft, the last amendment's for one that was amended."""

    figures = serializers.SerializerMethodField(
        help_text="{lines, totals, missed, exclusions, workload, trend, …}: counts, and seconds."
    )
    is_preview = serializers.SerializerMethodField(help_text="The period is not over.")
    is_intact = serializers.SerializerMethodField(help_text="Whether all signatures fit; null for a draft.")
    signature = serializers.CharField()
    amendments = serializers.SerializerMethodField(
        help_text="[{number, at, by, reason, signature}], oldest first."
    )

    def get_figures(self, row: ServiceReport) -> dict[str, Any]:
        found = self._edition(row).figures
        return found if self.context["actor"].is_inside else without_reasons(found)

    def get_is_preview(self, row: ServiceReport) -> bool:
        return self._edition(row).is_preview

    def get_is_intact(self, row: ServiceReport) -> bool | None:
        return self._edition(row).is_intact

    def get_amendments(self, row: ServiceReport) -> list[dict[str, Any]]:
        is_inside = self.context["actor"].is_inside
        return [_amendment(one, is_inside) for one in self._edition(row).amendments]

    def _edition(self, row: ServiceReport) -> queries.Edition:
        if not hasattr(row, "edition"):
            row.edition = queries.edition(row, self.context["at"])
        return row.edition


class ReportInput(Input):
    customer = Reference(visible_customers, what="customer")
    month = Text(max_length=7, help_text="As 2026-10: a month of the customer's own calendar.")


class AmendInput(Input):
    reason = Text(max_length=500, help_text="Why the figures differ; the customer reads it.")


def _month(value: str, _actor: Actor) -> Q:
    try:
        first = [f"{one}-01" for one in value.split(",")]
        return Q(from_on__in=[serializers.DateField().to_internal_value(one) for one in first])
    except serializers.ValidationError as error:
        raise ValueError(_("Write months as 2026-10, separated by commas.")) from error


class ServiceReports(doors.Creates, doors.Reads, doors.Lists, doors.Door):
    """Reports on service levels: a customer's people see what was issued to those who may read it. Newest first."""

    resource = "agreements"
    model = ServiceReport
    record, input = ReportRecord, ReportInput
    amend_input = AmendInput
    order = ("-from_on", "-id")
    filters = {
        "customer": lambda value, _actor: Q(customer__slug__in=value.split(",")),
        "month": _month,
        "state": lambda value, _actor: Q(state__in=value.split(",")),
    }

    def rows(self) -> QuerySet:
        found = queries.reports(self.actor).order_by()
        return found if self.action == "list" else found.defer(None)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "at": getattr(self.request, "at", None)}

    def answer(self, row: ServiceReport, **more: Any) -> Response:
        """One whole record, with its figures."""
        headers = {**self._tag(row), **(more.pop("headers", None) or {})}
        return Response(self.represent([row], WholeReport)[0], headers=headers, **more)

    def present(self, row: ServiceReport) -> dict[str, Any]:
        """A report that moved on, as it stands now."""
        return self.represent(self.rows().filter(pk=row.pk))[0]

    @extend_schema(responses=WholeReport)
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One report with what was counted."""
        return super().retrieve(request, **kwargs)

    def make(self, values: dict[str, Any]) -> ServiceReport:
        return actions.create(values["customer"], by=self.actor, at=self.at, month=values["month"])

    @extend_schema(request=None, responses={200: WholeReport})
    def issue(self, request: Request, **kwargs: Any) -> Response:
        """Freeze, sign and hand out."""
        row = self.get_object()
        actions.issue(row, by=self.actor, at=self.at, version=self.expected_version(row))
        return self.answer(self.get_object())

    @extend_schema(request=AmendInput, responses={200: WholeReport})
    def amend(self, request: Request, **kwargs: Any) -> Response:
        """Put the figures as they are now beside those that were issued, with the reason."""
        row = self.get_object()
        reason = self.read()["reason"]
        actions.amend(row, by=self.actor, at=self.at, reason=reason, version=self.expected_version(row))
        return self.answer(self.get_object())

    def extra_parameters(self) -> Sequence[str]:
        return ("of", "cursor", "page_size") if self.action == "counted" else ()

    @extend_schema(
        responses=OpenApiTypes.OBJECT,
        parameters=[
            OpenApiParameter(
                "of", str, required=True, description="`<line>.<all|met|breached|open>`, or a workload's key."
            ),
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", int),
        ],
    )
    def counted(self, request: Request, **kwargs: Any) -> Response:
        """What one number counts: clocks by ticket and metric, or tickets; as many as the number says."""
        found = queries.edition(self.get_object(), self.at)
        if not self.actor.is_inside:
            raise doors.nothing_here()
        of = request.GET.get("of", "")
        rows, draw = _behind(found, of, self.actor)
        page = pages.page(rows.order_by(), ("id",), request.GET)
        links = {"next": pages.url(request, page.next), "previous": pages.url(request, page.previous)}
        body = {"count": len(found.lists.get(of, [])), "results": [draw(one) for one in page.items]}
        return Response({**body, **links})


class ServiceLevels(doors.Door):
    """Where promises stand now."""

    resource = "agreements"
    model = ServiceReport

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def show(self, request: Request, **kwargs: Any) -> Response:
        """Tickets breached today, of these still open, due within two hours, overdue: by service and by team, each
        measure with the filter of `/tickets/` that lists exactly these."""
        if not self.actor.is_inside:
            raise errors.Forbidden(_("This is for the people of the desk."))
        found = now.read(self.actor, self.at)
        return Response(
            {
                "at": time.iso(found.at),
                "measures": {
                    name: {"count": found.totals[name], "filter": _as_listed(params)}
                    for name, params in found.params.items()
                },
                "services": [_place(one) for one in found.services],
                "teams": [_place(one) for one in found.teams],
            }
        )


def without_reasons(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures as a customer's people read them: why a clock was left out by its kind alone."""
    return {
        **figures,
        **{
            part: [{name: one[name] for name in one if name != "reason"} for one in figures[part]]
            for part in ("exclusions", "corrections")
        },
    }


def _behind(
    found: queries.Edition, of: str, actor: Actor
) -> tuple[QuerySet, Callable[[Any], dict[str, Any]]]:
    key, dot, which = of.rpartition(".")
    if not dot:
        return queries.tickets_of(found, of, actor), lambda one: {"ticket": one.number}
    rows = queries.clocks_of(found, key, which, actor)
    return rows, lambda one: {"ticket": one.ticket.number, "metric": one.metric, "cycle": one.cycle}


def _amendment(one: Amendment, is_inside: bool) -> dict[str, Any]:
    found = {"number": one.number, "at": time.iso(one.at), "reason": one.reason, "signature": one.signature}
    return {**found, "by": one.by_label} if is_inside else found


def _place(one: now.Place) -> dict[str, Any]:
    return {"key": None if one.slug == now.NONE else one.slug, "name": one.name, **one.counts}


def _as_listed(params: dict[str, str]) -> dict[str, str]:
    """The filters as the API's list takes them, which without a phase shows closed tickets too."""
    is_open = "sla_breached" not in params
    return {**params, **({"phase": now.standing.OPEN} if is_open else {})}
