"""The words of what the desk does by itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Method(models.TextChoices):
    """By what a new ticket got its team."""

    RULE = "rule", _("A rule")
    SERVICE = "service", _("The service's team")
    TRIAGE = "triage", _("Triage")
    CHOSEN = "chosen", _("Chosen when it was opened")


class Frequency(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")


class MonthDay(models.TextChoices):
    """On which day of a month a monthly ticket is opened."""

    DATE = "date", _("On a date")
    WEEKDAY = "weekday", _("On an nth weekday")
    WORKING_DAY = "working_day", _("On an nth working day, Monday to Friday")


class CatchUp(models.TextChoices):
    """What happens to occurrences whose time passed while nothing ran."""

    ALL = "all", _("Open each that was missed")
    LAST = "last", _("Open the last one only")
    NONE = "none", _("Leave out what is more than an hour late")


class Outcome(models.TextChoices):
    OPENED = "opened", _("Opened")
    SKIPPED = "skipped", _("Left out")
    REFUSED = "refused", _("Refused")


WEEKDAYS = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
    (5, _("Saturday")), (6, _("Sunday")),
)  # fmt: skip
