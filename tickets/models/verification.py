"""Making sure that a caller is who he says, before a reset password or a moved account number."""

from django.db import models
from django.db.models import Q

from customers.models import CompartmentModel
from tickets.choices import VerifyBy
from tickets.models.ticket import Ticket


class CallerVerification(CompartmentModel):
    """One time that somebody made sure of a ticket's requester, and how. Never edited."""

    append_only = True
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="verifications"
    )
    person = models.ForeignKey("accounts.Person", models.PROTECT, db_constraint=False, related_name="+")
    method = models.CharField(max_length=10, choices=VerifyBy)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        indexes = (models.Index(fields=["customer", "ticket", "id"], name="verification_of_ticket"),)

    def __str__(self) -> str:
        return f"{self.method} for ticket {self.ticket_id}"


class VerificationCode(CompartmentModel):
    """One code that was sent to a requester's registered address. The code itself is never stored."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="codes"
    )
    person = models.ForeignKey("accounts.Person", models.PROTECT, db_constraint=False, related_name="+")
    nonce = models.CharField(
        max_length=64, help_text="What the code is computed from, with the installation's key."
    )
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(tries__lte=5), name="a_code_is_tried_five_times"),)
        indexes = (models.Index(fields=["customer", "ticket", "-id"], name="code_of_ticket"),)

    def __str__(self) -> str:
        return f"code for ticket {self.ticket_id}"
