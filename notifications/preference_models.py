"""What each login wants to hear of, when, and what he is to be left alone with. Rows only where somebody chose."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from customers.models import CompartmentModel, Ownership
from notifications.choices import Channel, Mode, Topic
from tickets.models import Ticket

DIGEST_HOUR = 8


class Preference(models.Model):
    """One cell of one login's matrix that differs from the default: this kind, through this channel, this way."""

    ownership = Ownership.FRAMEWORK
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    topic = models.CharField(max_length=12, choices=Topic)
    channel = models.CharField(max_length=8, choices=Channel)
    mode = models.CharField(max_length=6, choices=Mode)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "topic", "channel"], name="preferred_once"),
            models.CheckConstraint(
                condition=~Q(channel=Channel.INBOX, mode=Mode.DIGEST), name="the_inbox_knows_no_digest"
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} by {self.channel}: {self.mode}"


class Habit(models.Model):
    """One login's hours, in his own time zone: of the daily mail, and the quiet ones."""

    ownership = Ownership.FRAMEWORK
    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    digest_hour = models.PositiveSmallIntegerField(default=DIGEST_HOUR)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(digest_hour__lte=23), name="digest_at_an_hour_of_the_day"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=F("quiet_to"))),
                name="quiet_hours_have_two_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.digest_hour} h, quiet {self.quiet_from} to {self.quiet_to}"


class Mute(models.Model):
    """One kind (empty: everything) of which one login wants to hear nothing until an instant."""

    ownership = Ownership.FRAMEWORK
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    topic = models.CharField(max_length=12, choices=Topic, blank=True)
    until_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "topic"], name="muted_once"),)

    def __str__(self) -> str:
        return f"{self.topic or 'everything'} until {self.until_at}"


class TicketMute(CompartmentModel):
    """One ticket of which one login wants to hear nothing: until an instant, or (null) ever."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "ticket", "user"], name="ticket_muted_once"),
        )

    def __str__(self) -> str:
        return f"{self.ticket_id} by {self.user_id}"


class Digest(models.Model):
    """One day on which one login got his daily mail. Holds no words: what was in it lies with its customers."""

    ownership = Ownership.FRAMEWORK
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    on = models.DateField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "on"], name="one_digest_a_day"),)

    def __str__(self) -> str:
        return f"{self.user_id} on {self.on}"
