"""The words of the ticket core, as stored and as shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Phase(models.TextChoices):
    """Where any ticket stands, whatever its process calls its states."""

    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


OPEN_PHASES = (Phase.OPEN, Phase.WAITING)


class Channel(models.TextChoices):
    """How a ticket or message reached us."""

    PORTAL = "portal", _("Portal")
    EMAIL = "email", _("Email")
    PHONE = "phone", _("Phone")
    CHAT = "chat", _("Chat")
    IN_PERSON = "in_person", _("In person")
    MONITORING = "monitoring", _("Monitoring")
    API = "api", _("API")
    DESK = "desk", _("Desk")


SPOKEN = frozenset({Channel.PHONE, Channel.CHAT, Channel.IN_PERSON})  # answered while it was opened


class Origin(models.TextChoices):
    LIVE = "live", _("Worked here")
    IMPORT = "import", _("Imported history")


class HoldKind(models.TextChoices):
    """Why a ticket waits. Which kinds pause a clock is said per target."""

    CUSTOMER = "customer", _("With customer")
    SUPPLIER = "supplier", _("With supplier")
    SCHEDULED = "scheduled", _("Scheduled")
    CHANGE = "change", _("Waiting for change")
    PROBLEM = "problem", _("Waiting for problem")


class Level(models.IntegerChoices):
    """Impact and urgency."""

    HIGH = 1, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 3, _("Low")


class MessageKind(models.TextChoices):
    OPENING = "opening", _("First message")
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class LinkKind(models.TextChoices):
    """What a ticket is to another; read from `ticket` to `other`."""

    DUPLICATE_OF = "duplicate_of", _("duplicate of")
    CHILD_OF = "child_of", _("child of")
    CAUSED_BY = "caused_by", _("caused by")
    RELATED_TO = "related_to", _("related to")
    SOLVED_BY = "solved_by", _("solved by")


class TaskState(models.TextChoices):
    """Where a task of a ticket stands."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class TimeKind(models.TextChoices):
    """What time was spent on."""

    WORK = "work", _("Work")
    CALL = "call", _("Call")
    TRAVEL = "travel", _("Travel")
    MEETING = "meeting", _("Meeting")
    RESEARCH = "research", _("Research")


class FieldType(models.TextChoices):
    """What a custom field holds; it never changes."""

    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    INSTANT = "instant", _("Date and time")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    PERSON = "person", _("Person")
    ITEM = "item", _("Configuration item")
    FLAG = "flag", _("Yes or no")


class RequiredAt(models.TextChoices):
    """When a custom field must be filled in."""

    NEVER = "", _("Never")
    OPEN = "open", _("When the desk opens a ticket")
    RESOLVE = "resolve", _("Before it is resolved")


class VerifyBy(models.TextChoices):
    """How it was made sure that a caller is who he says."""

    CALL_BACK = "call_back", _("Called back on the number we know")
    CODE = "code", _("By a code sent to the address we know")
    MANAGER = "manager", _("The manager vouches")
    IN_PERSON = "in_person", _("In person")


class DraftKind(models.TextChoices):
    """In which editor something was written."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")
    TICKET = "ticket", _("New ticket")
    REPORT = "report", _("Report a fault")


class AfterSend(models.TextChoices):
    """What a reply does to the state of its ticket when it leaves, beyond what every reply does."""

    HOLD = "hold", _("With customer")
    SCHEDULED = "scheduled", _("Scheduled")
    RESUME = "resume", _("In progress")


class Outcome(models.TextChoices):
    """What came of one ticket of a bulk job."""

    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Was so already")
    REFUSED = "refused", _("Refused")
    POSSIBLE = "possible", _("Would be changed")
    UNDONE = "undone", _("Undone")
    KEPT = "kept", _("Could not be undone")
