"""Reports of people without a sign-in, until their address is confirmed and the desk or a mail domain lets them in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import CompartmentModel


class GuestState(models.TextChoices):
    """Where a guest's report stands."""

    SENT = "sent", _("Address not confirmed")
    HELD = "held", _("Waits for the desk")
    OPENED = "opened", _("Opened as a ticket")
    DROPPED = "dropped", _("Turned away")


class GuestReport(CompartmentModel):
    """One report that a guest left at one customer's form. Becomes an incident once, or is turned away."""

    name = models.CharField(max_length=200)
    email = models.EmailField()
    text = models.TextField()
    language = models.CharField(max_length=12, default="en")
    state = models.CharField(max_length=7, choices=GuestState, default=GuestState.SENT)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ticket = models.ForeignKey(
        "tickets.Ticket", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=GuestState.OPENED) | Q(ticket__isnull=False),
                name="opened_names_its_ticket",
            ),
            models.CheckConstraint(
                condition=Q(state=GuestState.SENT) | Q(confirmed_at__isnull=False),
                name="unconfirmed_goes_nowhere",
            ),
        )
        indexes = (models.Index(fields=["customer", "state", "id"], name="guest_report_state"),)

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    @property
    def journal_kind(self) -> str:
        return "guest_report"

    @property
    def journal_label(self) -> str:
        return self.email
