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


class Stage(models.TextChoices):
    """How far the work on a major incident has come, as its room says it."""

    DECLARED = "declared", _("Declared")
    IDENTIFIED = "identified", _("Cause found")
    MONITORING = "monitoring", _("Being watched")
    RESOLVED = "resolved", _("Resolved")
    REVIEW = "review", _("Reviewed")


WORKING = (Stage.DECLARED, Stage.IDENTIFIED, Stage.MONITORING)  # stages in which service is not restored


class Reach(models.TextChoices):
    """To whom a major incident's public notices go."""

    LINKED = "linked", _("Customers with a linked ticket")
    SERVICE = "service", _("Every customer of the service")
    EVERYONE = "everyone", _("Everybody, the public status page too")


class UpdateAudience(models.TextChoices):
    """For whom one text of an update is."""

    PUBLIC = "public", _("Customers")
    DESK = "desk", _("The desk")
    MANAGEMENT = "management", _("Top management")


class Occasion(models.TextChoices):
    """When a text template is taken."""

    FIRST = "first", _("First notice")
    UPDATE = "update", _("Update")
    RESOLVED = "resolved", _("Resolved")
    WITHDRAWN = "withdrawn", _("Withdrawn")
