"""The REST door to services: what customers take, and how the desk supports it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers

from accounts import queries
from accounts.api import UserKey, visible_customers
from accounts.models import Team
from catalogue import actions
from catalogue.models import Category, Criticality, ServiceRequirement
from cmdb.models import ConfigurationItem, Subscription
from core.actor import ALL, Actor
from core.rest import doors
from core.rest.fields import Choice, Reference, Text, reference
from core.rest.records import Input, Record


def visible_services(actor: Actor) -> QuerySet:
    """Services the caller sees."""
    return ConfigurationItem.objects.services().visible_to(actor)


def visible_teams(actor: Actor) -> QuerySet:
    return Team.objects.visible_to(actor).filter(is_active=True)


def visible_categories(actor: Actor) -> QuerySet:
    return Category.objects.visible_to(actor).filter(is_active=True)


def visible_requirements(actor: Actor) -> QuerySet:
    """What customers need of services, as far as the caller sees; requesters see none."""
    rows = ServiceRequirement.objects.of_customers(actor)
    if actor.is_inside:
        return rows
    customers = [one for one in actor.grants if one is not None and actor.may("agreement.approve", one)]
    return rows.filter(customer_id__in=customers)


def service_rows(actor: Actor) -> QuerySet:
    """Services the caller sees, with all that their record shows."""
    shown = ("type", "profile__owner", "profile__support_team", "profile__default_category")
    return visible_services(actor).select_related(*shown)


class ServiceRecord(Record):
    """One service: a configuration item and how it is offered. A customer's people see what is offered only."""

    inner = ("criticality", "owner", "support_team", "default_category", "customers")
    slug = serializers.CharField()
    name = serializers.CharField()
    summary = serializers.CharField(source="profile.summary", default="")
    description = serializers.CharField()
    state = serializers.CharField()
    criticality = serializers.CharField(source="profile.criticality", default=Criticality.MEDIUM)
    owner = Reference(source="profile.owner", key="id", default=None)
    support_team = Reference(source="profile.support_team", default=None)
    default_category = Reference(source="profile.default_category", default=None)
    customers = serializers.SerializerMethodField(
        help_text="[{key, name}]: who takes it, as far as the caller sees."
    )
    version = serializers.IntegerField()

    def get_customers(self, row: ConfigurationItem) -> list[dict[str, Any]]:
        return getattr(row, "shown_customers", [])


class ServiceInput(Input):
    slug = serializers.SlugField(max_length=60)
    name = Text(max_length=200)
    summary = Text(max_length=300, required=False, allow_blank=True)
    description = Text(max_length=100_000, required=False, allow_blank=True)
    state = Text(max_length=40, required=False)
    criticality = Choice(choices=Criticality.choices, required=False)
    owner = UserKey(queries.desk_users, key="id", what="login", required=False, allow_null=True)
    support_team = Reference(visible_teams, what="team", required=False, allow_null=True)
    default_category = Reference(visible_categories, what="category", required=False, allow_null=True)
    customers = serializers.ListField(
        child=Reference(visible_customers, what="customer"),
        required=False,
        max_length=500,
        help_text="Who takes it.",
    )


class ServiceChange(ServiceInput):
    slug = None
    name = Text(max_length=200, required=False)


class Services(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Services: configuration items of the provider that customers take. Customers are added, never left out."""

    resource = "services"
    model = ConfigurationItem
    record, input, change = ServiceRecord, ServiceInput, ServiceChange
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"
    order = ("slug", "id")
    filters = {
        "customer": lambda value, _actor: Q(subscriptions__customer__slug=value),
        "state": lambda value, _actor: Q(state__in=value.split(",")),
    }

    def rows(self) -> QuerySet:
        return service_rows(self.actor)

    def represent(self, rows: Iterable[Any], shape: type[Record] | None = None) -> list[dict[str, Any]]:
        rows = list(rows)
        show_customers(rows, self.actor)
        return super().represent(rows, shape)

    def make(self, values: dict[str, Any]) -> ConfigurationItem:
        profile = {name: values.pop(name) for name in actions.PROFILE if name in values}
        customers = values.pop("customers", [])
        item = ConfigurationItem(customer=actions.provider(), **values)
        return actions.create_service(item, by=self.actor, at=self.at, profile=profile, customers=customers)

    def alter(self, row: ConfigurationItem, values: dict[str, Any], version: int | None) -> None:
        customers = values.pop("customers", [])
        actions.change_service(
            row, by=self.actor, at=self.at, fields=values, customers=customers, version=version
        )


def show_customers(services: list[ConfigurationItem], actor: Actor) -> None:
    """Put on each service who takes it, from one query."""
    taken = Subscription.objects.filter(service__in=services).select_related("customer")
    if actor.customers is not ALL:
        taken = taken.filter(customer_id__in=actor.customers)
    found = defaultdict(list)
    for one in taken.order_by("customer__slug"):
        found[one.service_id].append(reference(one.customer))
    for service in services:
        service.shown_customers = found[service.pk]
