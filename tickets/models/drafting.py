"""What is written and has not been said yet: drafts of one author, and replies that wait in the outbox."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from customers.models import CompartmentModel, Ownership
from tickets.choices import AfterSend, DraftKind
from tickets.models.ticket import Ticket


class Draft(models.Model):
    """What one author has written in one editor of one ticket, or in one form, and not sent. Nobody else sees or
    touches the row, so no assignment, merge or closing can: `place` is the ticket's number as the author sees it, or
    names the form and for whom it is filled in (`new:p12`, `phone:c3`)."""

    ownership = Ownership.CALLER
    caller = models.CharField(max_length=60)
    place = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=DraftKind)
    body = models.TextField(blank=True)
    uploads = ArrayField(models.UUIDField(), default=list, help_text="Ids of files that wait with it.")
    fields = models.JSONField(default=dict, help_text="Further fields of a form, by name.")
    caret = models.PositiveIntegerField(null=True)
    seen = models.BigIntegerField(default=0, help_text="Id of the newest message when the editor opened.")
    problem = models.CharField(max_length=500, blank=True, help_text="Why the outbox gave it back.")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["caller", "place", "kind"], name="one_draft_per_editor"),
        )
        indexes = (models.Index(fields=["caller", "-updated_at"], name="draft_newest"),)

    def __str__(self) -> str:
        return f"{self.kind} for {self.place}"


class PendingSend(CompartmentModel):
    """One reply that its author has sent and may still take back: it counts as said when it leaves, not before."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="pending_sends"
    )
    author = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    body = models.TextField()
    uploads = ArrayField(models.UUIDField(), default=list)
    then = models.CharField(max_length=9, choices=AfterSend, blank=True)
    until = models.DateTimeField(null=True, help_text="For `scheduled`: when the wait is over.")
    caret = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["due_at", "id"], name="pending_due"),
            models.Index(fields=["customer", "ticket", "id"], name="pending_of_ticket"),
        )

    def __str__(self) -> str:
        return f"reply to ticket {self.ticket_id}"

    def seconds_left(self, at: dt.datetime) -> int:
        """Whole seconds until it leaves, never less than none."""
        return max(0, round((self.due_at - at).total_seconds()))
