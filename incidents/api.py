"""The REST door to major incidents, and to the notices that are published about disturbances."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.rest import doors
from core.rest.fields import Instant
from core.rest.records import Record
from incidents.major import queries
from incidents.models import MajorDecision, MajorIncident, MajorUpdate, StatusNotice
from tickets import policy
from tickets.api.parts import Part


class UpdateRecord(Record):
    """One text of one update, for one audience."""

    audience = serializers.CharField(help_text="public, desk or management.")
    text = serializers.CharField()
    stage = serializers.CharField()
    told = serializers.IntegerField(help_text="How many people got it.")
    at = Instant()
    next_update_at = Instant()
    by = serializers.CharField(source="by_label")


class DecisionRecord(Record):
    text = serializers.CharField()
    at = Instant()
    by = serializers.CharField(source="by_label")


class MajorRecord(Record):
    """A major incident as its room shows it."""

    title = serializers.CharField()
    stage = serializers.CharField(help_text="declared, identified, monitoring, resolved or review.")
    reach = serializers.CharField(help_text="linked, service or everyone.")
    procedure_version = serializers.IntegerField()
    declared_at = Instant()
    withdrawn_at = Instant()
    withdraw_reason = serializers.CharField()
    lead = serializers.SerializerMethodField()
    communications = serializers.SerializerMethodField()
    technical = serializers.SerializerMethodField()
    impact = serializers.CharField()
    cause = serializers.CharField()
    report = serializers.CharField()
    reported_at = Instant()
    findings = serializers.CharField()
    actions = serializers.CharField()
    reviewed_at = Instant()

    def get_lead(self, row: MajorIncident) -> dict[str, Any] | None:
        return _person(row.lead)

    def get_communications(self, row: MajorIncident) -> dict[str, Any] | None:
        return _person(row.communications)

    def get_technical(self, row: MajorIncident) -> dict[str, Any] | None:
        return _person(row.technical)


class Major(Part):
    """The major incident of a ticket: roles, updates, decisions, report, review. A customer's people see none."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def show(self, request: Request, **kwargs: Any) -> Response:
        """What its room shows; 404 for a ticket that never was one."""
        ticket, context = self.ticket, self.get_serializer_context()
        own = {"customer_id": ticket.customer_id, "ticket": ticket}
        rows = MajorIncident.objects.filter(**own).select_related("lead", "communications", "technical")
        major = rows.first()
        if major is None or not policy.sees_inside(self.actor, ticket):
            raise doors.nothing_here()
        updates = MajorUpdate.objects.filter(**own).order_by("id")
        decisions = MajorDecision.objects.filter(**own).order_by("id")
        linked = queries.children(ticket, self.actor).values_list("number", flat=True)
        return Response(
            {
                "number": ticket.number,
                **MajorRecord(major, context=context).data,
                "next_update_at": Instant().to_representation(ticket.update_due_at)
                if ticket.update_due_at
                else None,
                "linked": list(linked),
                "updates": UpdateRecord(updates, many=True, context=context).data,
                "decisions": DecisionRecord(decisions, many=True, context=context).data,
            }
        )


class StatusNoticeRecord(Record):
    """One published word on one disturbance; `thread` ties those on the same one together."""

    id = serializers.IntegerField()
    thread = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.CharField(help_text="investigating, identified, monitoring or resolved.")
    text = serializers.CharField()
    audience = serializers.CharField(help_text="customers or world.")
    published_at = Instant()
    next_update_at = Instant()


class StatusNotices(doors.Reads, doors.Lists, doors.Door):
    """What was published about disturbances to the caller's customers, and to everybody. Newest first."""

    resource = "incidents"
    model = StatusNotice
    record = StatusNoticeRecord
    order = ("-id",)

    def rows(self) -> QuerySet:
        return StatusNotice.objects.visible_to(self.actor).filter(published_at__lte=self.at)


def _person(user: Any) -> dict[str, Any] | None:
    return {"key": user.pk, "name": str(user)} if user else None
