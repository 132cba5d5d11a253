"""The REST door to agreements, and to the clocks of a ticket."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import visible_customers
from calendars.api import visible_calendars
from calendars.versions import BusinessTime
from catalogue.api import visible_categories, visible_services, visible_teams
from core.actor import Actor
from core.rest import doors
from core.rest.fields import Choice, Day, Instant, Reference, Text, Whole, reference
from core.rest.records import Input, Record
from customers import scoping
from slas import actions, clocks, explaining, queries, reckoning
from slas.choices import AgreementKind, Counting
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement, AgreementService, Segment, Step, Target, Timer
from tickets import policy
from tickets.api.parts import Part
from tickets.models import Ticket

EVERY = "all"


def visible_agreements(actor: Actor) -> QuerySet:
    """Agreements as the desk sees them; a customer's people see none."""
    rows = queries.agreements(actor)
    return rows if actor.is_inside else rows.none()


# What an agreement looks like.


class StepRecord(serializers.Serializer):
    percent = serializers.IntegerField(
        help_text="Of the target; 100 = due. Null where offset_seconds says when."
    )
    offset_seconds = serializers.IntegerField(help_text="Before (negative) or after due.")
    counting = serializers.CharField(help_text="business or elapsed.")
    notify = serializers.ListField(
        child=serializers.CharField(), help_text="assignee, team, lead, or a role."
    )
    reassign_to = Reference()


class TargetRecord(serializers.Serializer):
    metric = serializers.CharField()
    ticket_kind = serializers.CharField(help_text="Blank: any.")
    priority = serializers.IntegerField(help_text="Null: any.")
    category = Reference()
    seconds = serializers.IntegerField()
    calendar = Reference(key="id")
    pauses_on = serializers.ListField(child=serializers.CharField())
    steps = StepRecord(source="steps.all", many=True)


