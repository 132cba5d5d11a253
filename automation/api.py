"""The REST door to what is prepared and what runs by itself."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries as logins
from accounts.api import UserKey, either, visible_customers
from accounts.models import Person
from automation import actions, dry, occurrences, queries, use
from automation.choices import CatchUp, Frequency, MonthDay
from automation.models import Macro, Rule, SavedText, Schedule, TicketTemplate
from catalogue.api import visible_categories, visible_services, visible_teams
from core.actor import Actor
from core.rest import doors
from core.rest.fields import Choice, Day, Flag, Instant, Reference, Text, Whole, Zone
from core.rest.records import Input, Record
from tickets.choices import Channel, Level

NEXT = 10


def _people(actor: Actor) -> QuerySet:
    return Person.objects.visible_to(actor)


def _templates(actor: Actor) -> QuerySet:
    return queries.templates(actor)


class OwnedRecord(Record):
    """What all prepared things share. `owner`: everybody, team or own."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    customer = Reference()
    owner = serializers.SerializerMethodField()
    team = Reference()
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()

    def get_owner(self, row: Any) -> str:
        return "own" if row.user_id else "team" if row.team_id else "everybody"


class OwnedInput(Input):
    name = Text(max_length=120)
    customer = Reference(visible_customers, what="customer", required=False, allow_null=True)
    own = Flag(required=False, help_text="true: for the caller alone.")
    team = Reference(visible_teams, what="team", required=False, allow_null=True)
    is_active = Flag(required=False)


