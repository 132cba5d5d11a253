"""The REST door to why a clock says what it says, to causes of breaches, and to corrections of two people."""

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors
from core.rest import doors
from core.rest.fields import Choice, Flag, Instant, Reference, Text, Whole
from core.rest.records import Input, Record
from slas import correcting, pages
from slas.attribution import Share
from slas.choices import BreachCategory
from slas.models import Correction, Timer
from tickets import policy
from tickets.api.parts import Part


class _Stretch(serializers.Serializer):
    """`from` and `to`, which no field of Python can be called."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": Instant(source="from_at"), "to": Instant(source="to_at"), **super().get_fields()}


_ENDS = {"from_at": "from", "to_at": "to"}  # as this contract calls them


class PieceRecord(_Stretch):
    kind = serializers.CharField(help_text="running, over, paused, closed, holiday, corrected or coming.")
    words = serializers.CharField()


class BarRecord(_Stretch):
    now = Instant(allow_null=True, help_text="null once the clock is over.")
    due_at = Instant(allow_null=True)
    is_coarse = serializers.BooleanField(help_text="Too long to tell open from closed hours.")


class CauseRecord(Record):
    """One explanation of a missed target."""

    category = serializers.CharField(help_text="Blank: none given.")
    cause = serializers.CharField(source="text")
    is_disputed = serializers.BooleanField()
    by = serializers.CharField(source="by_label")
    at = Instant()


class CorrectionRecord(Record):
    """One correction of a clock: a stretch that shall not count."""

    id = serializers.IntegerField()
    ticket = serializers.CharField(source="timer.ticket.number")
    timer = serializers.IntegerField(source="timer_id")
    reason = serializers.CharField()
    asked_by = serializers.CharField(source="asked_label")
    asked_at = Instant()
    verdict = serializers.CharField(help_text="Blank while it waits, approved or declined.")
    decided_by = serializers.CharField(source="decided_label")
    decided_at = Instant()
    note = serializers.CharField()
    seconds = serializers.IntegerField(
        allow_null=True, help_text="Business time taken away; null until approved."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        ends = {"from": Instant(source="from_at"), "to": Instant(source="to_at")}
        return {**ends, **super().get_fields()}


class ShareRecord(Record):
    """One part of a clock's time, in whole seconds."""

    kind = serializers.CharField(help_text="team, supplier, nobody, customer, wait, solved or earlier.")
    name = serializers.CharField()
    seconds = serializers.SerializerMethodField()
    counted = serializers.BooleanField(help_text="Part of the time used; else it was paused.")

    def get_seconds(self, row: Share) -> int:
        return int(row.seconds)


class ExplanationRecord(Record):
    """Why one clock says what it says. A customer's people read sentences and the bar, in their words."""

    inner: ClassVar[tuple[str, ...]] = (
        "agreement",
        "agreement_version",
        "rule",
        "shares",
        "corrections",
        "causes",
    )

    id = serializers.IntegerField()
    metric = serializers.CharField()
    title = serializers.CharField()
    verdict = serializers.CharField(
        source="clock.verdict", allow_null=True, help_text="null, met or breached."
    )
    due_at = Instant(source="clock.due_at", help_text="null where the clock does not run.")
    sentences = serializers.ListField(child=serializers.CharField())
    bar = BarRecord()
    pieces = PieceRecord(source="rows", many=True)
    agreement = Reference(source="timer.agreement", key="id")
    agreement_version = serializers.IntegerField(source="timer.agreement_version")
    rule = serializers.DictField(
        source="timer.choice", help_text="What was matched, and whose calendar it is."
    )
    shares = ShareRecord(many=True)
    corrections = CorrectionRecord(many=True)
    causes = CauseRecord(many=True)


class CorrectionInput(Input):
    """A stretch of a clock's time that shall not count, and why."""

    timer = Whole(min_value=1)
    reason = Text(max_length=correcting.MOST)

    def get_fields(self) -> dict[str, serializers.Field]:
        ends = {"from": Instant(source="from_at"), "to": Instant(source="to_at")}
        return {**ends, **super().get_fields()}


class CorrectionDecisionInput(Input):
    """A word beside a decision; to decline needs one."""

    note = Text(max_length=correcting.MOST, required=False, allow_blank=True)


class CauseInput(Input):
    """Why a target was missed."""

    cause = Text(max_length=correcting.MOST)
    category = Choice(choices=BreachCategory.choices, required=False)
    is_disputed = Flag(required=False)


