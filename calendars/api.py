"""The REST door to opening hours, and to the arithmetic that every deadline is reckoned by."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from calendars import actions, queries
from calendars.models import Calendar, CalendarVersion
from calendars.worktime import WorkTimeError
from core import errors, time
from core.actor import ALL, Actor
from core.rest import doors
from core.rest.fields import Day, Instant, Reference, Text, Whole
from core.rest.records import Input, Record
from customers.models import Customer

LONGEST = 100 * 366 * 24 * 3600  # seconds: a century of opening hours


def visible_calendars(actor: Actor) -> QuerySet:
    """The installation's calendars, and those of the customers the caller sees."""
    rows = Calendar.objects.all()
    return (
        rows if actor.customers is ALL else rows.filter(Q(customer=None) | Q(customer_id__in=actor.customers))
    )


def visible_customers(actor: Actor) -> QuerySet:
    return Customer.objects.visible_to(actor)


class CalendarRecord(Record):
    """One calendar with the hours that were written last; they may be in force from a later day on."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    customer = Reference(help_text="null: the installation's.")
    time_zone = serializers.CharField()
    week = serializers.JSONField(source="newest.week", help_text='{"mon": [["09:00", "17:00"]], …}')
    holidays = serializers.JSONField(source="newest.holidays")
    special_days = serializers.JSONField(source="newest.special_days")
    valid_from = serializers.DateField(source="newest.valid_from", help_text="null: always.")
    version = serializers.IntegerField()


class CalendarInput(Input):
    name = Text(max_length=120)
    customer = Reference(visible_customers, what="customer", required=False, allow_null=True)
    time_zone = Text(max_length=64)
    week = serializers.DictField(help_text='{"mon": [["09:00", "17:00"]], …}')
    holidays = serializers.ListField(required=False, max_length=5_000)
    special_days = serializers.DictField(required=False)
    reason = Text(max_length=300, required=False, allow_blank=True)


class CalendarChange(CalendarInput):
    customer = None
    name = Text(max_length=120, required=False)
    time_zone = Text(max_length=64, required=False)
    week = serializers.DictField(required=False)
    valid_from = Day(required=False, allow_null=True, help_text="The first local day; today by default.")


class PauseInput(Input):
    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": Instant(), "to": Instant()}


class AddInput(Input):
    start = Instant()
    seconds = Whole(min_value=0, max_value=LONGEST)
    pauses = PauseInput(many=True, required=False, max_length=10_000)


class BetweenInput(Input):
    start = Instant()
    end = Instant()
    pauses = PauseInput(many=True, required=False, max_length=10_000)


class End(serializers.Serializer):
    end = Instant()


class Seconds(serializers.Serializer):
    seconds = serializers.IntegerField()


class Calendars(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Calendars of opening hours. A change is a new version from a day on: the past stays as it was judged."""

    resource = "calendars"
    model = Calendar
    record, input, change = CalendarRecord, CalendarInput, CalendarChange
    add_input, between_input = AddInput, BetweenInput
    order = ("name", "id")
    filters = {"customer": lambda value, _actor: Q(customer__slug__in=value.split(","))}

    def rows(self) -> QuerySet:
        return visible_calendars(self.actor).select_related("customer")

    def represent(self, rows: Any, shape: type[Record] | None = None) -> list[dict[str, Any]]:
        rows = list(rows)
        newest = {one.calendar_id: one for one in _newest(rows)}
        for row in rows:
            row.newest = newest[row.pk]
        return super().represent(rows, shape)

    def make(self, values: dict[str, Any]) -> Calendar:
        own = {name: values.pop(name) for name in ("name", "customer", "time_zone") if name in values}
        return actions.create_calendar(Calendar(**own), by=self.actor, at=self.at, **values)

    def alter(self, row: Calendar, values: dict[str, Any], version: int | None) -> None:
        named = {name: values.pop(name) for name in ("valid_from", "reason") if name in values}
        actions.change_calendar(row, by=self.actor, at=self.at, fields=values, version=version, **named)

    @extend_schema(request=AddInput, responses=End)
    @action(detail=True, methods=["post"], needs="read", pagination_class=None, filter_backends=[])
    def add(self, request: Request, **kwargs: Any) -> Response:
        """The moment at which so many seconds of opening hours have passed since `start`."""
        given, calendar = self.read(), self.get_object()
        length = dt.timedelta(seconds=given["seconds"])
        return Response({"end": time.iso(_reckon(calendar, "add", given["start"], length, _pauses(given)))})

    @extend_schema(request=BetweenInput, responses=Seconds)
    @action(detail=True, methods=["post"], needs="read", pagination_class=None, filter_backends=[])
    def between(self, request: Request, **kwargs: Any) -> Response:
        """The seconds of opening hours from `start` to `end`."""
        given, calendar = self.read(), self.get_object()
        spent = _reckon(calendar, "between", given["start"], given["end"], _pauses(given))
        return Response({"seconds": int(spent.total_seconds())})


def _newest(rows: list[Calendar]) -> QuerySet:
    wanted = Q(pk=None)
    for row in rows:
        wanted |= Q(calendar=row, number=row.version)
    return CalendarVersion.objects.filter(wanted)


def _pauses(given: dict[str, Any]) -> list[tuple[dt.datetime, dt.datetime]]:
    return [(one["from"], one["to"]) for one in given.get("pauses", [])]


def _reckon(calendar: Calendar, what: str, *given: Any) -> Any:
    """The calendar's own arithmetic, its refusals as ours. Raises Invalid."""
    try:
        return getattr(queries.business_time(calendar), what)(*given)
    except WorkTimeError as error:
        raise errors.Invalid(str(error)) from error
