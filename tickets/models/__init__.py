"""The rows of the ticket core, by topic."""

from tickets.models.bulk import BulkChange
from tickets.models.conversation import Attachment, Message, Upload
from tickets.models.custom import CustomField, CustomFieldVersion, FieldValue
from tickets.models.drafting import Draft, PendingSend
from tickets.models.life import LifeRule, Merge, Participant, Watcher
from tickets.models.reference import HoldReason, Matrix, Priority
from tickets.models.relations import AffectedItem, Dismissal, ExternalReference, Handover, Link
from tickets.models.survey import Answer, Survey
from tickets.models.tasks import TaskItem, TicketTask
from tickets.models.ticket import FAR, Ticket
from tickets.models.time import TimeEntry
from tickets.models.verification import CallerVerification, VerificationCode
from tickets.models.views import SavedView, TicketRead, ViewStar

__all__ = [
    "FAR",
    "AffectedItem",
    "Answer",
    "Attachment",
    "BulkChange",
    "CallerVerification",
    "CustomField",
    "CustomFieldVersion",
    "Dismissal",
    "Draft",
    "ExternalReference",
    "FieldValue",
    "Handover",
    "HoldReason",
    "LifeRule",
    "Link",
    "Matrix",
    "Merge",
    "Message",
    "Participant",
    "PendingSend",
    "Priority",
    "SavedView",
    "Survey",
    "TaskItem",
    "Ticket",
    "TicketRead",
    "TicketTask",
    "TimeEntry",
    "Upload",
    "VerificationCode",
    "ViewStar",
    "Watcher",
]
