"""The REST door to service requirements: what customers need, and which agreements answer it (8.2.2, 8.3.3)."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers

from accounts.api import visible_customers
from catalogue import requirements
from catalogue.api import visible_requirements, visible_services
from catalogue.models import RequirementState, ServiceRequirement
from core.rest import doors
from core.rest.fields import Choice, Reference, Text
from core.rest.records import Input, Record


class RequirementRecord(Record):
    """One service requirement."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    customer = Reference()
    service = Reference(help_text="null: all services.")
    title = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField()
    state = serializers.CharField(help_text="current or retired.")
    version = serializers.IntegerField()


class RequirementInput(Input):
    customer = Reference(visible_customers, what="customer")
    key = Text(max_length=40, required=False, allow_blank=True, help_text="REQ-7; the next one if left out.")
    service = Reference(visible_services, what="service", required=False, allow_null=True)
    title = Text(max_length=200)
    text = Text(max_length=20_000, required=False, allow_blank=True)
    source = Text(max_length=200, required=False, allow_blank=True)
    state = Choice(choices=RequirementState.choices, required=False)
    reason = Text(max_length=300, required=False, allow_blank=True)


class RequirementChange(RequirementInput):
    customer = None
    key = None
    title = Text(max_length=200, required=False)


class Requirements(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """What customers need of services. A customer's people see their own, if they approve agreements for him."""

    resource = "agreements"
    model = ServiceRequirement
    record, input, change = RequirementRecord, RequirementInput, RequirementChange
    order = ("customer_id", "key", "id")
    filters = {
        "customer": lambda value, _actor: Q(customer__slug__in=value.split(",")),
        "service": lambda value, _actor: Q(service__slug__in=value.split(",")),
        "state": lambda value, _actor: Q(state__in=value.split(",")),
    }

    def rows(self) -> QuerySet:
        return visible_requirements(self.actor).select_related("customer", "service")

    def make(self, values: dict[str, Any]) -> ServiceRequirement:
        reason = values.pop("reason", "")
        row = ServiceRequirement(**values)
        return requirements.create_requirement(row, by=self.actor, at=self.at, reason=reason)

    def alter(self, row: ServiceRequirement, values: dict[str, Any], version: int | None) -> None:
        reason = values.pop("reason", "")
        requirements.change_requirement(
            row, by=self.actor, at=self.at, fields=values, version=version, reason=reason
        )
