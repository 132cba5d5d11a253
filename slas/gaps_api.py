"""The REST door to gaps: where inner agreements do not fit into what a customer was promised."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries
from accounts.api import UserKey
from core.rest import doors
from core.rest.fields import Flag, Instant, Reference, Text
from core.rest.records import Input, Record
from slas import fitting
from slas.choices import GapState
from slas.models import Gap


class GapRecord(Record):
    """One target that an inner agreement may overrun."""

    id = serializers.IntegerField()
    customer = Reference()
    outer_agreement = Reference(source="outer", key="id", help_text="The agreement with the customer.")
    outer_version = serializers.IntegerField()
    outer_seconds = serializers.IntegerField(source="outer_target.seconds")
    priority = serializers.IntegerField(
        source="outer_target.priority", allow_null=True, help_text="null: any."
    )
    inner_agreement = Reference(source="inner", key="id", help_text="The agreement that takes longer.")
    inner_version = serializers.IntegerField()
    inner_seconds = serializers.IntegerField(source="inner_target.seconds")
    through = Reference(key="id", help_text="The team's agreement before it, where the two add up.")
    over_seconds = serializers.IntegerField(help_text="At the worst moment to begin.")
    state = serializers.CharField(help_text="open, accepted or resolved.")
    found_at = Instant()
    owner = Reference(key="id")
    decision = serializers.CharField()
    decided_by = serializers.CharField(source="decided_label")
    decided_at = Instant()
    resolved_at = Instant()


class GapDecisionInput(Input):
    """Who owns a gap, and what is done about it."""

    owner = UserKey(queries.desk_users, key="id", what="login")
    decision = Text(max_length=fitting.MOST)
    is_accepted = Flag(required=False)


class Gaps(doors.Lists, doors.Reads, doors.Door):
    """Gaps between agreements, newest last; `?state=open,accepted` for those that are there."""

    resource = "agreements"
    model = Gap
    record: ClassVar[type[Record]] = GapRecord
    order = ("id",)
    filters: ClassVar[dict[str, Any]] = {
        "customer": lambda value, _actor: Q(customer__slug__in=value.split(",")),
        "state": lambda value, _actor: Q(
            state__in=[one for one in value.split(",") if one in GapState.values]
        ),
    }

    def rows(self) -> QuerySet:
        rows = Gap.objects.visible_to(self.actor)
        return rows.select_related(
            "customer", "outer", "inner", "through", "owner", "outer_target", "inner_target"
        )

    @extend_schema(request=GapDecisionInput, responses=GapRecord, operation_id="gaps_decide")
    def decide(self, _request: Request, **_named: Any) -> Response:
        """Give it an owner and say what is done about it."""
        row = self.get_object()
        fitting.decide_gap(row, by=self.actor, at=self.at, **self.read(GapDecisionInput))
        return self.answer(self.rows().get(pk=row.pk))
