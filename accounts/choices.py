"""The words of teams, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Distribution(models.TextChoices):
    """How a team's new tickets find their assignee among the members who are present."""

    MANUAL = "manual", _("By hand")
    LEAST_LOADED = "least_loaded", _("Who has the fewest open tickets")
    ROUND_ROBIN = "round_robin", _("In turn")


class Theme(models.TextChoices):
    SYSTEM = "", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMFORTABLE = "", _("Comfortable")
    COMPACT = "compact", _("Compact")
    ROOMY = "roomy", _("Roomy")


class OutboxSeconds(models.IntegerChoices):
    """How long a reply of the desk can be taken back."""

    SHORT = 5, _("5 seconds")
    NORMAL = 10, _("10 seconds")
    LONG = 20, _("20 seconds")
    LONGEST = 60, _("60 seconds")
