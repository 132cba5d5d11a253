"""The words of incident management."""

from django.db import models
from django.utils.translation import gettext_lazy as _

KIND = "incident"


class Code(models.TextChoices):
    """How an incident was resolved (decision 11)."""

    FIXED = "fixed", _("Fixed")
    WORKAROUND = "workaround", _("Worked around")
    KNOWN_ERROR = "known_error", _("Known error")
    BY_CUSTOMER = "by_customer", _("Solved by the customer")
    NO_FAULT = "no_fault", _("No fault found")
    NOT_REPRODUCIBLE = "not_reproducible", _("Not reproducible")
    THIRD_PARTY = "third_party", _("Fixed by a third party")
    NO_ANSWER = "no_answer", _("No answer from the customer")
    DUPLICATE = "duplicate", _("Duplicate")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")


class Effect(models.TextChoices):
    DOWN = "down", _("Down")
    DEGRADED = "degraded", _("Degraded")


class NoticeState(models.TextChoices):
    """How far a disturbance has come, in the words of a status page."""

    INVESTIGATING = "investigating", _("Investigating")
    IDENTIFIED = "identified", _("Cause found")
    MONITORING = "monitoring", _("Working again, being watched")
    RESOLVED = "resolved", _("Resolved")


class NoticeAudience(models.TextChoices):
    """Who reads a published notice: the customers' people after sign-in, or anybody."""

    CUSTOMERS = "customers", _("Customers, signed in")
    WORLD = "world", _("Everybody, without sign-in")
