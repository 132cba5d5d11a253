"""Lists of tickets, and the resource of each process: read, open, change, and carry out verbs."""

import contextlib
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PersonRecord, people_rows
from accounts.models import Person, email_key
from catalogue.api import ServiceRecord, service_rows, show_customers
from core import errors
from core.actor import Actor
from core.rest import doors
from core.rest.fields import find
from core.rest.records import Record
from customers.models import Customer
from tickets import actions, filters, policy, queries, standing, verbs
from tickets.api import inputs, records
from tickets.choices import Channel
from tickets.engine import Field, Transition
from tickets.models import HoldReason, Ticket
from tickets.processes import Process

NUMBER = "[A-Za-z0-9-]{1,24}"
# What a customer's people may not see, they may not ask about either.
_INNER_FILTERS = frozenset({
    "priority", "team", "assignee", "due_before", "due_after", "is_blocked", "view", "sla_breached", "sla_due",
})  # fmt: skip
_INNER_ORDERS = ("priority", "due_at")
ELSEWHERE = ("change", "link", "watch", "involve")  # verbs with an address of their own: PATCH, and links/


def _view(slug: str, actor: Actor) -> Q:
    """What a saved view, or one of the house's, stands for."""
    return filters.condition(standing.filters_of(slug, actor), actor)


class Listed(doors.Reads, doors.Lists, doors.Door):
    """What every list of tickets shares: rows, filters, order, expansions."""

    model = Ticket
    record = records.TicketRecord
    process: Process | None = None
    order = ("-id",)
    orderings = {one: () for name in filters.ORDERINGS for one in (name, f"-{name}")}
    filters = ChainMap({"view": _view}, filters.FILTERS)  # with those that higher rooms put there
    lookup_field = "number"
    lookup_value_regex = NUMBER

    def rows(self) -> QuerySet:
        visible = Ticket.objects.visible_to(self.actor)
        rows = (
            queries.lines(visible) if self.action == "list" else queries.rows(visible).select_related("site")
        )
        return rows.of(self.process.kind) if self.process else rows

    def get_object(self) -> Ticket:
        kind = self.process.kind if self.process else ""
        found = queries.find_numbered(
            self.kwargs["number"], self.actor, beside=(*queries.ROW, "site"), kind=kind
        )
        if found is None:
            raise doors.nothing_here()
        return found

    def known_filters(self) -> Mapping[str, Any]:
        named = {name: one for name, one in self.filters.items() if name != "kind" or self.process is None}
        if self.actor.is_inside:
            return named
        return {name: one for name, one in named.items() if name not in _INNER_FILTERS}

    def key_order(self, rows: QuerySet) -> tuple[QuerySet, tuple[str, ...]]:
        given = self.request.GET.get("ordering")
        if given is None:
            return rows, self.order
        if not self.actor.is_inside and given.lstrip("-") in _INNER_ORDERS:
            given = "unknown"
        return filters.ordered(rows, given)

    def represent(self, rows: Iterable[Any], shape: type[Record] | None = None) -> list[dict[str, Any]]:
        rows = list(rows)
        if shape is None:
            records.show(rows, self.actor, self.process)
        return super().represent(rows, shape)


class AllTickets(Listed):
    """Tickets of every process in one list."""

    resource = "tickets"


def in_one_list(expansions: Mapping[str, doors.Expansion]) -> type[AllTickets]:
    """The list of all processes, with the expansions that the rooms give."""
    return type("AllTickets", (AllTickets,), {"__doc__": AllTickets.__doc__, "expansions": expansions})


