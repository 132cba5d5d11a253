"""The REST door to one's own Inbox."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.rest import doors
from core.rest.fields import Instant, Reference
from core.rest.records import Record
from notifications import actions, queries
from notifications.models import Notice


class NoticeRecord(Record):
    """One thing that wants the caller."""

    id = serializers.IntegerField()
    ticket = Reference(key="number", name="title")
    reason = serializers.CharField(help_text="mention, assigned, reply, task, clock or watched.")
    event = serializers.CharField(source="entry.name", help_text="The entry's name, incident.replied.")
    at = Instant()
    read_at = Instant()
    done_at = Instant()


class Notices(doors.Lists, doors.Reads, doors.Door):
    """What waits in the caller's own Inbox, newest first."""

    resource = "me"
    model = Notice
    record = NoticeRecord
    order = queries.ORDER

    def rows(self) -> QuerySet:
        return queries.notices(self.actor)

    @extend_schema(request=None, responses={204: None})
    def read_all(self, _request: Request, **_named: Any) -> Response:
        """Note that one has seen what the Inbox says of this notice's ticket."""
        actions.mark_read(self.get_object().ticket, by=self.actor, at=self.at)
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def finish(self, _request: Request, **_named: Any) -> Response:
        """Be done with this notice, and with all older ones about its ticket."""
        actions.finish(self.get_object(), by=self.actor, at=self.at)
        return Response(status=204)
