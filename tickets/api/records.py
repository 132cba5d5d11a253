"""What a ticket and its parts answer. A customer's people read the public part of it and no more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from rest_framework import serializers

from cmdb.models import ConfigurationItem
from core.actor import Actor
from core.rest.fields import Instant, Reference, reference
from core.rest.records import Record
from journal.models import Entry, audiences_of
from tickets import custom, processes, surveys
from tickets.models import Answer, Attachment, Link, Message, Ticket
from tickets.processes import Process

INNER = (
    "impact", "urgency", "priority", "priority_override", "team", "assignee",
    "due_at", "due_metric", "hold_reason", "reopen_count", "thanked_at",
)  # fmt: skip
_INNER_DATA = frozenset({"priority", "reason", "is_human"})  # in the public entries of the journal


class TicketRecord(Record):
    """One ticket of any process."""

    inner = INNER
    number = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(source="shown.description", help_text="The first message, Markdown.")
    state = serializers.CharField()
    phase = serializers.CharField(help_text="open, waiting, resolved or closed.")
    customer = Reference()
    requester = Reference(key="id")
    site = Reference(key="id")
    service = Reference()
    category = Reference()
    configuration_items = serializers.ListField(source="shown.items", help_text="[{key, name}].")
    external_references = serializers.ListField(
        source="shown.references", help_text="[{system, reference, url}]."
    )
    impact = serializers.IntegerField()
    urgency = serializers.IntegerField()
    priority = serializers.IntegerField()
    priority_override = serializers.IntegerField(help_text="Set by hand; null: the matrix gave it.")
    team = Reference()
    assignee = Reference(key="id")
    is_major = serializers.BooleanField()
    channel = serializers.CharField()
    hold_kind = serializers.SerializerMethodField(help_text="For whom it waits; null: it does not.")
    hold_reason = Reference()
    hold_until = Instant()
    opened_at = Instant()
    due_at = Instant()
    due_metric = serializers.SerializerMethodField()
    updated_at = Instant()
    resolved_at = Instant()
    closed_at = Instant()
    thanked_at = Instant()
    merged_into = serializers.CharField(
        source="shown.merged_into", help_text="The ticket that this one was merged into, where it goes on."
    )
    reopen_count = serializers.IntegerField()
    version = serializers.IntegerField()

    def get_hold_kind(self, row: Ticket) -> str | None:
        return row.hold_kind or None

    def get_due_metric(self, row: Ticket) -> str | None:
        return row.due_metric or None


def record_of(process: Process) -> type[TicketRecord]:
    """The record of one process: the core, and what its detail row holds."""
    if process.detail is None:
        return TicketRecord
    fields = {
        one.name: shape
        for one in process.detail._meta.concrete_fields
        if (shape := output_of(one)) is not None
    }
    fields["extra"] = serializers.JSONField(source="shown.extra", help_text="Custom fields by key.")
    inner = (*INNER, *process.options.get("inner", ("extra",)))
    name = f"{process.kind.title()}Record"
    return type(name, (TicketRecord,), {**fields, "inner": inner, "__doc__": f"One {process.kind}."})


def output_of(column: models.Field) -> serializers.Field | None:
    """How a column of a detail row is answered; None for keys and for what the core says already."""
    if column.is_relation or column.name in ("id", "compartment"):
        return None
    if isinstance(column, models.DateTimeField):
        return Instant(source=f"shown.detail.{column.name}", default=None)
    if isinstance(column, models.JSONField):
        return serializers.JSONField(source=f"shown.detail.{column.name}", default=None)
    if isinstance(column, models.BooleanField):
        return serializers.BooleanField(source=f"shown.detail.{column.name}", default=None)
    if isinstance(column, models.IntegerField):
        return serializers.IntegerField(source=f"shown.detail.{column.name}", default=None)
    return serializers.CharField(source=f"shown.detail.{column.name}", default=None)


class Shown:
    """What a ticket's record shows beyond its own row, fetched for a whole page at once."""

    def __init__(self) -> None:
        self.description = ""
        self.items: list[dict[str, Any]] = []
        self.references: list[dict[str, str]] = []
        self.merged_into: str | None = None
        self.detail: Any = None
        self.extra: dict[str, Any] = {}


