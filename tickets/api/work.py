"""Tasks, time and verified callers of a ticket, for programs of the desk. A customer's people see none of it."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries
from accounts.api import UserKey
from catalogue.api import visible_teams
from core import errors
from core.rest import doors
from core.rest.fields import Choice, Flag, Instant, Reference, Text, Whole
from core.rest.records import Input, Record
from tickets import actions, policy
from tickets.api.parts import Part
from tickets.choices import TimeKind
from tickets.models import CallerVerification, TaskItem, TicketTask, TimeEntry
from tickets.models.time import LONGEST_SECONDS


class LineRecord(Record):
    """One line of a checklist."""

    id = serializers.IntegerField()
    text = serializers.CharField()
    is_done = serializers.SerializerMethodField()
    done_at = Instant()
    done_by = serializers.CharField()

    def get_is_done(self, row: TaskItem) -> bool:
        return row.done_at is not None


class TaskRecord(Record):
    """One task of the ticket."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.CharField(help_text="open, done or cancelled.")
    position = serializers.IntegerField()
    assignee = Reference(key="id")
    team = Reference()
    due_at = Instant()
    blocked_by = serializers.IntegerField(
        source="blocked_by_id", help_text="The task that must be done before; null: none."
    )
    items = LineRecord(source="lines", many=True)
    created_at = Instant()
    ended_at = Instant()
    ended_by = serializers.CharField()


class TaskInput(Input):
    """A new task."""

    title = Text(max_length=250)
    assignee = UserKey(queries.desk_users, key="id", what="login", required=False, allow_null=True)
    team = Reference(visible_teams, what="team", required=False, allow_null=True)
    due_at = Instant(required=False, allow_null=True)
    blocked_by = Whole(min_value=1, required=False, allow_null=True)


class TaskChange(TaskInput):
    """What may be changed on an open task."""

    position = Whole(min_value=0, max_value=10_000, required=False)


class LineInput(Input):
    """A line for a checklist."""

    text = Text(max_length=250)


class LineChange(Input):
    """Ticked or not."""

    is_done = Flag()


class Inner(Part):
    """A part that the desk keeps to itself: for others the list is empty, and nothing can be written."""

    def narrowed(self, rows: QuerySet) -> QuerySet:
        own = rows.filter(customer_id=self.ticket.customer_id)
        return own if policy.sees_inside(self.actor, self.ticket) else own.none()


