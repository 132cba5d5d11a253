"""The two verbs behind every page of the Settings: create and change a row of what clocks, permissions or policy read.

Each is an action with version, reason and entry (decision 22); rooms above use them for their own reference data.
"""

import datetime as dt
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from accounts import events
from core import errors
from core.actor import Actor
from journal import recording
from journal.events import plain

Row = TypeVar("Row", bound=models.Model)


def require(by: Actor, permission: str, customer_id: int | None = None) -> None:
    """Raises Forbidden unless a grant gives the permission: at this customer, or for what is the installation's
    (None: logins, programs, roles, shared tables) at every customer."""
    if customer_id is None and not by.may_everywhere(permission):
        sentence = _(
            "This belongs to all customers: it needs a role with “%(permission)s” at every customer."
        )
        raise errors.Forbidden(sentence % {"permission": permission})
    if not by.may(permission, customer_id):
        raise errors.Forbidden(_("This needs a role with “%(permission)s”.") % {"permission": permission})


def create(row: Row, *, by: Actor, at: dt.datetime, reason: str = "") -> Row:
    """Insert a row of the Settings. Raises Conflict where it is there already. Records `<kind>.created`."""
    dated(row, by, at, "create")
    save(row)
    values = {
        one.attname: plain(getattr(row, one.attname))
        for one in row._meta.concrete_fields
        if not one.primary_key
    }
    note_creation(row, by=by, at=at, values=values, reason=reason)
    return row


def note_creation(
    row: models.Model, *, by: Actor, at: dt.datetime, values: dict[str, Any], reason: str = ""
) -> None:
    """Record `<kind>.created` for a row that was made otherwise."""
    owner = events.owner_of(row)
    recording.record(events.Created(subject=row, by=by, at=at, owner_id=owner, values=values, reason=reason))


def note_change(
    row: models.Model, *, by: Actor, at: dt.datetime, changes: dict[str, list[Any]], reason: str = ""
) -> None:
    """Record `<kind>.changed` for a change that lies in other rows (members, roles)."""
    owner = events.owner_of(row)
    recording.record(
        events.Changed(subject=row, by=by, at=at, owner_id=owner, changes=changes, reason=reason)
    )


def change(
    row: Row,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Row:
    """Set fields of a row of the Settings. Raises Stale, Conflict. Records `<kind>.changed` where something differs."""
    row = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if version is not None and getattr(row, "version", version) != version:
        raise errors.Stale(_("“%(name)s” has changed since you read it.") % {"name": row}, record=row)
    before = {name: plain(getattr(row, name)) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    changes = {
        name: [before[name], plain(getattr(row, name))]
        for name in fields
        if before[name] != plain(getattr(row, name))
    }
    if changes:
        if hasattr(row, "version"):
            row.version += 1
        dated(row, by, at, "change")
        save(row)
        note_change(row, by=by, at=at, changes=changes, reason=reason)
    return row


def dated(row: models.Model, by: Actor, at: dt.datetime, verb: str) -> None:
    """Date the history row that the next save of a tracked row writes."""
    row._history_date = at
    row._change_reason = f"{verb} by {by.key}"


def save(row: models.Model) -> None:
    """Save, or say which rule of the database the row breaks. Raises Conflict."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise errors.Conflict(
            _("“%(row)s” is there already, or points at something of another customer: nothing was saved.")
            % {"row": row},
            constraint=name,
        ) from error
