"""When a custom field is asked for: conditions on what else the ticket says, judged alike by page, API and bulk.

A condition is `{"field": name, "values": [text, …]}` and holds where the ticket has one of the values; a field with
several is asked only where all hold. Names: category and service (by slug; a category stands for those below it too),
impact, urgency, channel, and `extra.<key>` for another custom field. A field that is not asked for answers nothing, so
that what depends on it is not asked for either.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import errors
from tickets.choices import Channel, FieldType, Level
from tickets.models import CustomField, Ticket

Facts = Mapping[str, frozenset[str]]
EXTRA = "extra."
MOST = 10
_LEVELS = frozenset(str(one) for one in Level.values)


class _Ticketlike(Protocol):
    """What a ticket, or a form that will be one, says about itself."""

    category: Category | None
    service: ConfigurationItem | None
    impact: int
    urgency: int
    channel: str


def facts_of(ticket: "Ticket | _Ticketlike", values: Mapping[str, Any]) -> Facts:
    """What a ticket says, as texts by name; `values` are those of its custom fields, by key."""
    found = {
        "category": frozenset(_slugs(ticket.category)),
        "service": frozenset({ticket.service.slug} if ticket.service else ()),
        "impact": frozenset({str(ticket.impact)}),
        "urgency": frozenset({str(ticket.urgency)}),
        "channel": frozenset({str(ticket.channel)}),
    }
    return {**found, **{f"{EXTRA}{key}": _texts(value) for key, value in values.items()}}


def shown(fields: Sequence[CustomField], facts: Facts) -> list[CustomField]:
    """Those of the fields that are asked for, in their order."""
    found = list(fields)
    while True:
        asked = {f"{EXTRA}{one.key}" for one in found}
        said = {name: texts for name, texts in facts.items() if not name.startswith(EXTRA) or name in asked}
        left = [one for one in found if _holds(one.shown_when, said)]
        if len(left) == len(found):
            return left
        found = left


def names(fields: Iterable[CustomField]) -> set[str]:
    """What the conditions of these fields look at."""
    return {one["field"] for field in fields for one in field.shown_when}


def text_of(conditions: Sequence[Mapping[str, Any]]) -> str:
    """Conditions as a person writes them, one a line: `category: vpn, mail`."""
    return "\n".join(f"{one['field']}: {', '.join(one['values'])}" for one in conditions)


def parse(text: str) -> list[dict[str, Any]]:
    """What a person wrote, as it is stored. Raises Invalid."""
    found = []
    for line in filter(None, (one.strip() for one in text.splitlines())):
        name, colon, rest = line.partition(":")
        values = [one.strip() for one in rest.split(",") if one.strip()]
        if not colon or not values:
            raise errors.required(
                "shown_when", _("“%(line)s” is no condition: write name: value, value.") % {"line": line[:80]}
            )
        found.append({"field": name.strip(), "values": values})
    return found


def check(field: CustomField) -> None:
    """Raises Invalid for conditions that could never hold: an unknown name or value, the field itself."""
    if not isinstance(field.shown_when, list) or len(field.shown_when) > MOST:
        raise _refuse(_("Give at most %(most)s conditions.") % {"most": MOST})
    for one in field.shown_when:
        if not isinstance(one, dict) or set(one) != {"field", "values"} or not one["values"]:
            raise _refuse(_("A condition names a field and its values."))
        known = _known(field, one["field"])
        wrong = [str(value) for value in one["values"] if known is not None and value not in known]
        if wrong:
            said = {"name": one["field"], "values": ", ".join(wrong)[:200]}
            raise _refuse(_("“%(name)s” is never %(values)s.") % said)


def _known(field: CustomField, name: str) -> frozenset[str] | None:
    """The values that a name can have, None for any. Raises Invalid for a name that is none."""
    if name == "category":
        return frozenset(Category.objects.values_list("slug", flat=True))
    if name == "service":
        return frozenset(ConfigurationItem.objects.services().values_list("slug", flat=True))
    if name in ("impact", "urgency"):
        return _LEVELS
    if name == "channel":
        return frozenset(Channel.values)
    key = str(name).removeprefix(EXTRA)
    rows = CustomField.objects.filter(kind=field.kind, key=key).exclude(key=field.key)
    other = rows.first() if str(name).startswith(EXTRA) else None
    if other is None:
        raise _refuse(
            _(
                "“%(name)s” is nothing to ask by: name category, service, impact, urgency, channel, or another "
                "field as extra.key."
            )
            % {"name": str(name)[:80]}
        )
    if other.type not in (FieldType.TEXT, FieldType.FLAG, FieldType.CHOICE, FieldType.CHOICES):
        raise _refuse(_("Only texts of one line, choices, and yes or no can be asked by."))
    if other.type == FieldType.FLAG:
        return frozenset({"yes", "no"})
    return frozenset(other.choices) if other.type in (FieldType.CHOICE, FieldType.CHOICES) else None


def _refuse(sentence: str) -> errors.Invalid:
    return errors.required("shown_when", sentence)


def _holds(conditions: Sequence[Mapping[str, Any]], facts: Facts) -> bool:
    return all(facts.get(one["field"], frozenset()) & set(one["values"]) for one in conditions)


def _slugs(category: Category | None) -> Iterable[str]:
    seen: set[int] = set()
    while category is not None and category.pk not in seen:
        seen.add(category.pk)
        yield category.slug
        category = category.parent


def _texts(value: Any) -> frozenset[str]:
    if isinstance(value, bool):
        return frozenset({"yes" if value else "no"})
    if isinstance(value, list | tuple | set | frozenset):
        return frozenset(str(one) for one in value)
    return frozenset() if value in (None, "") else frozenset({str(value)})