class _Inner(Part):
    """What the desk keeps to itself: for others there is nothing here."""

    def _timer(self, timer_id: Any) -> Timer:
        rows = Timer.objects.visible_to(self.actor).filter(
            customer_id=self.ticket.customer_id, ticket=self.ticket, pk=timer_id
        )
        found = rows.select_related("ticket").first() if policy.sees_inside(self.actor, self.ticket) else None
        if found is None:
            raise doors.nothing_here()
        return found


class Explanations(Part):
    """Why the ticket's clocks say what they say: the bar, and the arithmetic in sentences."""

    model = Timer
    record: ClassVar[type[Record]] = ExplanationRecord
    filter_backends: ClassVar[Any] = ()
    pagination_class: ClassVar[Any] = None

    @extend_schema(responses={200: ExplanationRecord(many=True)}, operation_id="tickets_explanations_list")
    def list_all(self, _request: Request, **_named: Any) -> Response:
        """Every clock that the caller may know of, the one due first on top."""
        return Response({"results": self.represent(pages.of_ticket(self.ticket, self.actor))})

    @extend_schema(responses={200: ExplanationRecord}, operation_id="tickets_explanations_retrieve")
    def show(self, _request: Request, id: str, **_named: Any) -> Response:
        """One clock."""
        found = pages.of_ticket(self.ticket, self.actor, timer_id=int(id))
        if not found:
            raise doors.nothing_here()
        return Response(self.represent(found)[0])


class Causes(_Inner):
    """Why a target was missed."""

    model = Timer
    record: ClassVar[type[Record]] = CauseRecord
    filter_backends: ClassVar[Any] = ()
    pagination_class: ClassVar[Any] = None

    @extend_schema(
        request=CauseInput, responses={201: CauseRecord}, operation_id="tickets_timers_explain_breach"
    )
    def explain(self, _request: Request, id: str, **_named: Any) -> Response:
        """Record a cause, or that the breach is disputed: 201 with it."""
        timer = self._timer(id)
        given = self.read(CauseInput)
        made = correcting.explain_breach(timer, by=self.actor, at=self.at, **given)
        return Response(self.represent([made])[0], status=201)


class Corrections(doors.Lists, _Inner):
    """The corrections of a ticket's clocks: asked for by one, decided by another."""

    model = Correction
    record: ClassVar[type[Record]] = CorrectionRecord
    input = CorrectionInput
    order = ("id",)

    def rows(self) -> QuerySet:
        rows = _visible(self.actor).filter(customer_id=self.ticket.customer_id, timer__ticket=self.ticket)
        return rows if policy.sees_inside(self.actor, self.ticket) else rows.none()

    def create(self, request: Request, **_named: Any) -> Response:
        """Ask for a correction: 201 with it; a second person decides."""
        given = self.read()
        timer = self._timer(given.pop("timer"))
        try:
            made = correcting.ask_correction(timer, by=self.actor, at=self.at, **given)
        except errors.Invalid as refusal:
            named = {_ENDS.get(name, name): said for name, said in refusal.errors.items()}
            raise errors.Invalid(refusal.detail, errors=named) from refusal
        return Response(self.represent([self.rows().get(pk=made.pk)])[0], status=201)

    @extend_schema(
        request=CorrectionDecisionInput, responses=CorrectionRecord, operation_id="tickets_corrections_decide"
    )
    def decide(self, _request: Request, deed: str, **_named: Any) -> Response:
        """Approve or decline what somebody else asked for."""
        row = self.get_object()
        note = self.read(CorrectionDecisionInput).get("note", "")
        if deed == "approve":
            correcting.approve_correction(row, by=self.actor, at=self.at, note=note)
        else:
            correcting.decline_correction(row, by=self.actor, at=self.at, reason=note)
        return Response(self.represent([self.rows().get(pk=row.pk)])[0])


class AllCorrections(doors.Lists, doors.Door):
    """Corrections of all tickets that the caller sees; `?verdict=waiting` for those to be decided."""

    resource = "tickets"
    model = Correction
    record: ClassVar[type[Record]] = CorrectionRecord
    order = ("id",)
    filters: ClassVar[dict[str, Any]] = {
        "verdict": lambda value, _actor: Q(
            verdict__in=["" if one == "waiting" else one for one in value.split(",")]
        ),
    }

    def rows(self) -> QuerySet:
        rows = _visible(self.actor)
        return rows if self.actor.is_inside else rows.none()


def _visible(actor: Any) -> QuerySet:
    return Correction.objects.visible_to(actor).select_related("timer__ticket")