class AgreementRecord(Record):
    """One agreement with the targets of its present version."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    customer = Reference(help_text="null: the best effort that always matches.")
    services = serializers.SerializerMethodField(help_text="[{key, name}], or “all”.")
    based_on = Reference(key="id")
    calendar = Reference(key="id")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    targets = TargetRecord(source="shown_targets", many=True)
    version = serializers.IntegerField()

    def get_services(self, row: Agreement) -> Any:
        return EVERY if row.covers_all else [reference(one) for one in row.shown_services]


# What may be written.


class Notified(serializers.ListField):
    """Whom a step tells: a list, or one name alone."""

    child = Text(max_length=24)

    def to_internal_value(self, data: Any) -> list[str]:
        return super().to_internal_value([data] if isinstance(data, str) else data)


class StepInput(Input):
    percent = Whole(required=False, allow_null=True)
    offset_seconds = Whole(required=False, allow_null=True)
    counting = Choice(choices=Counting.choices, required=False)
    notify = Notified(required=False, max_length=20)
    reassign_to = Reference(visible_teams, what="team", required=False, allow_null=True)


class TargetInput(Input):
    metric = Text(max_length=24)
    seconds = Whole(max_value=2**31 - 1)
    priority = Whole(min_value=1, max_value=99, required=False, allow_null=True)
    ticket_kind = Text(max_length=20, required=False, allow_blank=True)
    category = Reference(visible_categories, what="category", required=False, allow_null=True)
    calendar = Reference(visible_calendars, key="id", what="calendar", required=False, allow_null=True)
    pauses_on = serializers.ListField(child=Text(max_length=12), required=False, max_length=10)
    steps = StepInput(many=True, required=False, max_length=50)

    def validate(self, attrs: dict[str, Any]) -> TargetDraft:
        steps = tuple(StepDraft(**one) for one in attrs.pop("steps", []))
        return TargetDraft(**attrs, steps=steps)


@extend_schema_field({"oneOf": [{"const": EVERY}, {"type": "array", "items": {"type": "string"}}]})
class Services(serializers.Field):
    """Slugs of services, or `all`."""

    default_error_messages = {
        "invalid": _("This is “all” or a list of slugs."),
        "empty": _("Name at least one service."),
    }

    def to_internal_value(self, data: Any) -> list[Any] | None:
        if data == EVERY:
            return None
        if not isinstance(data, list) or len(data) > 1_000:
            self.fail("invalid")
        one = Reference(visible_services, what="service")
        one.bind("services", self.parent)
        return [one.run_validation(slug) for slug in data]


class AgreementInput(Input):
    customer = Reference(visible_customers, what="customer")
    name = Text(max_length=120, required=False, help_text="Made from kind and customer where it is left out.")
    kind = Choice(choices=AgreementKind.choices, required=False)
    services = Services(required=False)
    based_on = Reference(visible_agreements, key="id", what="agreement", required=False, allow_null=True)
    calendar = Reference(visible_calendars, key="id", what="calendar")
    valid_from = Day(required=False, allow_null=True)
    valid_to = Day(required=False, allow_null=True)
    targets = TargetInput(many=True, max_length=500)
    reason = Text(max_length=300, required=False, allow_blank=True)


class AgreementChange(AgreementInput):
    customer = None
    kind = None
    calendar = Reference(visible_calendars, key="id", what="calendar", required=False)
    targets = TargetInput(
        many=True, required=False, max_length=500, help_text="All of them: these replace the others."
    )


class Agreements(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Agreements on service levels. A change is a new version; clocks that run keep the one they started by."""

    resource = "agreements"
    model = Agreement
    record, input, change = AgreementRecord, AgreementInput, AgreementChange
    order = ("name", "id")
    filters = {
        "customer": lambda value, _actor: Q(customer__slug__in=value.split(",")),
        "kind": lambda value, _actor: Q(kind__in=value.split(",")),
    }

    def rows(self) -> QuerySet:
        return visible_agreements(self.actor)

    def represent(self, rows: Iterable[Any], shape: type[Record] | None = None) -> list[dict[str, Any]]:
        rows = list(rows)
        _show_parts(rows)
        return super().represent(rows, shape)

    def make(self, values: dict[str, Any]) -> Agreement:
        reason = values.pop("reason", "")
        values.setdefault("name", self._free_name(values))
        draft = AgreementDraft(**{"services": None, **values})
        return actions.create_agreement(draft, by=self.actor, at=self.at, reason=reason)

    def alter(self, row: Agreement, values: dict[str, Any], version: int | None) -> None:
        reason = values.pop("reason", "")
        actions.change_agreement(
            row, by=self.actor, at=self.at, fields=values, version=version, reason=reason
        )

    def _free_name(self, values: dict[str, Any]) -> str:
        kind = values.get("kind", AgreementKind.SLA).upper()
        base = f"{kind} {values['customer'].name}"[:110]
        taken = set(self.rows().filter(customer=values["customer"]).values_list("name", flat=True))
        names = (base, *(f"{base} {number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


def _show_parts(rows: Sequence[Agreement]) -> None:
    """Put on each agreement the targets of its version and the services it lists: four queries for a page."""
    wanted = Q(pk=None)
    for row in rows:
        wanted |= Q(agreement=row, version=row.version)
    steps = Prefetch("steps", Step.objects.select_related("reassign_to").order_by("position"))
    targets, services = defaultdict(list), defaultdict(list)
    found = Target.objects.filter(wanted).select_related("category", "calendar").prefetch_related(steps)
    for one in found.order_by("id"):
        targets[one.agreement_id].append(one)
    listed = AgreementService.objects.filter(agreement__in=rows).select_related("service")
    for one in listed.order_by("service__slug"):
        services[one.agreement_id].append(one.service)
    for row in rows:
        row.shown_targets, row.shown_services = targets[row.pk], services[row.pk]


# Clocks.


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
    return own.select_related("agreement", "target", "calendar").prefetch_related(segments)
