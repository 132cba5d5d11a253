"""What a job did to many tickets: one row each, so that nothing is done twice and all of it can be looked at."""

from django.db import models
from django.db.models import Q

from customers.models import CompartmentModel
from tickets.choices import Outcome
from tickets.models.ticket import Ticket


class BulkChange(CompartmentModel):
    """What one bulk job did to one ticket, or would do to it; and how it was before, where that can be put back."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="bulk_changes"
    )
    job_id = models.BigIntegerField(
        help_text="Of the job; it is its caller's alone, this row the customer's."
    )
    outcome = models.CharField(max_length=9, choices=Outcome)
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField(null=True, help_text="What undoing puts back; null: it cannot be undone.")
    version = models.PositiveIntegerField(help_text="The ticket's, afterwards.")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "job_id", "ticket"], name="done_once_by_a_job"),
            models.CheckConstraint(
                condition=~Q(outcome__in=(Outcome.REFUSED, Outcome.KEPT)) | ~Q(reason=""),
                name="a_refusal_says_why",
            ),
        )
        indexes = (models.Index(fields=["job_id", "id"], name="bulk_of_job"),)

    def __str__(self) -> str:
        return f"job {self.job_id} on ticket {self.ticket_id}: {self.outcome}"
