"""Tickets that open themselves: schedules in local time, and one row for each time that came."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from automation.choices import CatchUp, Frequency, MonthDay, Outcome
from customers.models import CustomerModel


class Schedule(CustomerModel):
    """One recurring ticket of one customer: what is opened (a template), on which local days, at which local time.

    `checked_on` is the last local day that was looked at; `next_at` the instant of the next occurrence. Both belong
    to the sweep and count no version. `month_number`: the date 1 to 31, or which weekday or working day; -1 = last.
    """

    name = models.CharField(max_length=120)
    template = models.ForeignKey("automation.TicketTemplate", models.PROTECT, related_name="+")
    requester = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="+"
    )
    frequency = models.CharField(max_length=8, choices=Frequency)
    interval = models.PositiveSmallIntegerField(default=1)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    month_day = models.CharField(max_length=12, choices=MonthDay, blank=True)
    month_number = models.SmallIntegerField(null=True, blank=True)
    local_time = models.TimeField()
    time_zone = models.CharField(max_length=64)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    catch_up = models.CharField(max_length=4, choices=CatchUp, default=CatchUp.LAST)
    is_on = models.BooleanField(default=False)
    checked_on = models.DateField(null=True, editable=False)
    next_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="schedule_customer_id"),
            models.UniqueConstraint(fields=["customer", "name"], name="schedule_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="a_schedule_ends_later"
            ),
            models.CheckConstraint(condition=Q(interval__range=(1, 99)), name="a_schedule_moves_on"),
        )
        indexes = (models.Index(fields=["next_at"], name="schedule_due", condition=Q(is_on=True)),)

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "recurring_ticket"

    @property
    def journal_label(self) -> str:
        return self.name


class Occurrence(CustomerModel):
    """One local day on which one schedule came due, and what became of it. There is one row a day, whoever sweeps."""

    append_only = True
    schedule = models.ForeignKey(
        Schedule, models.PROTECT, db_constraint=False, db_index=False, related_name="occurrences"
    )
    on = models.DateField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    number = models.CharField(max_length=24, blank=True, help_text="The ticket's.")
    detail = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "schedule", "on"], name="occurs_once"),)

    def __str__(self) -> str:
        return f"schedule {self.schedule_id} on {self.on}"
