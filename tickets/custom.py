"""Custom fields: which apply to a ticket, what their values are, and how raw input becomes a typed column."""

import datetime as dt
import decimal
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import Person, email_key
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import time
from core.actor import Actor
from core.rest.fields import reference
from tickets import conditions, inputs
from tickets.choices import FieldType, RequiredAt
from tickets.engine import Field
from tickets.inputs import Wrong
from tickets.models import CustomField, FieldValue, Ticket

COLUMN = {
    FieldType.TEXT: "text", FieldType.LONG_TEXT: "text", FieldType.CHOICE: "text", FieldType.CHOICES: "text",
    FieldType.NUMBER: "number", FieldType.DATE: "day", FieldType.INSTANT: "instant", FieldType.FLAG: "flag",
    FieldType.PERSON: "person", FieldType.ITEM: "item",
}  # fmt: skip
_ANY = Field("value", "text")


def fields_for(kind: str, customer_id: int, category: Category | None) -> list[CustomField]:
    """The fields in use for such a ticket, in their order: one statement, more only where categories have parents."""
    rows = CustomField.objects.filter(
        Q(customer=None) | Q(customer_id=customer_id), kind=kind, is_active=True
    )
    found = list(rows.order_by("position", "id"))
    if not any(one.category_id for one in found):
        return found
    above = path_of(category)
    return [one for one in found if one.category_id is None or one.category_id in above]


def of_ticket(ticket: Ticket, present: Mapping[str, Any] | None = None) -> list[CustomField]:
    """The fields that this ticket is asked for: of its category, and where their conditions hold. `present` are its
    values by key, where the caller has them already; they are read only where a condition looks at one."""
    return asked(ticket, fields_for(ticket.kind, ticket.customer_id, ticket.category), present)


def asked(
    ticket: Ticket, fields: list[CustomField], present: Mapping[str, Any] | None = None
) -> list[CustomField]:
    """Those of the fields whose conditions hold on this ticket."""
    looked_at = conditions.names(fields)
    if not looked_at:
        return fields
    if present is None:
        reads = any(one.startswith(conditions.EXTRA) for one in looked_at)
        present = values([ticket])[ticket.pk] if reads else {}
    return conditions.shown(fields, conditions.facts_of(ticket, present))


def path_of(category: Category | None) -> set[int]:
    """The ids of a category and of all that it lies below."""
    found: set[int] = set()
    while category is not None and category.pk not in found:
        found.add(category.pk)
        category = category.parent
    return found


def rows_of(tickets: Sequence[Ticket]) -> Iterable[FieldValue]:
    """The values on these tickets, whatever became of their fields since."""
    own = {
        "customer_id__in": {one.customer_id for one in tickets},
        "ticket_id__in": [one.pk for one in tickets],
    }
    rows = FieldValue.objects.filter(**own).select_related("field", "person", "item")
    return rows.order_by("field__position", "field_id", "position")


def values(tickets: Sequence[Ticket]) -> dict[int, dict[str, Any]]:
    """For each ticket its values by key, as Python has them; several choices are a list."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows_of(tickets):
        value = getattr(row, COLUMN[FieldType(row.field.type)])
        if row.field.type == FieldType.CHOICES:
            found[row.ticket_id].setdefault(row.field.key, []).append(value)
        else:
            found[row.ticket_id][row.field.key] = value
    return found


def plain(value: Any) -> Any:
    """A value as the API answers it: numbers, texts, lists, and `{key, name}` for people and items."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.datetime):
        return time.iso(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Person | ConfigurationItem):
        return reference(value, "id")
    return value


def raw(value: Any) -> Any:
    """A value as `read` takes it again: JSON, with people and items by their ids; None for nothing."""
    return value.pk if isinstance(value, Person | ConfigurationItem) else plain(value)


def is_needed(field: CustomField) -> bool:
    """Whether a ticket cannot be opened without it, where it is asked for."""
    return field.required_at == RequiredAt.OPEN


def missing(ticket: Ticket, *moments: RequiredAt) -> list[CustomField]:
    """Fields that must be filled in by one of these moments and are not."""
    fields = fields_for(ticket.kind, ticket.customer_id, ticket.category)
    if not any(one.required_at in moments for one in fields):
        return []
    present = values([ticket])[ticket.pk]
    wanted = [one for one in asked(ticket, fields, present) if one.required_at in moments]
    return [one for one in wanted if one.key not in present]


