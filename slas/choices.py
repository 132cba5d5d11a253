"""The words of agreements and clocks, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgreementKind(models.TextChoices):
    """With whom: the customer, a team of our own, a supplier, an internal supplier."""

    SLA = "sla", _("Service level agreement")
    OLA = "ola", _("Operational level agreement")
    UC = "uc", _("Underpinning contract")
    INTERNAL = "internal", _("Internal agreement")


SUPPLIED = (AgreementKind.UC, AgreementKind.INTERNAL)  # kinds that are with a supplier
INNER = (AgreementKind.OLA, *SUPPLIED)  # kinds that customers never hear of


class VersionState(models.TextChoices):
    """The life of a version of an agreement. Whether an agreed one is in force today, its days say."""

    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Waiting for approval")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    AGREED = "agreed", _("Agreed")
    SUPERSEDED = "superseded", _("Replaced")


class Phase(models.TextChoices):
    """Where a version stands on one day: its state, and for an agreed one what its days say."""

    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Waiting for approval")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Replaced")
    APPROVED = "approved", _("Approved, not yet in force")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class Metric(models.TextChoices):
    """What is measured by names that all know; a process declares its own (slas/metrics.py says which run on what).

    `next_response` runs from the oldest customer message without an answer, `next_update` from a promise of news.
    """

    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    RESOLUTION = "resolution", _("Resolution")
    FULFILMENT = "fulfilment", _("Fulfilment")
    NEXT_UPDATE = "next_update", _("Next update")


AT_OPENING = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)  # of an incident: run from its receipt, once
AGAIN = (Metric.NEXT_RESPONSE, Metric.NEXT_UPDATE)  # start whenever there is cause, a cycle each
LIVE = (*AT_OPENING, *AGAIN)


class TimerState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")


LEFT = (TimerState.RUNNING, TimerState.PAUSED)  # states in which a clock may still be moved


class SegmentKind(models.TextChoices):
    """What begins with a segment. `retargeted` changes target or calendar, `backdated` credits time that
    passed before (a merge), `corrected` leaves out what had counted: all three leave the clock in its state."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")
    RETARGETED = "retargeted", _("Moved to another target")
    BACKDATED = "backdated", _("Counted from another receipt")
    CORRECTED = "corrected", _("Corrected")


STAYS = (SegmentKind.RETARGETED, SegmentKind.BACKDATED, SegmentKind.CORRECTED)  # begin no other state


class Cause(models.TextChoices):
    """Why a segment began."""

    OPENED = "opened", _("received")
    SPOKEN = "spoken", _("answered while it was taken down")
    REPLY = "reply", _("public reply")
    ASKED = "asked", _("the customer wrote")
    PROMISED = "promised", _("news was promised")
    UPDATED = "updated", _("news was given")
    BEGUN = "begun", _("it began")
    DONE = "done", _("it was done")
    WITHDRAWN = "withdrawn", _("no more news is owed")
    ACCEPTED = "accepted", _("accepted")
    HOLD = "hold", _("on hold")
    ANSWER = "answer", _("the customer answered")
    UNTIL = "until", _("the arranged time came")
    AGENT = "agent", _("resumed by the desk")
    NOT_WAITING = "not_waiting", _("the customer said that we are not waiting for him")
    RESOLVED = "resolved", _("resolved")
    REOPENED = "reopened", _("reopened")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")
    RETARGETED = "retargeted", _("moved to another target")
    CALENDAR = "calendar", _("business hours changed")
    AGREEMENT = "agreement", _("a new version of the agreement came into force")
    MERGED = "merged", _("merged")
    UNMERGED = "unmerged", _("taken out of a merge")
    LIVE = "live", _("taken over from another tool")
    CORRECTED = "corrected", _("corrected by agreement")
    HANDED_OVER = "handed_over", _("came into these hands")
    HANDED_ON = "handed_on", _("went into other hands")


class Counting(models.TextChoices):
    """In which time an offset of a step counts."""

    BUSINESS = "business", _("Business time")
    ELAPSED = "elapsed", _("Elapsed time")


class CalendarSource(models.TextChoices):
    """Who brought the calendar, in the order in which they are asked."""

    TARGET = "target", _("the target")
    SITE = "site", _("the site")
    AGREEMENT = "agreement", _("the agreement")


class Outcome(models.TextChoices):
    """What came of a step."""

    NOTIFIED = "notified", _("Told")
    REASSIGNED = "reassigned", _("Given to another team")
    REFUSED = "refused", _("Could not be given to another team")


MOST_PERCENT = 1000  # of a target, at which a step may come
MOST_OFFSET = 366 * 24 * 3600  # seconds before or after due
ON_CALL = "on_call"  # who of the ticket's team is on call when the step fires; nobody: its leads
AUDIENCE = ("assignee", "team", "lead", ON_CALL)  # whom a step may tell, beside the names of roles


class Verdict(models.TextChoices):
    """What a second person decided about a correction; blank while it waits."""

    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class BreachCategory(models.TextChoices):
    """Where the time of a missed target went, in the words of who explains it."""

    OURS = "ours", _("Our own work")
    SUPPLIER = "supplier", _("A supplier")
    CUSTOMER = "customer", _("The customer")
    DEMAND = "demand", _("More work than agreed")
    TARGET = "target", _("The target does not fit")
    OTHER = "other", _("Something else")


class GapState(models.TextChoices):
    """What becomes of a target that inner agreements cannot keep."""

    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    RESOLVED = "resolved", _("Gone")
