"""What is under way for a caller, and how far it has come."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from customers.models import Ownership
from jobs.choices import OPEN, State


class Job(models.Model):
    """One long piece of work that one caller started. Seen by that caller only; what it does is in the journal."""

    ownership = Ownership.CALLER
    caller = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict, help_text="What it works on: ids and options, never contents.")
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, help_text="Null = not known.")
    cursor = models.JSONField(null=True, help_text="Where the next step goes on.")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    is_cancel_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(total=None) | Q(done__lte=models.F("total")), name="no_more_than_all"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at=None) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                name="ended_says_when",
            ),
        )
        indexes = (
            models.Index(fields=["caller", "-id"], name="job_of_caller"),
            models.Index(fields=["lease_until", "id"], name="job_open", condition=Q(state__in=OPEN)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
