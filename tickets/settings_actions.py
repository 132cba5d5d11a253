"""The verbs about what a provider may tune: names of priorities, the matrix, reasons to wait (decision 22, 8.1)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from core import errors
from core.actor import Actor
from tickets import reference
from tickets.choices import Level
from tickets.models import HoldReason, LifeRule, Matrix, Priority

Cells = Mapping[str, Mapping[str, int]]


def change_priority(
    priority: Priority,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Priority:
    """Rename a level of priority. Raises Forbidden, Stale. Records priority.changed."""
    settings.require(by, "settings.write")
    return settings.change(priority, by=by, at=at, fields=fields, version=version, reason=reason)


def change_matrix(
    cells: Cells, *, by: Actor, at: dt.datetime, version: int | None = None, reason: str = ""
) -> Matrix:
    """Put a new version of the matrix in force, for judgements from now on: tickets keep the version that judged them.

    `cells`: impact, then urgency ("1" to "3"), gives a level. Raises Forbidden, Invalid (a cell without a level),
    Stale. Records priority_matrix.created; nothing where nothing differs.
    """
    settings.require(by, "settings.write")
    present = reference.matrix_in_force()
    if version is not None and present.version != version:
        raise errors.Stale(_("The matrix has changed since you read it."), record=present)
    _check_cells(cells)
    wanted = {impact: dict(row) for impact, row in cells.items()}
    if wanted == present.cells:
        return present
    made = Matrix(version=present.version + 1, cells=wanted, reason=reason[:300], created_at=at)
    return settings.create(made, by=by, at=at, reason=reason)


def create_hold_reason(row: HoldReason, *, by: Actor, at: dt.datetime, reason: str = "") -> HoldReason:
    """Add a reason to wait. Raises Forbidden, Conflict (the slug is taken, a second default of its kind).
    Records hold_reason.created."""
    settings.require(by, "settings.write")
    return settings.create(row, by=by, at=at, reason=reason)


def change_hold_reason(
    row: HoldReason,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> HoldReason:
    """Rename a reason to wait, or take it out of use. Its kind stays: tickets wait by it.
    Raises Forbidden, Conflict, Stale. Records hold_reason.changed."""
    settings.require(by, "settings.write")
    if fields.get("is_default") and fields.get("is_active", row.is_active) is False:
        raise errors.required("is_default", _("A reason out of use cannot be the default of its kind."))
    return settings.change(row, by=by, at=at, fields=fields, version=version, reason=reason)


def create_life_rule(row: LifeRule, *, by: Actor, at: dt.datetime, reason: str = "") -> LifeRule:
    """Give one customer deadlines of its own, for what happens from now on. Raises Forbidden, Invalid (out of order),
    Conflict (it has its own already). Records life_rule.created."""
    settings.require(by, "settings.write")
    _check_life(row, {})
    return settings.create(row, by=by, at=at, reason=reason)


def change_life_rule(
    row: LifeRule,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> LifeRule:
    """Change when customers are reminded, and how long what is resolved may be opened again. What is planned already
    stays. Raises Forbidden, Invalid, Stale. Records life_rule.changed."""
    settings.require(by, "settings.write")
    _check_life(row, fields)
    return settings.change(row, by=by, at=at, fields=fields, version=version, reason=reason)


def _check_life(row: LifeRule, fields: Mapping[str, Any]) -> None:
    first, second, last = (
        fields.get(name, getattr(row, name))
        for name in ("first_reminder_days", "second_reminder_days", "give_up_days")
    )
    if not 0 < first < second < last:
        raise errors.Invalid(
            _("Reminders come one after the other: each needs more days than the one before it.")
        )
    if min(fields.get(name, getattr(row, name)) for name in ("reopen_days", "close_days")) < 1:
        raise errors.Invalid(_("A window is at least one working day."))


def _check_cells(cells: Cells) -> None:
    levels = {one.level for one in reference.priorities()}
    wanted = [str(one) for one in Level.values]
    for impact in wanted:
        for urgency in wanted:
            if cells.get(impact, {}).get(urgency) not in levels:
                raise errors.Invalid(
                    _(
                        "Each field of the matrix needs a priority: impact %(impact)s, urgency %(urgency)s has none."
                    )
                    % {"impact": impact, "urgency": urgency}
                )
