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


OWED = (State.QUEUED, State.SENDING, State.UNCERTAIN)


class Kind(models.TextChoices):
    """What a message is for: alarms are the ones that are bundled when they come in storms."""

    UPDATE = "update", _("Update")
    ALARM = "alarm", _("Alarm")


class Channel(models.TextChoices):
    EMAIL = "email", _("Email")
