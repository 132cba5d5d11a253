"""The REST door to configuration items, their types and relations (8.2.6)."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import visible_customers
from cmdb import actions
from cmdb.models import ConfigurationItem, ItemAudience, ItemType, Relation, RelationVerb
from core.actor import ALL, Actor
from core.rest import doors
from core.rest.fields import Choice, Instant, Reference, Text
from core.rest.records import Input, Record


def is_reader(actor: Actor) -> bool:
    """Whether the caller reads configuration at all: the desk does, a customer's people do not."""
    return actor.is_inside or actor.may("configuration.read")


def visible_items(actor: Actor) -> QuerySet:
    """Items the caller sees."""
    return ConfigurationItem.objects.visible_to(actor)


def types(_actor: Actor) -> QuerySet:
    return ItemType.objects.all()


# Types.


class TypeRecord(Record):
    """One type of configuration item."""

    slug = serializers.CharField()
    name = serializers.CharField()
    attributes = serializers.JSONField(help_text="A JSON Schema of what its items may say about themselves.")
    states = serializers.ListField(child=serializers.CharField())
    parent = Reference()
    version = serializers.IntegerField()


class TypeInput(Input):
    slug = serializers.SlugField(max_length=60)
    name = Text(max_length=120)
    attributes = serializers.DictField(required=False)
    states = serializers.ListField(child=Text(max_length=40), required=False, max_length=50)
    parent = Reference(types, what="type", required=False, allow_null=True)


class TypeChange(TypeInput):
    slug = None
    name = Text(max_length=120, required=False)


class Types(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Types of configuration items, with their states and attributes."""

    resource = "configuration-item-types"
    model = ItemType
    record, input, change = TypeRecord, TypeInput, TypeChange
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"
    order = ("slug", "id")

    def rows(self) -> QuerySet:
        rows = ItemType.objects.select_related("parent")
        return rows if is_reader(self.actor) else rows.none()

    def make(self, values: dict[str, Any]) -> ItemType:
        return actions.create_type(ItemType(**values), by=self.actor, at=self.at)

    def alter(self, row: ItemType, values: dict[str, Any], version: int | None) -> None:
        actions.change_type(row, by=self.actor, at=self.at, fields=values, version=version)


# Items.


class ItemRecord(Record):
    """One thing that is managed to deliver services."""

    id = serializers.IntegerField()
    type = Reference()
    name = serializers.CharField()
    description = serializers.CharField()
    state = serializers.CharField()
    audience = serializers.CharField(help_text="owner, or all = every customer may read it.")
    customer = Reference()
    attributes = serializers.JSONField()
    external_reference = serializers.CharField()
    created_at = Instant()
    version = serializers.IntegerField()


class ItemInput(Input):
    customer = Reference(visible_customers, what="customer")
    type = Reference(types, what="type")
    name = Text(max_length=200)
    description = Text(max_length=100_000, required=False, allow_blank=True)
    state = Text(max_length=40, required=False)
    audience = Choice(choices=ItemAudience.choices, required=False)
    attributes = serializers.DictField(required=False)
    external_reference = Text(max_length=200, required=False, allow_blank=True)


class ItemChange(ItemInput):
    customer = None
    type = None
    name = Text(max_length=200, required=False)


class RelationRecord(Record):
    """One relation, read from this item: `direction` in means that the other says it of this one."""

    id = serializers.IntegerField()
    verb = serializers.CharField()
    direction = serializers.SerializerMethodField(help_text="out: this item is it; in: the other one is.")
    to = serializers.SerializerMethodField(help_text="{key, name} of the other item.")

    def get_direction(self, row: Relation) -> str:
        return "out" if row.item_id == self.context["item"].pk else "in"

    def get_to(self, row: Relation) -> dict[str, Any]:
        other = row.to if self.get_direction(row) == "out" else row.item
        return {"key": other.pk, "name": other.name}


class RelationInput(Input):
    verb = Choice(choices=RelationVerb.choices)
    to = Reference(visible_items, key="id", what="configuration item")


class Items(doors.Creates, doors.Changes, doors.Reads, doors.Lists, doors.Door):
    """Configuration items, and what they are to each other."""

    resource = "configuration-items"
    model = ConfigurationItem
    record, input, change = ItemRecord, ItemInput, ItemChange
    relations_input = RelationInput
    order = ("name", "id")
    orderings = {"name": ("name", "id"), "-name": ("-name", "-id"), "id": ("id",), "-id": ("-id",)}
    filters = {
        "customer": lambda value, _actor: Q(customer__slug__in=value.split(",")),
        "type": lambda value, _actor: Q(type__slug__in=value.split(",")),
        "state": lambda value, _actor: Q(state__in=value.split(",")),
        "external_reference": lambda value, _actor: Q(external_reference=value),
        "q": lambda value, _actor: Q(name__icontains=value),
    }

    def rows(self) -> QuerySet:
        rows = visible_items(self.actor).select_related("type", "customer")
        return rows if is_reader(self.actor) else rows.none()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "item": getattr(self, "item", None)}

    def make(self, values: dict[str, Any]) -> ConfigurationItem:
        return actions.create_item(ConfigurationItem(**values), by=self.actor, at=self.at)

    def alter(self, row: ConfigurationItem, values: dict[str, Any], version: int | None) -> None:
        actions.change_item(row, by=self.actor, at=self.at, fields=values, version=version)

    @extend_schema(methods=["GET"], responses=RelationRecord(many=True))
    @extend_schema(methods=["POST"], request=RelationInput, responses={201: RelationRecord})
    @action(detail=True, methods=["get", "post"], pagination_class=None, filter_backends=[])
    def relations(self, request: Request, **kwargs: Any) -> Response:
        """What this item is to others, and others to it."""
        self.item = self.get_object()
        if request.method == "GET":
            return Response(
                {"results": self.represent(self._relations(), RelationRecord), "next": None, "previous": None}
            )
        values = self.read(RelationInput)
        made = actions.relate(self.item, values["verb"], values["to"], by=self.actor, at=self.at)
        return Response(self.represent([made], RelationRecord)[0], status=201)

    @extend_schema(responses={204: None})
    @action(
        detail=True,
        methods=["delete"],
        url_path="relations/(?P<relation_id>[0-9]{1,18})",
        url_name="relation",
    )
    def unrelate(self, request: Request, relation_id: str, **kwargs: Any) -> Response:
        """Take a relation away."""
        self.item = self.get_object()
        found = self._relations().filter(pk=int(relation_id), item=self.item).first()
        if found is None:
            raise doors.nothing_here()
        actions.unrelate(found, by=self.actor, at=self.at)
        return Response(status=204)

    def _relations(self) -> QuerySet:
        visible = visible_items(self.actor).values("id")
        rows = Relation.objects.filter(Q(item=self.item) | Q(to=self.item))
        rows = rows.filter(item_id__in=visible, to_id__in=visible)
        if self.actor.customers is not ALL:
            named = self.actor.customers
            rows = rows.filter(Q(customer_id__in=named) | Q(other_customer_id__in=named))
        return rows.select_related("item", "to").order_by("verb", "id")
