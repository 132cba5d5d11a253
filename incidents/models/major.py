"""What a major incident adds to its parent ticket: who leads, what was said and decided, what was learned."""

import uuid

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from customers.models import CompartmentModel, HistoryModel
from incidents.choices import WORKING, Reach, Stage, UpdateAudience


class MajorIncident(CompartmentModel):
    """The major incident of one parent ticket (decision 13). Its key is the ticket's. It stays when it is withdrawn.

    `procedure_version` names the criteria and the procedure by which it was declared. `lead_due_at` is when somebody
    other than the resolver must lead it; `alarmed_at` that nobody did. `overdue_at` is the promise of news whose
    breach was told last.
    """

    ticket = models.OneToOneField(
        "tickets.Ticket", models.PROTECT, primary_key=True, db_constraint=False, related_name="major"
    )
    thread = models.UUIDField(default=uuid.uuid4, help_text="Ties its published notices together.")
    title = models.CharField(max_length=200, help_text="Its name outside: it must not name a customer.")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.DECLARED)
    reach = models.CharField(max_length=8, choices=Reach, default=Reach.LINKED)
    procedure_version = models.PositiveIntegerField()
    interval_seconds = models.PositiveIntegerField(help_text="Between two updates, unless agreed otherwise.")
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=200)
    lead = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    communications = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    technical = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    lead_due_at = models.DateTimeField()
    alarmed_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdraw_reason = models.TextField(blank=True)
    impact = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    report = models.TextField(blank=True)
    reported_at = models.DateTimeField(null=True)
    findings = models.TextField(blank=True)
    actions = models.TextField(blank=True)
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)

    history = HistoricalRecords(bases=[HistoryModel], history_id_field=models.BigAutoField(primary_key=True))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdraw_reason=""), name="withdrawn_says_why"
            ),
            models.CheckConstraint(
                condition=Q(reported_at=None) | ~Q(report=""), name="reported_has_a_report"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None) | (~Q(findings="") & Q(reviewer__isnull=False)),
                name="reviewed_says_by_whom_and_what",
            ),
            models.CheckConstraint(condition=Q(interval_seconds__gt=0), name="news_has_an_interval"),
        )
        indexes = (
            models.Index(
                fields=["customer", "declared_at"],
                name="major_open",
                condition=Q(stage__in=WORKING, withdrawn_at=None),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether service is still to be restored."""
        return self.withdrawn_at is None and self.stage in WORKING


class MajorUpdate(CompartmentModel):
    """One text of one update of a major incident, for one audience. `told` counts who got it. Append-only."""

    append_only = True
    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, db_constraint=False, db_index=False, related_name="major_updates"
    )
    audience = models.CharField(max_length=10, choices=UpdateAudience)
    text = models.TextField()
    stage = models.CharField(max_length=10, choices=Stage)
    next_update_at = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=200)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="an_update_says_something"),)
        indexes = (models.Index(fields=["customer", "ticket", "at"], name="update_of_major"),)

    def __str__(self) -> str:
        return f"update of ticket {self.ticket_id} for {self.audience}"


class MajorDecision(CompartmentModel):
    """One decision that was taken in a major incident's room, by whom. Append-only."""

    append_only = True
    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, db_constraint=False, db_index=False, related_name="major_decisions"
    )
    text = models.TextField()
    at = models.DateTimeField()
    by_label = models.CharField(max_length=200)

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="a_decision_says_something"),)
        indexes = (models.Index(fields=["customer", "ticket", "at"], name="decision_of_major"),)

    def __str__(self) -> str:
        return f"decision on ticket {self.ticket_id}"
