"""What was said, to whom, and the files that came with it."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now

from core.actor import ALL, Actor, Side
from customers.models import CompartmentModel, Ownership, ScopedManager, ScopedQuerySet
from journal.models import AUDIENCES, audiences_of
from tickets.choices import Channel, MessageKind
from tickets.models.ticket import Ticket


class AudienceQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "AudienceQuerySet":
        """Rows of the actor's customers in the audiences he reads: who is not in the audience never sees them."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        if actor.side == Side.SUPPLIER:
            rows = rows.alias(said_with=_said_with(self.model.said_at)).filter(said_with__in=actor.parties)
        return rows if actor.is_inside else rows.filter(audience__in=audiences_of(actor))


def _said_with(said_at: str) -> Subquery:
    """The supplier who had the ticket in hand when the row was said: another supplier's words are not his."""
    handovers = Ticket._meta.get_field("handovers").related_model._default_manager
    before = handovers.filter(ticket_id=OuterRef("ticket_id"), from_at__lte=OuterRef(said_at))
    return Subquery(before.order_by("-id").values("party_id")[:1])


class MessageManager(ScopedManager.from_queryset(AudienceQuerySet)):
    """Leaves the words for the search where they are: no row is read for them."""

    def get_queryset(self):
        return super().get_queryset().defer("search")


class Message(CompartmentModel):
    """One message of a ticket's conversation, in Markdown, for one audience. Never edited."""

    said_at = "at"
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="messages"
    )
    kind = models.CharField(max_length=8, choices=MessageKind)
    audience = models.CharField(max_length=8, choices=AUDIENCES)
    body = models.TextField()
    channel = models.CharField(max_length=12, choices=Channel, default=Channel.DESK)
    author_kind = models.CharField(max_length=16)
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=200)
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    is_from_customer = models.BooleanField(default=False)
    is_human = models.BooleanField(
        default=True, help_text="False for service accounts, rules and automatic mail."
    )
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    search = models.GeneratedField(
        expression=SearchVector("body", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    objects = MessageManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id", "compartment"], name="message_customer_id"),
            models.CheckConstraint(
                condition=~Q(kind=MessageKind.NOTE) | ~Q(audience="public"), name="a_note_is_never_public"
            ),
            models.CheckConstraint(
                condition=~Q(kind=MessageKind.REPLY) | Q(audience__in=["public", "supplier"]),
                name="a_reply_goes_outside",
            ),
            models.UniqueConstraint(
                fields=["customer", "ticket"],
                condition=Q(kind=MessageKind.OPENING),
                name="one_opening_per_ticket",
            ),
        )
        indexes = (
            models.Index(fields=["customer", "ticket", "at", "id"], name="message_of_ticket"),
            GinIndex(fields=["customer", "search"], name="message_search"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of ticket {self.ticket_id}"


class Upload(models.Model):
    """One file that was sent and no message has taken yet: seen by its uploader only, dropped after 24 hours."""

    ownership = Ownership.CALLER
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    caller = models.CharField(max_length=60)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["created_at"], name="upload_age"),)

    def __str__(self) -> str:
        return self.name


class Attachment(CompartmentModel):
    """One file of a message. The content lies in the file storage under `storage_key`."""

    said_at = "message__at"
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="attachments"
    )
    message = models.ForeignKey(
        Message, models.PROTECT, db_constraint=False, db_index=False, related_name="attachments"
    )
    audience = models.CharField(max_length=8, choices=AUDIENCES)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    objects = ScopedManager.from_queryset(AudienceQuerySet)()

    class Meta:
        indexes = (
            models.Index(fields=["customer", "ticket", "id"], name="attachment_of_ticket"),
            models.Index(fields=["customer", "message"], name="attachment_of_message"),
        )

    def __str__(self) -> str:
        return self.name
