"""The words of this room, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message stands. Only `sent` and `stored` are ends that nobody needs to look at."""

    QUEUED = "queued", _("To be sent")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    UNCERTAIN = "uncertain", _("Perhaps sent")
    DEAD = "dead", _("Given up")
    STORED = "stored", _("Stored, never sent")
    MERGED = "merged", _("Sent inside a digest")
    DIGEST = "digest", _("Waits for the daily mail")
    QUIET = "quiet", _("Waits for the end of quiet hours")


OWED = (State.QUEUED, State.SENDING, State.UNCERTAIN)


class Kind(models.TextChoices):
    """What a message is for: alarms are the ones that are bundled when they come in storms."""

    UPDATE = "update", _("Update")
    ALARM = "alarm", _("Alarm")


class Channel(models.TextChoices):
    EMAIL = "email", _("Email")
    INBOX = "inbox", _("Inbox")


class Mode(models.TextChoices):
    """How one kind of notification comes through one channel."""

    NOW = "now", _("At once")
    DIGEST = "digest", _("In the daily mail")
    OFF = "off", _("Not at all")


class Topic(models.TextChoices):
    """What a notification is about, as people choose it: a line of the matrix."""

    ASSIGNED = "assigned", _("A ticket is given to me or my team")
    REPLIED = "replied", _("The customer has answered, or it is open again")
    MOVED = "moved", _("A ticket of mine goes on: a wait ended, the supplier answered")
    MENTIONED = "mentioned", _("Somebody names me in a note")
    WATCHED = "watched", _("A ticket that I watch has changed")
    TEAM_NEW = "team_new", _("A new ticket has come to my team")
    TASK = "task", _("A task is given to me or my team")
    CLOCK = "clock", _("A clock of a ticket warns or has run out")
    ESCALATED = "escalated", _("Somebody escalates a ticket to me")
    MAJOR = "major", _("Major incidents")
    QUALITY = "quality", _("A low rating, a lowered priority")
    RECEIPT = "receipt", _("My request has come in")
    ANSWER = "answer", _("There is an answer or a question to my request")
    RESOLVED = "resolved", _("My request is solved")
    CLOSED = "closed", _("My request is closed, cancelled or merged")
    SURVEY = "survey", _("The question how it went, in the last mail")


class Reason(models.TextChoices):
    """Why something stands in somebody's Inbox; the first that fits is kept."""

    MENTION = "mention", _("Mentioned you")
    ASSIGNED = "assigned", _("Given to you")
    REPLY = "reply", _("Answer on your ticket")
    TASK = "task", _("Task for you")
    CLOCK = "clock", _("Clock")
    WATCHED = "watched", _("News on what you watch")