class Tasks(doors.Lists, Inner):
    """The ticket's tasks, in their order."""

    model = TicketTask
    record: ClassVar[type[Record]] = TaskRecord
    input, change = TaskInput, TaskChange
    order = ("position", "id")

    def rows(self) -> QuerySet:
        lines = TaskItem.objects.filter(customer_id=self.ticket.customer_id).order_by("position", "id")
        rows = TicketTask.objects.filter(ticket=self.ticket).select_related("assignee", "team")
        return self.narrowed(rows.prefetch_related(Prefetch("items", lines, to_attr="lines")))

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Add a task: 201 with it."""
        given = self._with_blocker(self.read())
        actions.add_task(self.ticket, by=self.actor, at=self.at, **given)
        made = self.rows().order_by("-id").first()
        place = request.build_absolute_uri(f"{request.path}{made.pk}/")
        return Response(self.represent([made])[0], status=201, headers={"Location": place})

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One task."""
        return Response(self.represent([self.get_object()])[0])

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Change or give away an open task."""
        task = self.get_object()
        fields = self._with_blocker(self.read(partial=True))
        actions.change_task(task, by=self.actor, at=self.at, fields=fields)
        return self._shown(task)

    @extend_schema(request=None, responses=TaskRecord, operation_id="tickets_tasks_act")
    def act(self, request: Request, verb: str, **kwargs: Any) -> Response:
        """Finish, cancel or reopen a task."""
        task = self.get_object()
        DEEDS[verb](task, by=self.actor, at=self.at)
        return self._shown(task)

    @extend_schema(request=LineInput, responses={201: TaskRecord})
    def add_item(self, request: Request, **kwargs: Any) -> Response:
        """Add a line to the checklist: 201 with the task."""
        task = self.get_object()
        actions.add_task_item(task, by=self.actor, at=self.at, text=self.read(LineInput)["text"])
        return self._shown(task, status=201)

    @extend_schema(request=LineChange, responses=TaskRecord)
    def tick(self, request: Request, item_id: str, **kwargs: Any) -> Response:
        """Tick or untick a line of the checklist."""
        task = self.get_object()
        line = next((one for one in task.lines if one.pk == int(item_id)), None)
        if line is None:
            raise doors.nothing_here()
        is_done = self.read(LineChange)["is_done"]
        actions.tick_task_item(line, by=self.actor, at=self.at, is_done=is_done)
        return self._shown(task)

    def _shown(self, task: TicketTask, status: int = 200) -> Response:
        return Response(self.represent([self.rows().get(pk=task.pk)])[0], status=status)

    def _with_blocker(self, given: dict[str, Any]) -> dict[str, Any]:
        """The key of the blocking task replaced by its row. Raises Malformed."""
        if given.get("blocked_by") is None:
            return given
        found = self.rows().filter(pk=given["blocked_by"]).first()
        if found is None:
            sentence = _("There is no such task on this ticket.")
            raise errors.Malformed(sentence, errors={"blocked_by": [sentence]})
        return {**given, "blocked_by": found}


DEEDS = {"finish": actions.finish_task, "cancel": actions.cancel_task, "reopen": actions.reopen_task}


class TimeRecord(Record):
    """One time entry. `superseded_by`: the correction that took its place."""

    id = serializers.IntegerField()
    person = Reference(source="user", key="id")
    started_at = Instant()
    seconds = serializers.IntegerField()
    kind = serializers.CharField()
    is_billable = serializers.BooleanField()
    note = serializers.CharField()
    supersedes = serializers.IntegerField(
        source="supersedes_id", help_text="What it corrects; null: nothing."
    )
    reason = serializers.CharField(help_text="Why it was corrected.")
    recorded_at = Instant()
    recorded_by = serializers.CharField()


class TimeInput(Input):
    """Time that was spent."""

    seconds = Whole(min_value=1, max_value=LONGEST_SECONDS)
    started_at = Instant(required=False)
    kind = Choice(choices=TimeKind.choices, required=False)
    is_billable = Flag(required=False)
    note = Text(max_length=500, required=False, allow_blank=True)
    person = UserKey(queries.desk_users, key="id", what="login", required=False)


class TimeCorrection(TimeInput):
    """What was wrong, and why; 0 seconds take the time back."""

    seconds = Whole(min_value=0, max_value=LONGEST_SECONDS, required=False)
    reason = Text(max_length=300)


class Times(doors.Lists, Inner):
    """Time spent on the ticket, oldest first; what was corrected is left out unless `?superseded=true`."""

    model = TimeEntry
    record: ClassVar[type[Record]] = TimeRecord
    input = TimeInput
    order = ("started_at", "id")

    def extra_parameters(self) -> tuple[str, ...]:
        return ("superseded",) if self.action == "list" else ()

    def rows(self) -> QuerySet:
        rows = TimeEntry.objects.filter(ticket=self.ticket).select_related("user")
        return self.narrowed(rows)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        whole = self.request.GET.get("superseded") == "true"
        rows = queryset if whole else queryset.current()
        return super().filter_queryset(rows)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Log time: 201 with the entry."""
        given = _with_user(self.read())
        actions.log_time(self.ticket, by=self.actor, at=self.at, **given)
        made = self.rows().order_by("-id").first()
        place = request.build_absolute_uri(f"{request.path}{made.pk}/")
        return Response(self.represent([made])[0], status=201, headers={"Location": place})

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        """One entry, corrected or not."""
        return Response(self.represent([self.get_object()])[0])

    @extend_schema(request=TimeCorrection, responses={201: TimeRecord})
    def correct(self, request: Request, **kwargs: Any) -> Response:
        """Put a corrected entry in the place of this one: 201 with the new entry."""
        given = _with_user(self.read(TimeCorrection))
        reason = given.pop("reason")
        made = actions.correct_time(self.get_object(), by=self.actor, at=self.at, reason=reason, fields=given)
        return Response(self.represent([made])[0], status=201)


class VerificationRecord(Record):
    """One time that somebody made sure of who called."""

    id = serializers.IntegerField()
    person = Reference(key="id")
    method = serializers.CharField(help_text="How: call_back, code, manager or in_person.")
    note = serializers.CharField()
    at = Instant()
    by = serializers.CharField()


class Verifications(doors.Lists, Inner):
    """How it was made sure that the requester is who he says, oldest first. Recorded by the verb `verify_caller`."""

    model = CallerVerification
    record: ClassVar[type[Record]] = VerificationRecord
    order = ("id",)

    def rows(self) -> QuerySet:
        rows = CallerVerification.objects.filter(ticket=self.ticket).select_related("person")
        return self.narrowed(rows)


def _with_user(given: dict[str, Any]) -> dict[str, Any]:
    """The API says person for whose time it is, the row says user."""
    return {("user" if name == "person" else name): value for name, value in given.items()}
