"""The REST door to the clocks of a ticket."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from calendars.versions import BusinessTime
from core.actor import Actor
from core.rest import doors
from core.rest.fields import Instant, Reference
from core.rest.records import Record
from customers import scoping
from slas import clocks, explaining, queries, reckoning
from slas.models import Segment, Timer
from tickets import policy
from tickets.api.parts import Part
from tickets.models import Ticket


class SegmentRecord(serializers.Serializer):
    kind = serializers.CharField(help_text="running or paused.")
    cause = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField(source="by_label")

    def get_fields(self) -> dict[str, serializers.Field]:
        ends = {"from": Instant(source="from_at"), "to": Instant(source="to_at")}
        return {**ends, **super().get_fields()}


class TimerRecord(Record):
    """One clock of a ticket."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    metric = serializers.CharField()
    cycle = serializers.IntegerField()
    team = Reference(help_text="Whose hands it measures, for an OLA.")
    supplier = Reference(key="id", help_text="Whose hands it measures, for a contract.")
    agreement = Reference(key="id")
    state = serializers.CharField(help_text="running, paused, stopped or cancelled.")
    verdict = serializers.CharField(allow_null=True, help_text="null, met or breached.")
    started_at = Instant()
    due_at = Instant(help_text="null while it is paused.")
    breached_at = Instant()
    stopped_at = Instant()
    target_seconds = serializers.IntegerField()
    used_seconds = serializers.SerializerMethodField()
    remaining_seconds = serializers.SerializerMethodField(help_text="Below 0 when overdue.")
    segments = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField(help_text="Sentences.")

    def get_used_seconds(self, row: Timer) -> int:
        reading = clocks.reading_of(row, self._hours(row))
        return int(reckoning.used_by(reading, max(self.context["at"], row.used_at)).total_seconds())

    def get_remaining_seconds(self, row: Timer) -> int:
        return row.target_seconds - self.get_used_seconds(row)

    def get_segments(self, row: Timer) -> list[dict[str, Any]]:
        return list(SegmentRecord(queries.stretches(row), many=True).data)

    def get_explanation(self, row: Timer) -> list[str]:
        return explaining.desk_sentences(row, at=self.context["at"], hours=self._hours(row))

    def _hours(self, row: Timer) -> BusinessTime:
        return self.context["hours"][row.pk]


class Timers(doors.Lists, Part):
    """The clocks of a ticket, each with its stretches and its explanation. A customer's people see none."""

    model = Timer
    record = TimerRecord
    order = ("metric", "cycle", "id")

    def rows(self) -> QuerySet:
        rows = _timers([self.ticket], self.actor)
        return rows if policy.sees_inside(self.actor, self.ticket) else rows.none()

    def represent(self, rows: Iterable[Any], shape: type[Record] | None = None) -> list[dict[str, Any]]:
        self.shown = list(rows)
        return super().represent(self.shown, shape)

    def get_serializer_context(self) -> dict[str, Any]:
        shown = getattr(self, "shown", [])
        return {**super().get_serializer_context(), "at": self.at, "hours": queries.hours_of(shown)}


def expand_timers(tickets: Sequence[Ticket], actor: Actor) -> dict[int, list[dict[str, Any]]]:
    """The clocks of every ticket of a page; for a customer's people none."""
    seen = [one for one in tickets if policy.sees_inside(actor, one)]
    rows = list(_timers(seen, actor).order_by("metric", "cycle", "id")) if seen else []
    context = {"actor": actor, "at": scoping.current().at, "hours": queries.hours_of(rows)}
    found = defaultdict(list)
    for row, one in zip(rows, TimerRecord(rows, many=True, context=context).data, strict=True):
        found[row.ticket_id].append(dict(one))
    return {one.pk: found[one.pk] for one in tickets}


def _timers(tickets: Sequence[Ticket], actor: Actor) -> QuerySet:
    """Clocks with all that their record shows. Customers are named, for the indexes."""
    customers = {one.customer_id for one in tickets}
    own = Timer.objects.visible_to(actor).filter(
        customer_id__in=customers, ticket_id__in=[one.pk for one in tickets]
    )
    segments = Prefetch("segments", Segment.objects.filter(customer_id__in=customers).order_by("id"))
    return own.select_related("agreement", "target", "calendar", "team", "supplier").prefetch_related(
        segments
    )
