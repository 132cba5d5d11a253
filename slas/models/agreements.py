"""What was agreed: agreements, their targets and the steps on the way to a breach. Targets and steps never change."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from customers.models import ReferenceModel
from slas.choices import AgreementKind, Counting, Metric


class Agreement(ReferenceModel):
    """One agreement with one customer, or (customer null) the installation's best effort that always matches.

    Its targets are those of its present version; a clock keeps the version it was judged by.
    """

    kind = models.CharField(max_length=8, choices=AgreementKind, default=AgreementKind.SLA)
    name = models.CharField(max_length=120)
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, related_name="+")
    covers_all = models.BooleanField(
        default=True, help_text="All services of the customer; else those listed."
    )
    valid_from = models.DateField(null=True, blank=True, help_text="First local day; null = always.")
    valid_to = models.DateField(null=True, blank=True, help_text="Last local day; null = open end.")
    is_default = models.BooleanField(default=False, help_text="Best effort, shown as “no agreement”.")
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="agreement_customer_id"),
            models.UniqueConstraint(
                fields=["customer", "name"], nulls_distinct=False, name="agreement_name_once"
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True),
                nulls_distinct=False,
                name="one_default_agreement",
            ),
            models.CheckConstraint(
                condition=Q(customer=None, is_default=True, covers_all=True)
                | Q(customer__isnull=False, is_default=False),
                name="only_the_default_has_no_customer",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="agreement_ends_later",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "agreement"

    @property
    def journal_label(self) -> str:
        return self.name


class AgreementService(ReferenceModel):
    """One service that an agreement covers, where it does not cover all."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="listed")
    service = models.ForeignKey("cmdb.ConfigurationItem", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "agreement", "service"], name="agreement_lists_once"),
        )

    def __str__(self) -> str:
        return f"service {self.service_id} under agreement {self.agreement_id}"


class Target(ReferenceModel):
    """One promise of one version of an agreement: so much business time for a metric, for tickets that fit.

    Append-only.
    """

    append_only = True
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="targets")
    version = models.PositiveIntegerField(help_text="The agreement's version that it belongs to.")
    metric = models.CharField(max_length=24, help_text="One of slas.choices.Metric, or a name of one's own.")
    ticket_kind = models.CharField(max_length=20, blank=True, help_text="A process's kind; blank = any.")
    priority = models.PositiveSmallIntegerField(null=True, help_text="Null = any.")
    category = models.ForeignKey("catalogue.Category", models.PROTECT, null=True, related_name="+")
    seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, null=True, related_name="+")
    pauses_on = ArrayField(models.CharField(max_length=12), default=list, help_text="Kinds of holds.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "agreement", "version", "metric", "ticket_kind", "priority", "category"],
                nulls_distinct=False,
                name="one_target_for_each_case",
            ),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="target_takes_time"),
            models.CheckConstraint(
                condition=~Q(metric=Metric.FIRST_RESPONSE) | Q(pauses_on=[]),
                name="first_response_never_pauses",
            ),
        )
        indexes = (models.Index(fields=["agreement", "version"], name="target_of_agreement"),)

    def __str__(self) -> str:
        return f"{self.metric} in {self.seconds} s"

    @property
    def case(self) -> tuple[str, str, int | None, int | None]:
        """For which tickets it is: two targets of equal services and period may not share it."""
        return self.metric, self.ticket_kind, self.priority, self.category_id


class Step(ReferenceModel):
    """One thing that happens on the way to, at, or after a target's due moment. Append-only, with its target."""

    append_only = True
    target = models.ForeignKey(Target, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    percent = models.PositiveSmallIntegerField(null=True, help_text="Of the target; 100 = due.")
    offset_seconds = models.IntegerField(null=True, help_text="Before (negative) or after due.")
    counting = models.CharField(max_length=8, choices=Counting, default=Counting.BUSINESS)
    notify = ArrayField(
        models.CharField(max_length=24), default=list, help_text="assignee, team, lead, or a role."
    )
    reassign_to = models.ForeignKey("accounts.Team", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "target", "position"], nulls_distinct=False, name="step_position_once"
            ),
            models.CheckConstraint(
                condition=Q(percent=None, offset_seconds__isnull=False)
                | Q(percent__isnull=False, offset_seconds=None),
                name="step_has_one_moment",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__range=(1, 1000)), name="step_percent_makes_sense"
            ),
            models.CheckConstraint(
                condition=~Q(notify=[]) | Q(reassign_to__isnull=False), name="step_does_something"
            ),
        )

    def __str__(self) -> str:
        return f"{self.percent} %" if self.percent is not None else f"{self.offset_seconds:+} s"

    @property
    def is_warning(self) -> bool:
        """Whether it comes before due."""
        return self.percent < 100 if self.percent is not None else (self.offset_seconds or 0) < 0