class OfProcess(doors.Creates, doors.Changes, Listed):
    """The tickets of one process. `made_for` makes the resource of each; a new process needs no line here."""

    def make(self, values: dict[str, Any]) -> Ticket:
        customer = values.pop("customer", None) or self._only_customer()
        requester = self._requester(customer, values.pop("requester", None))
        detail = {
            name: values.pop(name)
            for name in self.process.detail_fields
            if name in values and name != "extra"
        }
        uploads = values.pop("attachments", [])
        values.setdefault("channel", Channel.API)
        new = actions.Opening(customer=customer, requester=requester, uploads=uploads, **values)
        return self.process.open(new, by=self.actor, at=self.at, **detail)

    def alter(self, row: Ticket, values: dict[str, Any], version: int | None) -> None:
        if "requester" in values:
            values["requester"] = _person(self.actor, row.customer, values["requester"])
        with _naming_allowed(self.actor, row):
            actions.change(row, by=self.actor, at=self.at, fields=values, version=version)

    @extend_schema(responses=records.VerbRecord(many=True))
    @action(
        detail=True,
        methods=["get"],
        pagination_class=None,
        filter_backends=[],
        url_path="actions",
        url_name="actions",
    )
    def verbs(self, request: Request, **kwargs: Any) -> Response:
        """What the caller may do now, with the fields of each verb."""
        ticket = self.get_object()
        reasons = list(HoldReason.objects.filter(is_active=True).order_by("kind", "slug"))
        found = [
            _verb(one, reasons) for one in policy.allowed(self.actor, ticket) if one.verb not in ELSEWHERE
        ]
        return Response(found, headers=self._tag(ticket))

    @extend_schema(request=OpenApiTypes.OBJECT)
    @action(
        detail=True, methods=["post"], pagination_class=None, filter_backends=[],
        url_path="actions/(?P<verb>[a-z_]{1,40})", url_name="action",
    )  # fmt: skip
    def act(self, request: Request, verb: str, **kwargs: Any) -> Response:
        """Carry out a verb. GET actions/ says which ones the caller may use now, and their fields."""
        ticket = self.get_object()
        if verb in ELSEWHERE or verb not in self.process.workflow.transitions:
            raise doors.nothing_here()
        version = self.expected_version(ticket)
        with _naming_allowed(self.actor, ticket):
            done = verbs.run(ticket, verb, request.data, by=self.actor, at=self.at, version=version)
        request.actor = request.actor.inside(done.compartment)  # who restricts a ticket goes on seeing it
        return self.answer(self.as_it_stands(done, ticket))

    def as_it_stands(self, done: Ticket, known: Ticket) -> Ticket:
        """The ticket read anew, with the rows beside it that are known and unchanged: nothing is joined twice."""
        row = queries.find(done.pk, self.actor)
        if row is None:
            raise doors.nothing_here()
        for name in (*queries.ROW, "site"):
            field = Ticket._meta.get_field(name)
            for source in (known, done):
                if field.is_cached(source) and getattr(row, field.attname) == getattr(source, field.attname):
                    field.set_cached_value(row, field.get_cached_value(source))
        return row

    def _only_customer(self) -> Customer:
        found = list(Customer.objects.visible_to(self.actor)[:2])
        if len(found) != 1:
            raise _wrong("customer", _("Say which customer this is for."))
        return found[0]

    def _requester(self, customer: Customer, key: str | int | None) -> Person | None:
        if key is None and not self.actor.is_inside:
            return Person.objects.filter(id__in=self.actor.persons, customer=customer).first()
        return _person(self.actor, customer, key)


def made_for(process: Process, expansions: Mapping[str, doors.Expansion]) -> type[OfProcess]:
    """The resource of one process, with the expansions that the rooms give."""
    said = {
        "__doc__": f"{process.label_plural}.",
        "resource": process.slug,
        "process": process,
        "record": records.record_of(process),
        "input": inputs.opening_of(process),
        "change": inputs.change_of(process),
        "expansions": expansions,
    }
    return type(f"{process.kind.title()}s", (OfProcess,), said)


@contextlib.contextmanager
def _naming_allowed(actor: Actor, ticket: Ticket) -> Iterator[None]:
    """Says in a 409 which verbs the caller may use instead."""
    try:
        yield
    except errors.NotAllowed as refusal:
        usable = [one.verb for one in policy.allowed(actor, ticket)]
        refusal.extra["allowed"] = [one for one in usable if one not in ELSEWHERE]
        raise


def _wrong(name: str, sentence: str) -> errors.Malformed:
    return errors.Malformed(sentence, errors={name: [sentence]})


def _person(actor: Actor, customer: Customer, key: str | int | None) -> Person | None:
    """The person of this customer with this id or address. Raises Malformed."""
    if key is None:
        return None
    rows = Person.objects.visible_to(actor).filter(customer=customer, is_active=True)
    is_address = isinstance(key, str) and "@" in key
    found = find(rows, "email_key", email_key(key)) if is_address else find(rows, "id", key)
    if found is None:
        raise _wrong(
            "requester", _("There is no person “%(key)s” of this customer.") % {"key": str(key)[:80]}
        )
    return found


def _verb(one: Transition, reasons: Sequence[HoldReason]) -> dict[str, Any]:
    fields = [
        {
            "name": field.name,
            "label": str(field.label),
            "type": "text" if field.type in ("line", "escalation") else field.type,
            "required": field.required,
            "choices": _choices(field, reasons),
        }
        for field in one.fields
    ]
    return {"verb": one.verb, "label": str(one.label), "fields": fields}


def _choices(field: Field, reasons: Sequence[HoldReason]) -> list[dict[str, str]] | None:
    if field.type == "hold_reason":
        return [{"value": one.slug, "label": one.name, "kind": one.kind} for one in reasons]
    if field.choices is None:
        return None
    return [{"value": value, "label": str(label)} for value, label in field.choices()]


# Expansions: for the rows of one page, what stands in the place of `{key, name}`.


def expand_requester(tickets: Sequence[Ticket], actor: Actor) -> dict[int, Any]:
    """The whole record of who asked."""
    ids = {one.requester_id for one in tickets if one.requester_id}
    people = people_rows(actor).filter(id__in=ids)
    found = {one.pk: PersonRecord(one, context={"actor": actor}).data for one in people}
    return {one.pk: found.get(one.requester_id) for one in tickets}


def expand_service(tickets: Sequence[Ticket], actor: Actor) -> dict[int, Any]:
    """The whole record of the service."""
    services = list(service_rows(actor).filter(id__in={one.service_id for one in tickets if one.service_id}))
    show_customers(services, actor)
    found = {one.pk: ServiceRecord(one, context={"actor": actor}).data for one in services}
    return {one.pk: found.get(one.service_id) for one in tickets}


EXPANSIONS: dict[str, doors.Expansion] = {"requester": expand_requester, "service": expand_service}
