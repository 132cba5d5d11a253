"""Many tickets at once, and the jobs that do it: started, watched, cancelled, taken back. A job is its caller's own."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core import errors, time
from core.rest import doors
from core.rest.fields import Flag, Instant, Text
from core.rest.records import Input, Record
from jobs import actions as jobs
from jobs import tasks
from jobs.models import Job
from journal import nudges
from tickets import filters
from tickets.actions import bulk
from tickets.bulk import orders, running
from tickets.models import Ticket


class BulkInput(Input):
    """One order for many tickets: a verb with its values, or fields."""

    numbers = serializers.ListField(
        child=Text(max_length=24), max_length=orders.MOST, min_length=1, required=False
    )
    filter = serializers.DictField(
        child=Text(max_length=500), required=False,
        help_text="In place of numbers: all tickets that these filters of the list find, however many.",
    )  # fmt: skip
    verb = Text(max_length=40, required=False)
    values = serializers.DictField(required=False, help_text="As the verb's own address takes them.")
    fields_ = serializers.DictField(
        required=False,
        help_text="impact, urgency, priority with priority_reason, category, service, site, requester, "
        "add_item (one more item, by id), extra (custom fields by key).",
    )
    dry_run = Flag(required=False, help_text="Try each ticket, change none.")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        return {("fields" if name == "fields_" else name): one for name, one in fields.items()}


class RowRecord(serializers.Serializer):
    """What came of one ticket."""

    number = serializers.CharField()
    outcome = serializers.CharField(help_text="changed, unchanged, refused, possible, undone or kept.")
    reason = serializers.CharField(help_text="Why not; empty where it was done.")


class UndoRecord(serializers.Serializer):
    """Whether a job can be taken back."""

    possible = serializers.BooleanField()
    until = Instant(allow_null=True)
    reason = serializers.CharField(help_text="Why it cannot, or cannot be afterwards.")
    job = serializers.IntegerField(allow_null=True, help_text="The job that takes it back.")


class JobRecord(Record):
    """One piece of long work."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.CharField(help_text="queued, running, done, failed or cancelled.")
    progress = serializers.SerializerMethodField(help_text="{done, total}.")
    dry_run = serializers.SerializerMethodField()
    verb = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField(help_text="How many tickets of each outcome.")
    rows = serializers.SerializerMethodField(
        help_text="One result per ticket, 500 at most, those with a reason first; only on the job's own address."
    )
    undo = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField(
        help_text="What came of it as a whole, where it is done; only on the job's own address."
    )
    error = serializers.CharField()
    created_at, started_at, ended_at = Instant(), Instant(), Instant()

    def get_progress(self, row: Job) -> dict[str, int | None]:
        return {"done": row.done, "total": row.total}

    def get_dry_run(self, row: Job) -> bool:
        return bool(row.arguments.get("is_dry_run"))

    def get_verb(self, row: Job) -> str:
        return row.arguments.get("verb", "")

    def get_counts(self, row: Job) -> dict[str, int]:
        return running.counts(row, self.context["actor"]) if row.kind == running.KIND else {}

    @extend_schema(responses=RowRecord(many=True))
    def get_rows(self, row: Job) -> list[dict[str, str]]:
        if row.kind != running.KIND or not self.context.get("with_rows"):
            return []
        said = [
            {"number": one.ticket.number, "outcome": one.outcome, "reason": one.reason}
            for one in running.first_of(row, self.context["actor"], orders.MOST)
        ]
        lost = [
            {"number": one, "outcome": "refused", "reason": running.not_found()}
            for one in row.arguments["unknown"]
        ]
        return [*said, *lost]

    def get_result(self, row: Job) -> dict[str, Any]:
        return row.result if self.context.get("with_rows") else {}

    @extend_schema(responses=UndoRecord)
    def get_undo(self, row: Job) -> dict[str, Any]:
        by, at = self.context["actor"], self.context["at"]
        why = bulk.why_no_undo(row, by=by, at=at)
        undoing, until = bulk.undo_of(row, by), None
        if row.arguments.get("is_dry_run"):  # says what will be, once it is done
            why = "" if orders.of(row.arguments).can_be_undone else bulk.no_opposite()
        elif not why and row.ended_at:
            until = time.iso(row.ended_at + bulk.UNDO_WITHIN)
        return {"possible": not why, "until": until, "reason": why, "job": undoing.pk if undoing else None}


class Jobs(doors.Reads, doors.Lists, doors.Door):
    """The caller's own jobs, newest first."""

    resource = "jobs"
    model = Job
    record = JobRecord
    order = ("-id",)

    def rows(self) -> QuerySet:
        return Job.objects.filter(caller=self.actor.key)

    def get_serializer_context(self) -> dict[str, Any]:
        found = super().get_serializer_context()
        return {**found, "at": getattr(self.request, "at", None), "with_rows": self.action != "list"}

    @extend_schema(request=None, responses={202: JobRecord})
    def undo(self, request: Request, **kwargs: Any) -> Response:
        """Take back what a job did, within ten minutes: what nobody changed since. 202 with the job that does it."""
        return self.accepted(bulk.undo_bulk(self.get_object(), by=self.actor, at=self.at))

    @extend_schema(request=None, responses={200: JobRecord})
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        """Stop a job after the ticket under way; what was done stays done."""
        jobs.cancel(self.get_object(), by=self.actor, at=self.at)
        return self.answer(self.get_object())

    def accepted(self, job: Job) -> Response:
        """202 with a job that a worker was asked to do."""
        nudges.nudge(tasks.work, job.pk, job.caller)
        place = self.request.build_absolute_uri(f"/api/v1/jobs/{job.pk}/")
        return self.answer(self.rows().get(pk=job.pk), status=202, headers={"Location": place})


class Bulk(Jobs):
    """Many tickets at once."""

    resource = "tickets"
    start_input = BulkInput

    @extend_schema(
        request=BulkInput,
        responses={202: JobRecord},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    def start(self, request: Request, **kwargs: Any) -> Response:
        """Do one thing to up to 500 tickets by number, or to all that a filter finds: 202 with a job, one
        transaction and one result per ticket."""
        given = self.read()
        given["is_dry_run"] = given.pop("dry_run", False)
        narrowed = given.pop("filter", None)
        if (narrowed is None) == ("numbers" not in given):
            sentence = _("Name tickets by numbers or by a filter: one of the two.")
            raise errors.Malformed(sentence, errors={"numbers": [sentence]})
        if narrowed is not None:
            rows = filters.apply(Ticket.objects.visible_to(self.actor), narrowed, self.actor)
            given["ids"] = rows.values_list("id", flat=True).distinct()
        return self.accepted(bulk.start_bulk(given.pop("numbers", ()), by=self.actor, at=self.at, **given))