# One statement, written out: it is asked for every record, and put together anew it costs more than it takes to run.
_PARTS = """
    SELECT ticket_id, 'said', id, body, '', '' FROM tickets_message
     WHERE customer_id = ANY(%(customers)s) AND ticket_id = ANY(%(tickets)s) AND kind = 'opening'
       AND audience = ANY(%(audiences)s)
    UNION ALL SELECT ticket_id, 'reference', id, system, reference, url FROM tickets_externalreference
     WHERE customer_id = ANY(%(customers)s) AND ticket_id = ANY(%(tickets)s)
    UNION ALL SELECT DISTINCT ticket_id, 'field', 0::bigint, '', '', '' FROM tickets_fieldvalue
     WHERE customer_id = ANY(%(customers)s) AND ticket_id = ANY(%(tickets)s)
    UNION ALL SELECT ticket_id, 'item', item_id, '', '', '' FROM tickets_affecteditem
     WHERE customer_id = ANY(%(customers)s) AND ticket_id = ANY(%(tickets)s)
    UNION ALL SELECT ticket_id, 'merge', into_id, '', '', '' FROM tickets_merge
     WHERE customer_id = ANY(%(customers)s) AND ticket_id = ANY(%(tickets)s) AND undone_at IS NULL
    ORDER BY 1, 2, 4, 5, 3
"""


def show(tickets: Sequence[Ticket], actor: Actor, process: Process | None = None) -> None:
    """Put `shown` on each ticket: four queries at most, however many tickets. Customers are named, for the indexes."""
    customers, ids = {one.customer_id for one in tickets}, [one.pk for one in tickets]
    found: dict[int, Shown] = defaultdict(Shown)
    items: list[tuple[int, int]] = []
    merged: dict[int, int] = {}
    customized: set[int] = set()
    for ticket_id, what, key, text, reference_, url in _parts(customers, ids, actor) if ids else ():
        if what == "said":
            found[ticket_id].description = text
        elif what == "field":
            customized.add(ticket_id)
        elif what == "merge":
            merged[ticket_id] = key
        elif what == "item":
            items.append((ticket_id, key))
        else:
            found[ticket_id].references.append({"system": text, "reference": reference_, "url": url})
    visible = (
        ConfigurationItem.objects.visible_to(actor).in_bulk({key for _ticket, key in items}) if items else {}
    )
    for ticket_id, key in items:
        if key in visible:
            found[ticket_id].items.append(reference(visible[key], "id"))
    if process is not None:
        _add_details(found, tickets, process, customized if actor.is_inside else set())
    _show_merges(found, merged, actor)
    for ticket in tickets:
        ticket.shown = found[ticket.pk]


def _add_details(
    found: dict[int, Shown], tickets: Sequence[Ticket], process: Process, customized: set[int]
) -> None:
    """The process's own row of each ticket, and as `extra` what was imported with it and its custom fields."""
    if process.detail is not None:
        customers = {one.customer_id for one in tickets}
        ids = [one.pk for one in tickets]
        for detail in process.detail.objects.filter(customer_id__in=customers, ticket_id__in=ids):
            found[detail.pk].detail = detail
            found[detail.pk].extra = dict(getattr(detail, "extra", None) or {})
    if customized:
        for ticket_id, values in custom.values([one for one in tickets if one.pk in customized]).items():
            found[ticket_id].extra |= {key: custom.plain(one) for key, one in values.items()}


def _parts(customers: Iterable[int], tickets: list[int], actor: Actor) -> list[tuple[Any, ...]]:
    named = {"customers": list(customers), "tickets": tickets, "audiences": audiences_of(actor)}
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, named)
        return cursor.fetchall()


