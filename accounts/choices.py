"""The words of teams, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Distribution(models.TextChoices):
    """How a team's new tickets find their assignee among the members who are present."""

    MANUAL = "manual", _("By hand")
    LEAST_LOADED = "least_loaded", _("Who has the fewest open tickets")
    ROUND_ROBIN = "round_robin", _("In turn")
