"""Who is told by mail when something is wrong with a customer's services."""

from django.db import models

from accounts.models import email_key
from customers.models import CustomerModel


class StatusSubscription(CustomerModel):
    """One address that is told of the notices to one customer. Written only once its owner has said so twice.

    `person` set: he signs in, and is told what his customer is told; without one, what the world is told.
    `told_id` is the last notice that was sent.
    """

    email = models.EmailField()
    email_key = models.CharField(max_length=254, editable=False)
    language = models.CharField(max_length=12, default="en")
    person = models.ForeignKey(
        "accounts.Person", models.CASCADE, null=True, db_constraint=False, related_name="+"
    )
    created_at = models.DateTimeField()
    told_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "email_key"], name="follows_status_once"),)

    def __str__(self) -> str:
        return self.email

    @property
    def journal_kind(self) -> str:
        return "status_subscription"

    @property
    def journal_label(self) -> str:
        return self.email

    def save(self, **options) -> None:
        self.email_key = email_key(self.email)
        super().save(**options)
