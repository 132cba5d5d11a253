"""What one version of an agreement promises: targets, and the steps on the way to a breach. Neither ever changes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ForeignObject, Q

from customers.models import ReferenceModel
from slas.choices import Counting, Metric
from slas.models.agreements import Agreement, AgreementVersion


class Target(ReferenceModel):
    """One promise of one version of an agreement: so much business time for a metric, for tickets that fit.

    Append-only.
    """

    append_only = True
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="targets")
    version = models.PositiveIntegerField(help_text="The agreement's version that it belongs to.")
    document = ForeignObject(
        AgreementVersion, models.DO_NOTHING, from_fields=("agreement", "version"), to_fields=("agreement", "number"),
        related_name="targets",
    )  # fmt: skip
    metric = models.CharField(max_length=24, help_text="One of slas.choices.Metric, or a name of one's own.")
    ticket_kind = models.CharField(max_length=20, blank=True, help_text="A process's kind; blank = any.")
    priority = models.PositiveSmallIntegerField(null=True, help_text="Null = any.")
    category = models.ForeignKey("catalogue.Category", models.PROTECT, null=True, related_name="+")
    item_type = models.ForeignKey(
        "cmdb.ItemType", models.PROTECT, null=True, related_name="+", help_text="Of a thing that is affected."
    )
    seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, null=True, related_name="+")
    pauses_on = ArrayField(models.CharField(max_length=12), default=list, help_text="Kinds of holds.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=[
                    "customer",
                    "agreement",
                    "version",
                    "metric",
                    "ticket_kind",
                    "priority",
                    "category",
                    "item_type",
                ],
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
    def case(self) -> tuple[str, str, int | None, int | None, int | None]:
        """For which tickets it is: two targets of equal services and period may not share it."""
        return self.metric, self.ticket_kind, self.priority, self.category_id, self.item_type_id


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
