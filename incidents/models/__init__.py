"""The rows of incident management."""

from incidents.models.codes import ResolutionCode
from incidents.models.following import StatusSubscription
from incidents.models.guests import GuestReport, GuestState
from incidents.models.incident import Incident
from incidents.models.major import MajorDecision, MajorIncident, MajorUpdate
from incidents.models.notices import NoticeService, StatusNotice
from incidents.models.procedure import MajorProcedure, TopManager, UpdateTemplate

__all__ = [
    "GuestReport",
    "GuestState",
    "Incident",
    "MajorDecision",
    "MajorIncident",
    "MajorProcedure",
    "MajorUpdate",
    "NoticeService",
    "ResolutionCode",
    "StatusNotice",
    "StatusSubscription",
    "TopManager",
    "UpdateTemplate",
]
