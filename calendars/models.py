"""Business hours as versions: a day is judged by the version in force on that day, so the past never changes."""

from django.db import models
from django.db.models.functions import Now

from customers.models import ReferenceModel


class Calendar(ReferenceModel):
    """One calendar of opening hours: the installation's, or one customer's own. Its hours lie in its versions."""

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "name"], nulls_distinct=False, name="calendar_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "calendar"

    @property
    def journal_label(self) -> str:
        return self.name


class CalendarVersion(ReferenceModel):
    """The hours of one calendar from one day on, as `calendars.worktime.WorkCalendar` takes them. Append-only."""

    append_only = True
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateField(null=True, help_text="The first local day it judges; null = always.")
    time_zone = models.CharField(max_length=64)
    week = models.JSONField()
    holidays = models.JSONField(default=list)
    special_days = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_number"),
        )

    def __str__(self) -> str:
        return f"{self.calendar_id} v{self.number}"
