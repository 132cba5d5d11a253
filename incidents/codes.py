"""Which resolution codes there are: those in use for who resolves, the words of each for who reads."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from core import errors
from core.actor import Actor
from incidents.choices import Code
from incidents.models import ResolutionCode

OURS = (Code.FIXED, Code.NO_ANSWER, Code.DUPLICATE)  # the product itself ends incidents with these


def choices() -> list[tuple[str, Any]]:
    """The codes that can be chosen, in their order."""
    rows = ResolutionCode.objects.filter(customer=None, is_active=True).order_by("position", "id")
    return [(one.slug, str(one)) for one in rows]


def label(slug: str) -> str:
    """What a code is called, also one out of use."""
    row = ResolutionCode.objects.filter(customer=None, slug=slug).first() if slug else None
    return str(row or slug)


def create_code(row: ResolutionCode, *, by: Actor, at: dt.datetime, reason: str = "") -> ResolutionCode:
    """Add a code of your own. Raises Forbidden, Invalid (no name), Conflict (the slug is taken).
    Records resolution_code.created."""
    settings.require(by, "settings.write")
    if not row.name.strip():
        raise errors.required("name", _("Say what the code is called."))
    return settings.create(row, by=by, at=at, reason=reason)


def change_code(
    row: ResolutionCode,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> ResolutionCode:
    """Rename a code, move it in the list, or take it out of use; incidents that hold it keep it. Raises Forbidden,
    Invalid (no reason, no name for a code of your own, one that the product ends incidents with), Stale.
    Records resolution_code.changed."""
    settings.require(by, "settings.write")
    if fields and not reason.strip():
        raise errors.required("reason", _("Say why: reports count by these codes."))
    if fields.get("name", row.name).strip() == "" and row.slug not in Code.values:
        raise errors.required("name", _("Say what the code is called."))
    if fields.get("is_active") is False and row.slug in OURS:
        raise errors.required(
            "is_active",
            _("The product itself ends incidents with “%(code)s”: it stays in use.") % {"code": row},
        )
    return settings.change(row, by=by, at=at, fields=fields, version=version, reason=reason)