def complete(ticket: Ticket) -> str | None:
    """Guard of `resolve`: what a custom field demands is there."""
    lacking = ", ".join(one.label for one in missing(ticket, RequiredAt.OPEN, RequiredAt.RESOLVE))
    if not lacking:
        return None
    return _("Before %(number)s can be resolved, fill in: %(names)s.") % {
        "number": ticket.number,
        "names": lacking,
    }


def read(field: CustomField, raw: Any, customer_id: int, actor: Actor) -> list[Any]:
    """The values that raw input means, none for "empty". Raises Wrong with the sentence."""
    if raw is None or raw in ("", []):
        return []
    if field.type == FieldType.CHOICES:
        named = raw if isinstance(raw, list | tuple) else [raw]
        return [_choice(field, one) for one in dict.fromkeys(str(one) for one in named)]
    if field.type == FieldType.CHOICE:
        return [_choice(field, raw)]
    if field.type in _SIMPLE:
        found = _SIMPLE[FieldType(field.type)](raw, actor)
        return [] if found is None else [found]
    found = _person(raw, customer_id, actor) if field.type == FieldType.PERSON else _item(raw, actor)
    return [found]


def _line(raw: Any, actor: Actor) -> str | None:
    text = inputs.read_text(raw, _ANY, actor).strip()
    if len(text) > 500 or "\n" in text:
        raise Wrong(_("This is one line of at most 500 characters."))
    return text or None


def _long(raw: Any, actor: Actor) -> str | None:
    return inputs.read_text(raw, _ANY, actor).strip() or None


def _number(raw: Any, _actor: Actor) -> decimal.Decimal:
    try:
        found = decimal.Decimal(str(raw)) if not isinstance(raw, bool) else None
    except decimal.InvalidOperation:
        found = None
    if found is None or not found.is_finite() or abs(found) >= 10**15:
        raise Wrong(_("This must be a number."))
    return found.quantize(decimal.Decimal("0.000001"))


def _day(raw: Any, _actor: Actor) -> dt.date:
    try:
        found = raw if isinstance(raw, dt.date) else parse_date(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    if found is None or not time.is_sane(found):
        raise Wrong(_("Write a day like 2026-11-24."))
    return found


def _instant(raw: Any, actor: Actor) -> dt.datetime | None:
    return inputs.read_instant(raw, _ANY, actor)


def _flag(raw: Any, actor: Actor) -> bool:
    return inputs.read_flag(
        {"yes": True, "no": False}.get(raw, raw) if isinstance(raw, str) else raw, _ANY, actor
    )


_SIMPLE: Mapping[str, Callable[[Any, Actor], Any]] = {
    FieldType.TEXT: _line, FieldType.LONG_TEXT: _long, FieldType.NUMBER: _number, FieldType.DATE: _day,
    FieldType.INSTANT: _instant, FieldType.FLAG: _flag,
}  # fmt: skip


def _choice(field: CustomField, raw: Any) -> str:
    if not isinstance(raw, str) or raw not in field.choices:
        raise Wrong(_("Choose from: %(known)s.") % {"known": ", ".join(field.choices)})
    return raw


def _person(raw: Any, customer_id: int, actor: Actor) -> Person:
    rows = Person.objects.visible_to(actor).filter(customer_id=customer_id, is_active=True)
    text = str(raw).strip()
    by_id = {"pk": int(text)} if text.isdecimal() and len(text) < 19 else {"email_key": email_key(text)}
    found = rows.filter(**by_id).first() or rows.filter(name=text).first()
    if found is None:
        raise Wrong(
            _("There is no such person at this customer: give an id, an email address or the full name.")
        )
    return found


def _item(raw: Any, actor: Actor) -> ConfigurationItem:
    rows, text = ConfigurationItem.objects.visible_to(actor), str(raw).strip()
    found = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    found = found or rows.filter(name=text).order_by("id").first()
    if found is None:
        raise Wrong(_("There is no such configuration item: give its id or its full name."))
    return found
