"""The verbs about how major incidents are run: procedure, top management, words (decisions 13 and 22, 8.1)."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from accounts.models import Grant
from accounts.roles import PERMISSIONS
from core import errors
from core.actor import Actor
from incidents.major import queries
from incidents.models import MajorProcedure, TopManager, UpdateTemplate

READERS = sorted(role for role, held in PERMISSIONS.items() if "ticket.read" in held)
PLACES = ("{title}", "{service}", "{next_update}")


def change_procedure(
    fields: dict[str, Any], *, by: Actor, at: dt.datetime, version: int | None = None, reason: str = ""
) -> MajorProcedure:
    """Put a new version of criteria and procedure in force, for what is declared from now on.

    `fields`: criteria, procedure, interval_seconds, lead_seconds; what is not named stays. Raises Forbidden, Invalid
    (no text, no time), Stale. Records major_procedure.created; nothing where nothing differs.
    """
    settings.require(by, "settings.write")
    present = queries.procedure()
    if version is not None and present.version != version:
        raise errors.Stale(_("The procedure has changed since you read it."), record=present)
    names = ("criteria", "procedure", "interval_seconds", "lead_seconds")
    wanted = {name: fields.get(name, getattr(present, name)) for name in names}
    for name in ("criteria", "procedure"):
        if not str(wanted[name]).strip():
            raise errors.required(name, _("Write the criteria and the procedure down."))
    for name in ("interval_seconds", "lead_seconds"):
        if not 60 <= int(wanted[name]) <= 604_800:
            raise errors.required(name, _("This takes between a minute and a week."))
    if wanted == {name: getattr(present, name) for name in names}:
        return present
    made = MajorProcedure(version=present.version + 1, reason=reason[:300], created_at=at, **wanted)
    return settings.create(made, by=by, at=at, reason=reason)


def create_top_manager(row: TopManager, *, by: Actor, at: dt.datetime, reason: str = "") -> TopManager:
    """Add somebody to the list of top management. Raises Forbidden, Invalid (may not read every customer's tickets),
    Conflict (is on it). Records top_manager.created."""
    settings.require(by, "settings.write")
    reads = Grant.objects.filter(user=row.user, customer=None, role__in=READERS)
    if not row.user.is_active or not reads.exists():
        raise errors.required(
            "user",
            _("%(name)s may not read every customer's tickets: give a role such as Auditor first.")
            % {"name": row.user},
        )
    return settings.create(row, by=by, at=at, reason=reason)


def change_top_manager(
    row: TopManager,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> TopManager:
    """Take somebody off the list, or back on. The last one stays: somebody must hear of a major incident.
    Raises Forbidden, Invalid, Stale. Records top_manager.changed."""
    settings.require(by, "settings.write")
    rows = TopManager.objects.select_for_update(of=("self",)).filter(is_active=True)
    others = [one for one in rows.order_by("id") if one.pk != row.pk]
    if fields.get("is_active", True) is False and not others:
        raise errors.required(
            "is_active", _("The list of top management may not be empty: name somebody else first.")
        )
    return settings.change(row, by=by, at=at, fields=fields, version=version, reason=reason)


def change_template(
    row: UpdateTemplate,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> UpdateTemplate:
    """Change the words that an update starts from. Raises Forbidden, Invalid (no text), Stale.
    Records update_template.changed."""
    settings.require(by, "settings.write")
    if not str(fields.get("text", row.text)).strip():
        raise errors.required("text", _("A template says something."))
    return settings.change(row, by=by, at=at, fields=fields, version=version, reason=reason)
