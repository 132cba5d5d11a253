"""Time that people spent on a ticket. Rates and allowances come with contracts."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from customers.models import CompartmentModel, ScopedManager, ScopedQuerySet
from tickets.choices import TimeKind
from tickets.models.ticket import Ticket

LONGEST_SECONDS = 24 * 3600  # one entry is one day at most


class TimeQuerySet(ScopedQuerySet):
    def current(self) -> "TimeQuerySet":
        """What counts: entries that no correction has replaced."""
        return self.filter(~Exists(TimeEntry.objects.filter(supersedes=OuterRef("pk"))))


class TimeEntry(CompartmentModel):
    """One stretch of work of one person. Never edited: a correction is a new row that supersedes the old one."""

    append_only = True
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="time_entries"
    )
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(help_text="0 only in a correction that takes the time back.")
    kind = models.CharField(max_length=12, choices=TimeKind, default=TimeKind.WORK)
    is_billable = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="corrections"
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was corrected.")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    objects = ScopedManager.from_queryset(TimeQuerySet)()

    class Meta:
        verbose_name_plural = "time entries"
        constraints = (
            models.UniqueConstraint(fields=["customer", "id", "compartment"], name="time_entry_customer_id"),
            models.UniqueConstraint(fields=["customer", "supersedes"], name="corrected_once"),
            models.CheckConstraint(
                condition=Q(seconds__gt=0, seconds__lte=LONGEST_SECONDS)
                | Q(seconds=0, supersedes__isnull=False),
                name="an_entry_is_a_day_at_most",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | (~Q(reason="") & ~Q(supersedes=F("id"))),
                name="a_correction_says_why",
            ),
        )
        indexes = (models.Index(fields=["customer", "ticket", "started_at", "id"], name="time_of_ticket"),)

    def __str__(self) -> str:
        return f"{self.seconds} s on ticket {self.ticket_id}"
