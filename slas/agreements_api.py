"""The REST door to agreements: their versions as documents, and what both sides say to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import visible_customers
from approvals.choices import Side
from calendars.api import visible_calendars
from catalogue.api import visible_categories, visible_requirements, visible_services, visible_teams
from cmdb import api as cmdb
from core.actor import Actor
from core.rest import doors
from core.rest.fields import Choice, Day, Flag, Instant, Reference, Text, Whole, reference
from core.rest.records import Input, Record
from customers.models import Organization
from slas import actions, agreeing, documents, others
from slas.choices import AgreementKind, Counting
from slas.drafts import AgreementDraft, LimitDraft, StepDraft, TargetDraft
from slas.models import Agreement, AgreementService, AnsweredRequirement, Step, Target, WorkloadLimit

EVERY = "all"


def visible_agreements(actor: Actor) -> QuerySet:
    """Agreements as the desk sees them; of a customer's people, who approves for him sees those with him."""
    if actor.is_inside:
        return documents.agreements(actor)
    return others.of_customers(actor, [one for one in actor.grants if one is not None])


def visible_suppliers(actor: Actor) -> QuerySet:
    """Organizations that the provider works with: for the desk only."""
    rows = Organization.objects.visible_to(actor)
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


class TargetRecord(Record):
    inner = ("steps",)
    metric = serializers.CharField()
    ticket_kind = serializers.CharField(help_text="Blank: any.")
    priority = serializers.IntegerField(help_text="Null: any.")
    category = Reference()
    item_type = Reference(help_text="Of a configuration item that is affected; null: any.")
    seconds = serializers.IntegerField()
    calendar = Reference(key="id")
    pauses_on = serializers.ListField(child=serializers.CharField())
    steps = StepRecord(source="steps.all", many=True)


class LimitRecord(serializers.Serializer):
    most = serializers.IntegerField(help_text="Tickets opened in a calendar month.")
    ticket_kind = serializers.CharField(help_text="Blank: any.")
    priority = serializers.IntegerField(help_text="Null: any.")


class ApprovalRecord(serializers.Serializer):
    """What one side was asked about the latest version, and said."""

    side = serializers.CharField()
    verdict = serializers.CharField(help_text="pending, approved, declined or void.")
    person = serializers.CharField(source="decided_label")
    at = Instant(source="decided_at")
    comment = serializers.CharField()
    evidence = serializers.CharField(help_text="Where it was signed, if not here.")


class VersionRecord(serializers.Serializer):
    """One version in short."""

    number = serializers.IntegerField()
    phase = serializers.CharField(
        help_text="draft, offered, declined, withdrawn, superseded, approved, active or ended: today."
    )
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    agreed_at = Instant()


class AgreementRecord(Record):
    """One agreement as its latest version says, whether agreed or not; `versions` lists the others. A customer's people
    read the latest that was offered or agreed."""

    inner = ("team", "supplier", "based_on")
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    customer = Reference(
        help_text="null: the best effort that always matches, or an inner agreement for all."
    )
    team = Reference(help_text="The other side of an OLA.")
    supplier = Reference(key="id", help_text="The other side of a contract.")
    phase = serializers.CharField(source="shown_phase", help_text="Of the latest version, today.")
    services = serializers.SerializerMethodField(help_text="[{key, name}], or “all”.")
    based_on = Reference(source="latest.based_on", key="id")
    calendar = Reference(source="latest.calendar", key="id")
    valid_from = serializers.DateField(source="latest.valid_from")
    valid_to = serializers.DateField(source="latest.valid_to")
    moves_running = serializers.BooleanField(source="latest.moves_running")
    scope = serializers.CharField(source="latest.scope")
    responsibilities = serializers.CharField(source="latest.responsibilities")
    limits = LimitRecord(source="shown_limits", many=True)
    no_limits_reason = serializers.CharField(source="latest.no_limits_reason")
    exceptions = serializers.CharField(source="latest.exceptions")
    no_exceptions_reason = serializers.CharField(source="latest.no_exceptions_reason")
    requirements = serializers.SerializerMethodField(help_text="[{key, name}]: what it answers.")
    targets = TargetRecord(source="shown_targets", many=True)
    approvals = ApprovalRecord(source="shown_approvals", many=True)
    versions = VersionRecord(source="shown_versions", many=True)
    version = serializers.IntegerField()

    def get_services(self, row: Agreement) -> Any:
        return EVERY if row.latest.covers_all else [reference(one) for one in row.shown_services]

    def get_requirements(self, row: Agreement) -> list[dict[str, Any]]:
        return [reference(one, "key", "title") for one in row.shown_requirements]


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
    item_type = Reference(cmdb.types, what="type", required=False, allow_null=True)
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


