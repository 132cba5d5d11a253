"""What is owed to whom: one row per mail, written with the delivery it comes from, sent with a lease; and what stands
in whose Inbox."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.actor import Actor
from customers.models import CompartmentModel, ScopedManager, ScopedQuerySet
from journal.models import Entry
from notifications.choices import OWED, Channel, Kind, Reason, State
from notifications.preference_models import (  # noqa: F401 - models of this room, in a file of their own
    Digest,
    Habit,
    Mute,
    Preference,
    TicketMute,
)
from tickets.models import Ticket


class MessageQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "MessageQuerySet":
        """Messages of the actor's customers and compartments; queries.py asks whether he may read mail at all."""
        return self.of_customers(actor).filter(compartment__in=actor.compartments)

    def owed(self) -> "MessageQuerySet":
        """What has yet to leave."""
        return self.filter(state__in=OWED)


class Message(CompartmentModel):
    """One mail about one entry to one recipient. Its text never changes, but for a digest, which takes others in."""

    entry = models.ForeignKey(Entry, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    topic = models.CharField(
        max_length=200, help_text="The record it is about, INC-1001: what its thread is named by."
    )
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.UPDATE)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    recipient = models.CharField(max_length=254, help_text="The address as it is compared.")
    address = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=12, default="en")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)

    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    available_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    was_resent = models.BooleanField(
        default=False, help_text="The try under way is the second after an uncertain one."
    )
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    late_by_seconds = models.PositiveIntegerField(
        null=True, help_text="How long after the event it was written, where that was more than a minute."
    )
    is_digest = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, db_constraint=False, related_name="merged"
    )

    objects = ScopedManager.from_queryset(MessageQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="mail_customer_id"),
            models.UniqueConstraint(fields=["customer", "entry", "recipient", "channel"], name="mail_once"),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False) | ~Q(state=State.MERGED),
                name="merged_says_into_what",
            ),
        )
        indexes = (
            models.Index(fields=["available_at", "id"], name="mail_owed", condition=Q(state__in=OWED)),
            models.Index(
                fields=["customer", "topic", "recipient", "id"],
                name="mail_thread",
                condition=Q(state__in=OWED),
            ),
            models.Index(
                fields=["user", "id"],
                name="mail_held_back",
                condition=Q(state__in=[State.DIGEST, State.QUIET]),
            ),
            models.Index(fields=["customer", "-id"], name="mail_newest"),
            models.Index(fields=["customer", "state", "-id"], name="mail_by_state"),
            models.Index(
                fields=["recipient", "created_at"], name="mail_alarms", condition=Q(kind=Kind.ALARM)
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} → {self.address}"

    @property
    def journal_kind(self) -> str:
        return "message"

    @property
    def journal_label(self) -> str:
        return f"{self.topic} to {self.address}"


class NoticeQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "NoticeQuerySet":
        """One's own, about tickets one may still see."""
        rows = self.of_customers(actor).filter(user_id=actor.user_id or 0)
        return rows.filter(compartment__in=actor.compartments)

    def waiting(self) -> "NoticeQuerySet":
        """What its reader has not done with yet."""
        return self.filter(done_at=None)


class Notice(CompartmentModel):
    """One entry that one login of the desk should know of, and why: a line of his Inbox until he is done with it."""

    entry = models.ForeignKey(Entry, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, db_index=False, related_name="+")
    reason = models.CharField(max_length=8, choices=Reason)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(NoticeQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "entry", "user"], name="notice_once"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(read_at__isnull=False), name="done_with_is_read"
            ),
        )
        indexes = (
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user", "ticket"], name="notice_waiting", condition=Q(done_at=None)),
            models.Index(fields=["customer", "ticket"], name="notice_of_ticket"),
        )

    def __str__(self) -> str:
        return f"{self.reason} for {self.user_id}"