def _show_merges(found: dict[int, Shown], merged: dict[int, int], actor: Actor) -> None:
    """Where closed ones went, as far as the actor sees it there; no query where none was merged."""
    if not merged:
        return
    there = Ticket.objects.visible_to(actor).filter(pk__in=set(merged.values()))
    numbers = dict(there.values_list("pk", "number"))
    for ticket_id, into_id in merged.items():
        found[ticket_id].merged_into = numbers.get(into_id)


class AttachmentRecord(Record):
    """One file of a message."""

    id = serializers.IntegerField()
    message = serializers.IntegerField(source="message_id")
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    created_at = Instant()
    content = serializers.SerializerMethodField(help_text="The address of its bytes.")

    def get_content(self, row: Attachment) -> str:
        path = f"/api/v1/tickets/{self.context['ticket'].number}/attachments/{row.pk}/content/"
        return self.context["request"].build_absolute_uri(path)


class MessageRecord(Record):
    """One message of the conversation."""

    inner = ("is_human",)
    id = serializers.IntegerField()
    kind = serializers.CharField()
    audience = serializers.CharField()
    body = serializers.CharField(help_text="Markdown.")
    author = serializers.SerializerMethodField(help_text="{kind, name}.")
    is_from_customer = serializers.BooleanField()
    is_human = serializers.BooleanField()
    channel = serializers.CharField()
    at = Instant()
    attachments = AttachmentRecord(source="attachments.all", many=True)

    def get_author(self, row: Message) -> dict[str, str]:
        return {"kind": row.author_kind, "name": row.author_label}


class UploadRecord(Record):
    """One file that no message has taken yet; only who sent it knows its id."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    created_at = Instant()


class LinkRecord(Record):
    """One link, read from this ticket: `direction` in means that the other says it of this one."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    direction = serializers.SerializerMethodField(help_text="out: this ticket is it; in: the other one is.")
    number = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    created_at = Instant()

    def get_direction(self, row: Link) -> str:
        return "out" if row.ticket_id == self.context["ticket"].pk else "in"

    def get_number(self, row: Link) -> str:
        return self._other(row).number

    def get_title(self, row: Link) -> str:
        return self._other(row).title

    def get_state(self, row: Link) -> str:
        return self._other(row).state

    def _other(self, row: Link) -> Ticket:
        return row.other if row.ticket_id == self.context["ticket"].pk else row.ticket


class EntryRecord(Record):
    """One thing that happened to the ticket."""

    inner = ("recorded_at", "request_id")
    id = serializers.IntegerField()
    name = serializers.CharField()
    at = Instant()
    recorded_at = Instant()
    actor = serializers.SerializerMethodField(help_text="{kind, name}.")
    data = serializers.SerializerMethodField()
    request_id = serializers.CharField()

    def get_actor(self, row: Entry) -> dict[str, str]:
        return {"kind": row.actor_kind, "name": row.actor_label}

    def get_data(self, row: Entry) -> dict[str, Any]:
        if self.context["actor"].is_inside:
            return row.data
        return {name: one for name, one in row.data.items() if name not in _INNER_DATA}


class RatingRecord(Record):
    """One question after closing, and its answer."""

    question = serializers.SerializerMethodField(help_text="As it was asked.")
    score = serializers.IntegerField(help_text="1 (bad) to 5; null: not answered.")
    comment = serializers.CharField()
    invited_at = Instant()
    answered_at = Instant()
    expires_at = Instant()

    def get_question(self, row: Answer) -> str:
        return surveys.question_of(row)


class FieldRecord(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    type = serializers.CharField()
    required = serializers.BooleanField()
    choices = serializers.ListField(allow_null=True, help_text="[{value, label}], or null.")


class VerbRecord(serializers.Serializer):
    """One thing that the caller may do to the ticket now."""

    verb = serializers.CharField()
    label = serializers.CharField()
    fields_ = FieldRecord(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        return {"verb": fields["verb"], "label": fields["label"], "fields": fields["fields_"]}


def kinds() -> list[tuple[str, str]]:
    """The kinds of tickets in this house."""
    return [(one.kind, str(one.label)) for one in processes.every()]