class LimitInput(Input):
    most = Whole(max_value=2**31 - 1)
    ticket_kind = Text(max_length=20, required=False, allow_blank=True)
    priority = Whole(min_value=1, max_value=99, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> LimitDraft:
        return LimitDraft(**attrs)


class AgreementInput(Input):
    customer = Reference(
        visible_customers, what="customer", required=False, allow_null=True,
        help_text="Whom an SLA is with. Inner agreements without one hold for all customers.",
    )  # fmt: skip
    name = Text(max_length=120, required=False, help_text="Made from kind and party where it is left out.")
    kind = Choice(choices=AgreementKind.choices, required=False)
    team = Reference(visible_teams, what="team", required=False, allow_null=True)
    supplier = Reference(visible_suppliers, key="id", what="supplier", required=False, allow_null=True)
    services = Services(required=False)
    based_on = Reference(visible_agreements, key="id", what="agreement", required=False, allow_null=True)
    calendar = Reference(visible_calendars, key="id", what="calendar")
    valid_from = Day(required=False, allow_null=True)
    valid_to = Day(required=False, allow_null=True)
    moves_running = Flag(required=False)
    scope = Text(max_length=20_000, required=False, allow_blank=True)
    responsibilities = Text(max_length=20_000, required=False, allow_blank=True)
    limits = LimitInput(many=True, required=False, max_length=100)
    no_limits_reason = Text(max_length=300, required=False, allow_blank=True)
    exceptions = Text(max_length=20_000, required=False, allow_blank=True)
    no_exceptions_reason = Text(max_length=300, required=False, allow_blank=True)
    requirements = serializers.ListField(
        child=Reference(visible_requirements, key="id", name="title", what="requirement"), required=False,
        max_length=200, help_text="Ids of service requirements that it answers.",
    )  # fmt: skip
    targets = TargetInput(many=True, max_length=500)
    reason = Text(max_length=300, required=False, allow_blank=True)


class AgreementChange(AgreementInput):
    customer = None
    kind = None
    team = None
    supplier = None
    calendar = Reference(visible_calendars, key="id", what="calendar", required=False)
    targets = TargetInput(
        many=True, required=False, max_length=500, help_text="All of them: these replace the others."
    )


class DecisionInput(Input):
    """One side's answer. Where it was given on paper: who signed, and where that is."""

    side = Choice(choices=Side.choices)
    comment = Text(max_length=2_000, required=False, allow_blank=True)
    signed_by = Text(max_length=200, required=False, allow_blank=True)
    evidence = Text(max_length=300, required=False, allow_blank=True)


class NothingInput(Input):
    """Nothing to say."""


class WithdrawInput(Input):
    reason = Text(max_length=300, required=False, allow_blank=True)


class EndInput(Input):
    last = Day(help_text="The last day on which it holds.")
    reason = Text(max_length=300)


class Agreements(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Agreements on service levels. A change is a new version, a draft until both sides approve it; clocks that run
    keep the version they started by, unless the new one says that it moves them."""

    resource = "agreements"
    model = Agreement
    record, input, change = AgreementRecord, AgreementInput, AgreementChange
    offer_input, approve_input, decline_input = NothingInput, DecisionInput, DecisionInput
    withdraw_input, end_input = WithdrawInput, EndInput
    order = ("name", "id")
    filters = {
        "customer": lambda value, _actor: Q(customer__slug__in=value.split(",")),
        "kind": lambda value, _actor: Q(kind__in=value.split(",")),
    }

    def rows(self) -> QuerySet:
        return visible_agreements(self.actor)

    def represent(self, rows: Iterable[Any], shape: type[Record] | None = None) -> list[dict[str, Any]]:
        rows = list(rows)
        _show_parts(rows, self.at, is_inside=self.actor.is_inside)
        return super().represent(rows, shape)

    def make(self, values: dict[str, Any]) -> Agreement:
        reason = values.pop("reason", "")
        values.setdefault("name", self._free_name(values))
        draft = AgreementDraft(**{"services": None, "customer": None, **values})
        return actions.create_agreement(draft, by=self.actor, at=self.at, reason=reason)

    def alter(self, row: Agreement, values: dict[str, Any], version: int | None) -> None:
        reason = values.pop("reason", "")
        actions.change_agreement(
            row, by=self.actor, at=self.at, fields=values, version=version, reason=reason
        )

    @extend_schema(request=NothingInput, responses=AgreementRecord)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, **kwargs: Any) -> Response:
        """Ask both sides to approve the latest version."""
        row = self.get_object()
        agreeing.offer(row, by=self.actor, at=self.at, version=self.expected_version(row))
        return self.answer(self.as_it_stands(row, row))

    @extend_schema(request=DecisionInput, responses=AgreementRecord)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, **kwargs: Any) -> Response:
        """Approve the offered version for one side; with the last side it is agreed."""
        return self._decide(is_approved=True)

    @extend_schema(request=DecisionInput, responses=AgreementRecord)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, **kwargs: Any) -> Response:
        """Decline the offered version for one side, and say why."""
        return self._decide(is_approved=False)

    @extend_schema(request=WithdrawInput, responses=AgreementRecord)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Give up the draft or offer: what is in force stays."""
        row = self.get_object()
        given = self.read()
        agreeing.withdraw(row, by=self.actor, at=self.at, version=self.expected_version(row), **given)
        return self.answer(self.as_it_stands(row, row))

    @extend_schema(request=EndInput, responses=AgreementRecord)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: Any) -> Response:
        """Let the agreement end after a day."""
        row = self.get_object()
        given = self.read()
        agreeing.end(row, by=self.actor, at=self.at, version=self.expected_version(row), **given)
        return self.answer(self.as_it_stands(row, row))

    def _decide(self, *, is_approved: bool) -> Response:
        row = self.get_object()
        given = self.read()
        agreeing.decide(
            row,
            by=self.actor,
            at=self.at,
            is_approved=is_approved,
            version=self.expected_version(row),
            **given,
        )
        return self.answer(self.as_it_stands(row, row))

    def _free_name(self, values: dict[str, Any]) -> str:
        kind = values.get("kind", AgreementKind.SLA).upper()
        party = values.get("customer") or values.get("team") or values.get("supplier")
        base = f"{kind} {party.name if party else ''}".strip()[:110]
        taken = set(self.rows().filter(name__startswith=base).values_list("name", flat=True))
        names = (base, *(f"{base} {number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)


def _show_parts(rows: Sequence[Agreement], at: Any, *, is_inside: bool) -> None:
    """Put on each agreement what the version shown says: a fixed number of queries for a page. The other side sees
    no version that was never offered to it."""
    wanted = Q(pk=None)
    for row in rows:
        wanted |= Q(agreement=row, version=documents.shown(row))
    steps = Prefetch("steps", Step.objects.select_related("reassign_to").order_by("position"))
    found = Target.objects.filter(wanted).select_related("category", "calendar", "item_type")
    targets = _by_agreement(found.prefetch_related(steps).order_by("id"))
    listed = AgreementService.objects.filter(wanted).select_related("service").order_by("service__slug")
    services = _by_agreement(listed)
    limits = _by_agreement(WorkloadLimit.objects.filter(wanted).order_by("ticket_kind", "priority"))
    answered = AnsweredRequirement.objects.filter(wanted).select_related("requirement")
    requirements = _by_agreement(answered.order_by("requirement__key"))
    approvals, versions = documents.approvals_of(rows), documents.all_versions(rows)
    for row in rows:
        row.shown_targets, row.shown_limits = targets[row.pk], limits[row.pk]
        row.shown_services = [one.service for one in services[row.pk]]
        row.shown_requirements = [one.requirement for one in requirements[row.pk]]
        row.shown_approvals = approvals[row.pk]
        row.shown_versions = [one for one in versions[row.pk] if is_inside or one.state in documents.SHOWN]
        for one in row.shown_versions:
            one.phase = documents.phase(one, documents.today_of(row, at))
        row.latest_versions = [one for one in row.shown_versions if one.number == documents.shown(row)]
        row.shown_phase = row.latest.phase


def _by_agreement(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for one in rows:
        found[one.agreement_id].append(one)
    return found
