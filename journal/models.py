"""Entries, what is owed to readers outside the transaction, and the answers already given to keyed requests."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.actor import ALL, Actor, Side
from customers.models import CompartmentModel, Ownership, ScopedManager, ScopedQuerySet
from journal.events import Audience

AUDIENCES = [(one.value, one.value) for one in Audience]


def audiences_of(actor: Actor, customer_id: int | None = None) -> list[str]:
    """The audiences this actor reads: the provider's people all, a customer's the public part, a supplier's his own."""
    if actor.side == Side.SUPPLIER:
        return [Audience.SUPPLIER]
    if not actor.is_inside:
        desk = [Audience.DESK] if actor.may("message.read_desk", customer_id) else []
        return [Audience.PUBLIC, *desk]
    return list(Audience)


class EntryQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "EntryQuerySet":
        """Entries of the actor's customers in the audiences he reads."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        return rows if actor.is_inside else rows.filter(audience__in=audiences_of(actor))

    def about(self, kind: str, subject_id: int) -> "EntryQuerySet":
        return self.filter(subject_kind=kind, subject_id=subject_id)


class Entry(CompartmentModel):
    """One thing that happened, said once. Append-only: the application may INSERT and SELECT."""

    append_only = True
    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    audience = models.CharField(max_length=8, choices=AUDIENCES, default=Audience.PROVIDER)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    objects = ScopedManager.from_queryset(EntryQuerySet)()

    class Meta:
        verbose_name_plural = "entries"
        constraints = (
            models.UniqueConstraint(fields=["customer", "id", "compartment"], name="entry_customer_id"),
        )
        indexes = (
            models.Index(fields=["customer", "subject_kind", "subject_id", "at", "id"], name="entry_subject"),
            models.Index(fields=["customer", "-id"], name="entry_newest"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.subject_label}"


class DeliveryState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DEAD = "dead", _("Given up")


class Delivery(CompartmentModel):
    """One entry owed to one reader outside the transaction: claimed with a lease, retried, parked as dead."""

    entry = models.ForeignKey(Entry, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    reader = models.CharField(max_length=40)
    state = models.CharField(max_length=5, choices=DeliveryState, default=DeliveryState.OPEN)
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (models.UniqueConstraint(fields=["customer", "entry", "reader"], name="delivery_once"),)
        indexes = (
            models.Index(fields=["available_at", "id"], name="delivery_open", condition=Q(state="open")),
            models.Index(fields=["customer", "id"], name="delivery_dead", condition=Q(state="dead")),
        )

    def __str__(self) -> str:
        return f"{self.reader} of entry {self.entry_id}"


class IdempotencyKey(models.Model):
    """The answer once given to one keyed request of one caller; kept for 24 hours, seen by that caller only."""

    ownership = Ownership.CALLER
    caller = models.CharField(max_length=60)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(F("caller"), F("method"), F("path"), F("key"), name="one_answer_per_key"),
        )
        indexes = (models.Index(fields=["created_at"], name="idempotency_age"),)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"


class Position(CompartmentModel):
    """The place of one entry in the feed for programs; null until the sequencer has seen its entry committed.

    A row is made by a trigger with every entry (migration 0004) and lies in its entry's compartment. Places are given
    by one sequencer at a time (`journal.positions`), so nobody who has read up to a place can miss a late commit.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    position = models.BigIntegerField(null=True)
    placed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "entry"], name="position_once"),
            models.UniqueConstraint(fields=["customer", "position"], name="position_of_customer"),
            models.CheckConstraint(
                condition=Q(position=None, placed_at=None)
                | (Q(position__isnull=False) & Q(placed_at__isnull=False)),
                name="position_says_since_when",
            ),
        )
        indexes = (
            models.Index(fields=["position"], name="position_feed"),
            models.Index(fields=["id"], name="position_open", condition=Q(position=None)),
        )

    def __str__(self) -> str:
        return f"entry {self.entry_id} at {self.position}"
