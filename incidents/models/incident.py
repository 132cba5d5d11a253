"""What only an incident's own form and page show; the queue reads the ticket."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from customers.models import CompartmentModel, HistoryModel
from incidents.choices import Effect


class Incident(CompartmentModel):
    """The incident behind one ticket (8.6.1). Its key is the ticket's."""

    ticket = models.OneToOneField(
        "tickets.Ticket", models.PROTECT, primary_key=True, db_constraint=False, related_name="incident"
    )
    effect = models.CharField(max_length=8, choices=Effect, blank=True)
    impact_from = models.DateTimeField(null=True, blank=True)
    impact_to = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=16, blank=True, help_text="The slug of a resolution code.")
    resolution = models.TextField(blank=True)
    cancel_reason = models.TextField(blank=True)
    extra = models.JSONField(default=dict, blank=True)

    history = HistoricalRecords(bases=[HistoryModel], history_id_field=models.BigAutoField(primary_key=True))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(impact_to=None) | Q(impact_from=None) | Q(impact_to__gte=F("impact_from")),
                name="impact_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(code="") | ~Q(resolution=""), name="a_resolution_says_what_was_done"
            ),
        )

    def __str__(self) -> str:
        return f"incident {self.ticket_id}"
