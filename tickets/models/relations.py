"""What a ticket points at: other tickets, configuration items, records in other tools, a supplier's hands."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from customers.models import CompartmentModel
from tickets.choices import LinkKind
from tickets.models.ticket import Ticket


class Link(CompartmentModel):
    """One directed link, `ticket` kind `other`. Where the owners differ, both must be in the writer's scope."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="links"
    )
    kind = models.CharField(max_length=12, choices=LinkKind)
    other = models.ForeignKey(Ticket, models.PROTECT, db_constraint=False, related_name="linked_from")
    other_customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    other_compartment = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "ticket", "kind", "other"], name="linked_once"),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="no_link_to_itself"),
        )
        indexes = (models.Index(fields=["other_customer", "other"], name="link_back"),)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"


class AffectedItem(CompartmentModel):
    """One configuration item that a ticket is about."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="affected_items"
    )
    item = models.ForeignKey("cmdb.ConfigurationItem", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "ticket", "item"], name="affected_once"),)

    def __str__(self) -> str:
        return f"item {self.item_id} of ticket {self.ticket_id}"


class ExternalReference(CompartmentModel):
    """One record of another tool that is this ticket: the key by which imports and programs find it again."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="external_references"
    )
    system = models.CharField(max_length=60)
    reference = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "system", "reference"], name="external_reference_once"
            ),
        )
        indexes = (models.Index(fields=["customer", "ticket"], name="external_reference_of"),)

    def __str__(self) -> str:
        return f"{self.system}:{self.reference}"


class Handover(CompartmentModel):
    """One stretch of time in which a supplier had the ticket in hand; it drives the underpinning contract's clock."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="handovers"
    )
    party = models.ForeignKey("customers.Organization", models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=120, blank=True, help_text="The supplier's own number.")
    accepted_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="Since when the supplier waits for our answer.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "ticket"], condition=Q(to_at=None), name="one_open_handover"
            ),
            models.CheckConstraint(
                condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="handover_ends_later"
            ),
        )
        indexes = (models.Index(fields=["party", "-id"], name="handover_of_party"),)

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} with {self.party_id}"


class Dismissal(CompartmentModel):
    """One record that somebody of the desk said has nothing to do with a ticket: it is not suggested there again."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="dismissals"
    )
    record = models.CharField(max_length=60, help_text="The record's number, such as INC-1001.")
    by_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "ticket", "record"], name="dismissed_once"),
        )

    def __str__(self) -> str:
        return f"{self.record} at ticket {self.ticket_id}"
