"""Custom fields: their definitions, each edit a version with its reason; and their values on a locked ticket."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from core import errors
from core.actor import Actor, ActorKind, Side
from journal import events as journal
from tickets import conditions, custom, processes
from tickets.choices import FieldType, RequiredAt
from tickets.inputs import Wrong
from tickets.models import CustomField, CustomFieldVersion, FieldValue, Ticket

SNAPSHOT = (
    "label", "help", "options", "required_at", "is_on_form", "is_on_portal", "is_folded", "position", "is_active",
    "category", "shown_when",
)  # fmt: skip


def create_field(field: CustomField, *, by: Actor, at: dt.datetime, reason: str = "") -> CustomField:
    """Add a field to a kind of ticket. Raises Forbidden, NotFound (no such kind), Invalid (a list without choices),
    Conflict (the key is taken). Records custom_field.created."""
    settings.require(by, "settings.write", field.customer_id)
    processes.of(field.kind)
    _check(field)
    made = settings.create(field, by=by, at=at, reason=reason)
    _keep(made, by, at, reason)
    return made


def change_field(
    field: CustomField,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> CustomField:
    """Put a new version of a field in force; values that are there stay. Raises Forbidden, Invalid (its key, kind or
    type; no reason; a list without choices), Stale. Records custom_field.changed; nothing where nothing differs."""
    settings.require(by, "settings.write", field.customer_id)
    if fields.keys() - set(SNAPSHOT):
        raise errors.Invalid(
            _("Key, kind, type and customer of a field stay as they are: add another field.")
        )
    if fields and not reason.strip():
        raise errors.required("reason", _("Say why: each version of a field keeps its reason."))
    for name, value in fields.items():
        setattr(field, name, value)
    _check(field)
    changed = settings.change(field, by=by, at=at, fields=fields, version=version, reason=reason)
    if changed.version != field.version:
        _keep(changed, by, at, reason)
    return changed


def put(row: Ticket, raw: Mapping[str, Any], *, by: Actor) -> dict[str, list[Any]]:
    """Set the named custom fields of a locked ticket; null or empty takes a value away. Not an action: the verb
    records. Returns {"extra.<key>": [before, after]} for those that differ.

    Raises Malformed (a key that is none here, a value that does not fit), Invalid (emptied, and required at open).
    """
    known = {one.key: one for one in _takes(row, by)}
    sentence = _("There is no custom field “%(name)s” here.")
    wrong = {key: sentence % {"name": str(key)[:80]} for key in raw if key not in known}
    read: dict[str, list[Any]] = {}
    for key, value in raw.items():
        try:
            read[key] = custom.read(known[key], value, row.customer_id, by) if key in known else []
        except Wrong as error:
            wrong[key] = f"{known[key].label}: {error}"
    if wrong:
        texts = list(wrong.values())
        named = {f"extra.{key}": [one] for key, one in wrong.items()}
        raise errors.Malformed(" ".join(texts), errors={"extra": texts, **named})
    before = custom.values([row])[row.pk]
    asked = _asked_after(row, list(known.values()), before, read)
    idle = {key: known[key] for key, found in read.items() if found and key not in asked}
    if idle:
        told = _("“%(name)s” is not asked for here: its conditions do not hold.")
        named = {f"extra.{key}": [told % {"name": one.label}] for key, one in idle.items()}
        texts = [text for several in named.values() for text in several]
        raise errors.Malformed(" ".join(texts), errors={"extra": texts, **named})
    return _write(row, known, read, before, asked)


def _takes(row: Ticket, by: Actor) -> list[CustomField]:
    """The fields that this actor may fill in: a customer's people those that are theirs to be asked."""
    found = custom.fields_for(row.kind, row.customer_id, row.category)
    return [one for one in found if one.is_on_portal] if by.side == Side.CUSTOMER else found


def _asked_after(
    row: Ticket, fields: list[CustomField], before: Mapping[str, Any], read: Mapping[str, list[Any]]
) -> set[str]:
    """The keys of the fields that are asked for once these values are written."""
    after = {
        **before,
        **{key: found if len(found) > 1 else (found or [None])[0] for key, found in read.items()},
    }
    return {one.key for one in custom.asked(row, fields, after)}


def at_open(row: Ticket, raw: Mapping[str, Any], *, by: Actor) -> None:
    """Set the custom fields of a ticket that is being opened. Raises Malformed, and Invalid where one is left empty
    that is asked for and must be filled in: the desk is asked for all, a customer's people for those on the portal, a
    schedule or a rule for none."""
    if raw:
        put(row, raw, by=by)
    if by.kind not in (ActorKind.USER, ActorKind.SERVICE_ACCOUNT):
        return
    lacking = custom.missing(row, RequiredAt.OPEN)
    if by.side != Side.DESK:
        lacking = [one for one in lacking if one.is_on_portal]
    if lacking:
        names = ", ".join(one.label for one in lacking)
        raise errors.Invalid(
            _("To open this, fill in: %(names)s.") % {"names": names},
            errors={f"extra.{one.key}": [_("This is needed.")] for one in lacking},
        )


def _write(
    row: Ticket,
    known: Mapping[str, CustomField],
    read: Mapping[str, list[Any]],
    before: Mapping[str, Any],
    asked: set[str],
) -> dict[str, list[Any]]:
    changes = {}
    for key, found in read.items():
        field, was = known[key], before.get(key)
        now = found if field.type == FieldType.CHOICES else (found[0] if found else None)
        if (was or None) == (now or None) and was is not False and now is not False:
            continue
        if was == now:
            continue
        is_needed = field.required_at == RequiredAt.OPEN and key in asked
        if not found and is_needed and was is not None:
            raise errors.required(
                f"extra.{key}", _("%(label)s cannot be left empty.") % {"label": field.label}
            )
        _replace(row, field, found)
        changes[f"extra.{key}"] = [journal.plain(was), journal.plain(now)]
    return changes


def _replace(row: Ticket, field: CustomField, found: list[Any]) -> None:
    row.field_values.filter(customer_id=row.customer_id, field=field).delete()
    FieldValue.objects.bulk_create(
        FieldValue(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, field=field, position=position,
            version=field.version, **{custom.COLUMN[FieldType(field.type)]: value},
        )
        for position, value in enumerate(found)
    )  # fmt: skip


def _check(field: CustomField) -> None:
    if field.type in (FieldType.CHOICE, FieldType.CHOICES) and not field.choices:
        raise errors.required("options", _("A list needs choices, one a line."))
    if field.shown_when:
        conditions.check(field)


def _keep(field: CustomField, by: Actor, at: dt.datetime, reason: str) -> None:
    definition = {name: journal.plain(getattr(field, name)) for name in SNAPSHOT}
    CustomFieldVersion.objects.create(
        customer_id=field.customer_id, field=field, version=field.version, definition=definition,
        reason=reason[:300], by=by.label[:200], created_at=at,
    )  # fmt: skip
