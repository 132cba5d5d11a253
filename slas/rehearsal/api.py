"""The REST door to rehearsals: one is started here, and watched, stopped and read as the job that it is."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import visible_customers
from calendars.api import visible_calendars
from core.rest.fields import Day, Flag, Reference, Text, Whole
from core.rest.records import Input
from slas.agreements_api import visible_agreements
from slas.rehearsal import running
from slas.rehearsal.whatif import NewTarget, WhatIf
from tickets.api.bulk import JobRecord, Jobs

_OURS = {"opened_from": "first_on", "opened_to": "last_on", "as_if_in_force": "is_always", "matrix": "cells"}


class NewTargetInput(Input):
    """A time that would be agreed."""

    metric = Text(max_length=24)
    seconds = Whole()
    priority = Whole(required=False, allow_null=True, help_text="Null: at each priority.")

    def validate(self, attrs: dict[str, Any]) -> NewTarget:
        return NewTarget(**attrs)


class RehearsalInput(Input):
    """A period, whose tickets are replayed, and what would be different."""

    opened_from = Day(help_text="The first local day on which a ticket was received.")
    opened_to = Day(help_text="The last one.")
    customer = Reference(visible_customers, what="customer", required=False, allow_null=True)
    agreement = Reference(
        visible_agreements, key="id", what="agreement", required=False, allow_null=True,
        help_text="Only this one changes. Null: all alike.",
    )  # fmt: skip
    as_if_in_force = Flag(
        required=False,
        help_text="Take the agreement's present version for the whole period, before and after.",
    )
    targets = NewTargetInput(many=True, required=False, max_length=100)
    percent = Whole(required=False, allow_null=True, help_text="Of each agreed time; 80 is a fifth shorter.")
    calendar = Reference(visible_calendars, key="id", what="calendar", required=False, allow_null=True)
    pauses_on = serializers.ListField(
        child=Text(max_length=12), required=False, allow_null=True, max_length=10,
        help_text="Kinds of waiting that pause; an empty list: none. Null: as agreed.",
    )  # fmt: skip
    matrix = serializers.DictField(
        child=serializers.DictField(child=Whole()), required=False, allow_null=True,
        help_text='Impact, then urgency, gives the priority: {"1": {"1": 1, "2": 2, "3": 3}, …}.',
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> WhatIf:
        return WhatIf(**{_OURS.get(name, name): value for name, value in attrs.items()})


class Rehearsals(Jobs):
    """What if: the tickets of a period judged as it was agreed and as it might be."""

    resource = "agreements"
    start_input = RehearsalInput

    @extend_schema(
        request=RehearsalInput,
        responses={202: JobRecord},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
    )
    def start(self, request: Request, **kwargs: Any) -> Response:
        """Replay the real tickets of a period: 202 with a job, whose `result` holds both verdicts, counted, and the
        tickets that flip."""
        return self.accepted(running.start(self.read(), by=self.actor, at=self.at))  # type: ignore[arg-type]
