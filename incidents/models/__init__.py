"""The rows of incident management."""

from incidents.models.following import StatusSubscription
from incidents.models.incident import Incident
from incidents.models.notices import NoticeService, StatusNotice

__all__ = ["Incident", "NoticeService", "StatusNotice", "StatusSubscription"]
