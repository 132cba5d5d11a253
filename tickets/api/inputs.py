"""What a caller may write about a ticket. The shape only: whether it may be is the action's to say."""

import inspect
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import queries
from accounts.api import UserKey, visible_customers, visible_sites
from catalogue.api import visible_categories, visible_services, visible_teams
from cmdb.api import visible_items
from core.rest.fields import Choice, Flag, Instant, Key, Reference, Text, Whole
from core.rest.records import Input
from journal.events import Audience
from tickets.choices import Channel, Level, LinkKind, MessageKind
from tickets.models import CustomField
from tickets.processes import Process

MOST_TEXT = 100_000
OWN_CHANNELS = (Channel.API, Channel.PORTAL)  # what a customer's own program may say about itself
_NEVER_BY_CUSTOMERS = ("team", "assignee")


class ExternalReferenceInput(Input):
    system = Text(max_length=60)
    reference = Text(max_length=200)
    url = serializers.URLField(max_length=500, required=False, allow_blank=True)


class GlassInput(Input):
    """Why a restricted ticket must be seen."""

    reason = Text(max_length=2000)


class Extra(serializers.DictField):
    """Custom fields by key; a key that no field has is refused. Whether it fits this ticket, the action says."""

    default_error_messages = {"unknown": _("There is no custom field “{name}”.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        found = super().to_internal_value(data)
        known = (
            set(CustomField.objects.filter(key__in=[*found], is_active=True).values_list("key", flat=True))
            if found
            else ()
        )
        for name in found:
            if name not in known:
                self.fail("unknown", name=name[:80])
        return found


class OpeningInput(Input):
    """A new ticket of any process."""

    customer = Reference(visible_customers, what="customer", required=False)
    title = Text(max_length=250)
    description = Text(max_length=MOST_TEXT, required=False, allow_blank=True, trim_whitespace=False)
    service = Reference(visible_services, what="service", required=False, allow_null=True)
    impact = Whole(min_value=Level.HIGH, max_value=Level.LOW, required=False)
    urgency = Whole(min_value=Level.HIGH, max_value=Level.LOW, required=False)
    requester = Key(required=False, allow_null=True, help_text="A person's id or email address.")
    category = Reference(visible_categories, what="category", required=False, allow_null=True)
    configuration_items = serializers.ListField(
        child=Reference(visible_items, key="id", what="configuration item"), required=False, max_length=100
    )
    team = Reference(visible_teams, what="team", required=False, allow_null=True)
    assignee = UserKey(queries.desk_users, key="id", what="login", required=False, allow_null=True)
    external_references = ExternalReferenceInput(many=True, required=False, max_length=20)
    channel = Choice(choices=Channel.choices, required=False)
    attachments = serializers.ListField(child=Text(max_length=60), required=False, max_length=50)
    extra = Extra(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        actor = self.context.get("actor")
        if actor is not None and not actor.is_inside:
            own = [(one.value, one.label) for one in OWN_CHANNELS]
            fields = {name: one for name, one in fields.items() if name not in _NEVER_BY_CUSTOMERS}
            fields["channel"] = Choice(choices=own, required=False)
        return fields


class ChangeInput(Input):
    """Plain fields of a ticket of any process; its state moves by verbs only."""

    title = Text(max_length=250, required=False)
    category = Reference(visible_categories, what="category", required=False, allow_null=True)
    service = Reference(visible_services, what="service", required=False, allow_null=True)
    impact = Whole(min_value=Level.HIGH, max_value=Level.LOW, required=False)
    urgency = Whole(min_value=Level.HIGH, max_value=Level.LOW, required=False)
    site = Reference(visible_sites, key="id", what="site", required=False, allow_null=True)
    requester = Key(required=False, allow_null=True, help_text="A person's id or email address.")
    priority = Whole(
        min_value=1, max_value=99, required=False, allow_null=True, help_text="By hand; null: the matrix."
    )
    priority_reason = Text(max_length=1_000, required=False)
    configuration_items = serializers.ListField(
        child=Reference(visible_items, key="id", what="configuration item"), required=False, max_length=100
    )


def opening_of(process: Process) -> type[OpeningInput]:
    """What opens a ticket of this process: the core, and those detail fields that its `open` takes."""
    takes = inspect.signature(process.open).parameters
    own = {name: one for name, one in _details(process).items() if name in takes}
    name = f"{process.kind.title()}Input"
    return type(name, (OpeningInput,), {**own, "__doc__": f"A new {process.kind}."})


def change_of(process: Process) -> type[ChangeInput]:
    """What may be changed by hand on a ticket of this process."""
    name = f"{process.kind.title()}Change"
    return type(name, (ChangeInput,), {**_details(process), "__doc__": f"Plain fields of a {process.kind}."})


def _details(process: Process) -> dict[str, serializers.Field]:
    if process.detail is None:
        return {}
    columns = {one.name: one for one in process.detail._meta.concrete_fields}
    return {name: _input_of(columns[name]) for name in process.detail_fields}


def _input_of(column: models.Field) -> serializers.Field:
    options: dict[str, Any] = {"required": False}
    if column.name == "extra":
        return Extra(**options)
    if isinstance(column, models.DateTimeField):
        return Instant(allow_null=column.null, **options)
    if column.choices:
        return Choice(choices=column.choices, allow_blank=column.blank, **options)
    if isinstance(column, models.BooleanField):
        return Flag(**options)
    if isinstance(column, models.IntegerField):
        return Whole(allow_null=column.null, **options)
    return Text(max_length=column.max_length or MOST_TEXT, allow_blank=column.blank, **options)


class MessageInput(Input):
    kind = Choice(choices=[(one.value, one.label) for one in (MessageKind.REPLY, MessageKind.NOTE)])
    audience = Choice(choices=[(one.value, one.value) for one in Audience], required=False)
    body = Text(max_length=MOST_TEXT, trim_whitespace=False)
    attachments = serializers.ListField(child=Text(max_length=60), required=False, max_length=50)


class LinkInput(Input):
    kind = Choice(choices=LinkKind.choices)
    number = Text(max_length=24)
