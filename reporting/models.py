"""The rows of reports: one per customer and month, and the amendments to what was issued."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.actor import ALL, Actor
from customers.models import CustomerModel, ScopedManager, ScopedQuerySet
from reporting import sight
from reporting.choices import ReportState


class ReportQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "ReportQuerySet":
        """All reports of the actor's customers for the desk; for a customer's people what was issued to who may read
        reports there."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        if actor.is_inside:
            readable = sight.customers_of(actor, sight.READ)
            return rows if readable is ALL else rows.filter(customer_id__in=readable)
        readable = sight.customers_of(actor, sight.READ_OWN)
        return rows.filter(customer_id__in=() if readable is ALL else readable, state=ReportState.ISSUED)


class ServiceReport(CustomerModel):
    """One report on the service levels of one customer in one month. Once issued the database refuses every change.

    `figures` is what was counted, `lists` the keys behind each number; both are signed. A draft has neither.
    """

    from_on = models.DateField(help_text="First local day of the period.")
    to_on = models.DateField(help_text="Last local day of the period.")
    time_zone = models.CharField(max_length=64)
    state = models.CharField(max_length=6, choices=ReportState, default=ReportState.DRAFT)
    formula_version = models.PositiveSmallIntegerField(null=True)
    figures = models.JSONField(null=True)
    lists = models.JSONField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_by_label = models.CharField(max_length=200, blank=True)
    signature = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager.from_queryset(ReportQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="report_customer_id"),
            models.UniqueConstraint(fields=["customer", "from_on"], name="one_report_per_month"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="report_ends_later"),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT, figures=None, issued_at=None, signature="")
                | Q(
                    state=ReportState.ISSUED, figures__isnull=False, lists__isnull=False,
                    issued_at__isnull=False, formula_version__isnull=False, signature__regex=r"^[0-9a-f]{64}$",
                ),
                name="issued_is_whole_and_signed",
            ),
        )  # fmt: skip
        indexes = (models.Index(fields=["-from_on", "-id"], name="report_by_month"),)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.from_on:%Y-%m}"

    @property
    def journal_kind(self) -> str:
        return "service_report"

    @property
    def journal_label(self) -> str:
        return f"{self.from_on:%Y-%m}"

    @property
    def is_issued(self) -> bool:
        return self.state == ReportState.ISSUED

    @property
    def month(self) -> dt.date:
        """Its first day: how a month is named."""
        return self.from_on


class Amendment(CustomerModel):
    """One correction of an issued report: the figures as they were then, with the reason. Append-only.

    Its signature covers the one before it, so that none can be taken out of the row.
    """

    append_only = True
    report = models.ForeignKey(
        ServiceReport, models.PROTECT, db_constraint=False, db_index=False, related_name="amendments"
    )
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    formula_version = models.PositiveSmallIntegerField()
    figures = models.JSONField()
    lists = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=200)
    signature = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "report", "number"], name="amendment_number_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_says_why"),
        )

    def __str__(self) -> str:
        return f"amendment {self.number} of report {self.report_id}"