class Prepared(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """What macros, texts and templates share."""

    order = ("name", "id")
    related: tuple[str, ...] = ()

    def rows(self) -> QuerySet:
        rows = self.model.objects.readable_by(self.actor).select_related("customer", "team", *self.related)
        return rows if self.actor.is_inside else rows.none()

    filters = {"is_active": lambda value, _actor: Q(is_active=either(value))}

    def make(self, values: dict[str, Any]) -> Any:
        values["user"] = use.login(self.actor) if values.pop("own", False) else None
        return actions.create_prepared(self.model(**values), by=self.actor, at=self.at)

    def alter(self, row: Any, values: dict[str, Any], version: int | None) -> None:
        if "own" in values:
            values["user"] = use.login(self.actor) if values.pop("own") else None
        actions.change_prepared(row, by=self.actor, at=self.at, fields=values, version=version)


class MacroRecord(OwnedRecord):
    reply = serializers.CharField()
    note = serializers.CharField()
    verb = serializers.CharField()
    values = serializers.DictField(help_text="The inputs of the verb.")
    set_priority = serializers.IntegerField(allow_null=True)
    priority_reason = serializers.CharField()
    set_team = Reference()
    set_assignee = Reference(key="id")
    takes = serializers.BooleanField()
    set_category = Reference()


class MacroInput(OwnedInput):
    reply = Text(max_length=20_000, required=False, allow_blank=True, trim_whitespace=False)
    note = Text(max_length=20_000, required=False, allow_blank=True, trim_whitespace=False)
    verb = Text(max_length=40, required=False, allow_blank=True)
    values = serializers.DictField(required=False)
    set_priority = Whole(min_value=1, max_value=99, required=False, allow_null=True)
    priority_reason = Text(max_length=200, required=False, allow_blank=True)
    set_team = Reference(visible_teams, what="team", required=False, allow_null=True)
    set_assignee = UserKey(logins.desk_users, key="id", what="login", required=False, allow_null=True)
    takes = Flag(required=False, help_text="Assign to who applies it.")
    set_category = Reference(visible_categories, what="category", required=False, allow_null=True)


class Macros(Prepared):
    """Macros: texts and changes that are taken together. The verb apply_macro carries one out."""

    resource = "macros"
    model = Macro
    record, input = MacroRecord, MacroInput
    related = ("set_team", "set_assignee", "set_category")


class TextRecord(OwnedRecord):
    body = serializers.CharField()


class TextInput(OwnedInput):
    body = Text(max_length=20_000, trim_whitespace=False)


class SavedTexts(Prepared):
    """Saved texts with variables; {{ cursor }} is where writing goes on."""

    resource = "macros"
    model = SavedText
    record, input = TextRecord, TextInput


class TemplateRecord(OwnedRecord):
    kind = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    service = Reference()
    category = Reference()
    impact = serializers.IntegerField()
    urgency = serializers.IntegerField()
    to_team = Reference()
    to_user = Reference(key="id")
    channel = serializers.CharField()


class TemplateInput(OwnedInput):
    kind = Text(max_length=20, required=False)
    title = Text(max_length=250)
    description = Text(max_length=100_000, required=False, allow_blank=True, trim_whitespace=False)
    service = Reference(visible_services, what="service", required=False, allow_null=True)
    category = Reference(visible_categories, what="category", required=False, allow_null=True)
    impact = Whole(min_value=Level.HIGH, max_value=Level.LOW, required=False)
    urgency = Whole(min_value=Level.HIGH, max_value=Level.LOW, required=False)
    to_team = Reference(visible_teams, what="team", required=False, allow_null=True)
    to_user = UserKey(logins.desk_users, key="id", what="login", required=False, allow_null=True)
    channel = Choice(choices=Channel.choices, required=False)


class Templates(Prepared):
    """New tickets, filled in."""

    resource = "macros"
    model = TicketTemplate
    record, input = TemplateRecord, TemplateInput
    related = ("service", "category", "to_team", "to_user")


class RuleRecord(Record):
    """One routing rule; `customer` null = every customer's tickets."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    position = serializers.IntegerField()
    is_on = serializers.BooleanField()
    customer = Reference()
    service = Reference()
    category = Reference()
    priorities = serializers.ListField(child=serializers.IntegerField())
    channels = serializers.ListField(child=serializers.CharField())
    words = serializers.CharField()
    set_team = Reference()
    set_assignee = Reference(key="id")
    set_priority = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()


class RuleInput(Input):
    name = Text(max_length=120)
    position = Whole(min_value=0, max_value=100_000, required=False)
    is_on = Flag(required=False, help_text="false unless said: look at the dry run first.")
    customer = Reference(visible_customers, what="customer", required=False, allow_null=True)
    service = Reference(visible_services, what="service", required=False, allow_null=True)
    category = Reference(visible_categories, what="category", required=False, allow_null=True)
    priorities = serializers.ListField(child=Whole(min_value=1, max_value=99), required=False, max_length=20)
    channels = serializers.ListField(child=Choice(choices=Channel.choices), required=False, max_length=20)
    words = Text(max_length=300, required=False, allow_blank=True, help_text="Any of them; by commas.")
    set_team = Reference(visible_teams, what="team", required=False, allow_null=True)
    set_assignee = UserKey(logins.desk_users, key="id", what="login", required=False, allow_null=True)
    set_priority = Whole(min_value=1, max_value=99, required=False, allow_null=True)


class DryRunHit(Record):
    """One ticket of a dry run: what the rule would have done with it."""

    number = serializers.CharField()
    title = serializers.CharField()
    changes = serializers.DictField(
        help_text="{team, assignee, priority}: [as it was opened, with the rule]."
    )


class DryRunRecord(Record):
    looked_at = serializers.IntegerField()
    hits = DryRunHit(many=True)


class Rules(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Where new tickets go: rules, tried in their order; the first whose conditions hold acts."""

    resource = "routing-rules"
    model = Rule
    record, input = RuleRecord, RuleInput
    order = ("position", "id")
    filters = {"is_on": lambda value, _actor: Q(is_on=either(value))}

    def rows(self) -> QuerySet:
        rows = Rule.objects.visible_to(self.actor)
        rows = rows.select_related("customer", "service", "category", "set_team", "set_assignee")
        may = self.actor.may(actions.RULES) or self.actor.may("settings.read")
        return rows if may and self.actor.is_inside else rows.none()

    def make(self, values: dict[str, Any]) -> Rule:
        return actions.create_rule(Rule(**values), by=self.actor, at=self.at)

    def alter(self, row: Rule, values: dict[str, Any], version: int | None) -> None:
        actions.change_rule(row, by=self.actor, at=self.at, fields=values, version=version)

    @extend_schema(responses=DryRunRecord)
    @action(detail=True, methods=["get"], pagination_class=None, filter_backends=[], url_path="dry-run")
    def dry_run(self, request: Request, **kwargs: Any) -> Response:
        """What the rule, alone, would have done with the last 200 tickets. Changes nothing."""
        found = dry.run(self.get_object(), self.actor)
        return Response(DryRunRecord(found, context=self.get_serializer_context()).data)


class ScheduleRecord(Record):
    """One recurring ticket."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    customer = Reference()
    template = Reference(key="id")
    requester = Reference(key="id")
    frequency = serializers.CharField()
    interval = serializers.IntegerField()
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="Monday is 0.")
    month_day = serializers.CharField(help_text="date, weekday or working_day.")
    month_number = serializers.IntegerField(allow_null=True, help_text="-1 = the last.")
    local_time = serializers.TimeField(format="%H:%M")
    time_zone = serializers.CharField()
    starts_on = Day()
    ends_on = Day()
    catch_up = serializers.CharField(help_text="all, last or none.")
    is_on = serializers.BooleanField()
    next_occurrences = serializers.SerializerMethodField(help_text="The next ten instants.")
    version = serializers.IntegerField()

    def get_next_occurrences(self, row: Schedule) -> list[str | None]:
        request = self.context.get("request")
        if request is None:
            return []
        shown = Instant()
        return [shown.to_representation(one.due_at) for one in occurrences.after(row, request.at, NEXT)]


class ScheduleInput(Input):
    name = Text(max_length=120)
    customer = Reference(visible_customers, what="customer")
    template = Reference(_templates, key="id", what="template")
    requester = Reference(_people, key="id", what="person", required=False, allow_null=True)
    frequency = Choice(choices=Frequency.choices)
    interval = Whole(min_value=1, max_value=99, required=False)
    weekdays = serializers.ListField(child=Whole(min_value=0, max_value=6), required=False, max_length=7)
    month_day = Choice(choices=MonthDay.choices, required=False, allow_blank=True)
    month_number = Whole(min_value=-1, max_value=31, required=False, allow_null=True)
    local_time = serializers.TimeField(input_formats=["%H:%M"])
    time_zone = Zone(max_length=64)
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True)
    catch_up = Choice(choices=CatchUp.choices, required=False)
    is_on = Flag(required=False)


class ScheduleChange(ScheduleInput):
    customer = None


class Schedules(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Tickets that open themselves, in local time."""

    resource = "recurring-tickets"
    model = Schedule
    record, input, change = ScheduleRecord, ScheduleInput, ScheduleChange
    order = ("name", "id")
    filters = {"is_on": lambda value, _actor: Q(is_on=either(value))}

    def rows(self) -> QuerySet:
        rows = Schedule.objects.of_customers(self.actor).select_related("customer", "template", "requester")
        return rows if self.actor.is_desk else rows.none()

    def make(self, values: dict[str, Any]) -> Schedule:
        return actions.create_schedule(Schedule(**values), by=self.actor, at=self.at)

    def alter(self, row: Schedule, values: dict[str, Any], version: int | None) -> None:
        actions.change_schedule(row, by=self.actor, at=self.at, fields=values, version=version)
