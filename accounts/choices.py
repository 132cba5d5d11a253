"""The words of teams, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Distribution(models.TextChoices):
    """How a team's new tickets find their assignee among the members who are present."""

    MANUAL = "manual", _("By hand")
    LEAST_LOADED = "least_loaded", _("Who has the fewest open tickets")
    ROUND_ROBIN = "round_robin", _("In turn")


class TurnUnit(models.TextChoices):
    """In what the length of a turn on call is counted."""

    DAYS = "days", _("Days")
    WEEKS = "weeks", _("Weeks")


class Gap(models.TextChoices):
    """Why nobody is on call at a time."""

    NO_ROTA = "no_rota", _("there is no on-call rota")
    NO_MEMBER = "no_member", _("nobody is in the rota")
    NOT_BEGUN = "not_begun", _("the rota has not begun")
    NOT_COVERED = "not_covered", _("outside of the hours of the rota")
    GONE = "gone", _("no longer in the team")
    AWAY = "away", _("away, and nobody stands in")


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
