"""What was taken in from where: by it, a second run of the same file changes nothing."""

from django.db import models

from customers.models import CompartmentModel


class ImportedRecord(CompartmentModel):
    """One ticket that came from another tool, and how much of its source has been taken in."""

    ticket = models.OneToOneField(
        "tickets.Ticket", models.PROTECT, primary_key=True, db_constraint=False, related_name="imported"
    )
    system = models.CharField(max_length=60)
    reference = models.CharField(max_length=200)
    steps = models.PositiveIntegerField(help_text="How many steps of the source its journal tells.")
    steps_digest = models.CharField(max_length=64)
    facts_digest = models.CharField(max_length=64)
    last = models.JSONField(help_text="The last step taken in: what the next one is compared with.")
    ticket_version = models.PositiveIntegerField(
        help_text="The ticket's version then: a later one was worked on here."
    )
    imported_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "system", "reference"], name="imported_once"),
        )

    def __str__(self) -> str:
        return f"{self.system}:{self.reference}"
