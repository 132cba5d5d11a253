"""The verbs of a customer's portal settings: its looks and its help line, and what strangers may see of it."""

import datetime as dt
import hashlib
import uuid
from typing import Any

import puremagic
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts import settings
from accounts.models import Portal
from core import colour, errors
from core.actor import Actor

LOGO_LIMIT = 200_000  # bytes
LOGO_TYPES = ("image/png", "image/jpeg", "image/webp")  # no SVG: it can hold a script


def create_portal(
    portal: Portal, *, by: Actor, at: dt.datetime, logo: UploadedFile | None = None, reason: str = ""
) -> Portal:
    """Say how a customer's portal looks and what it opens. Raises Forbidden, Invalid (colour, logo, domain),
    Conflict. Records portal.created."""
    settings.require(by, "customer.write", portal.customer_id)
    for name, value in _checked({one: getattr(portal, one) for one in _CHECKED}).items():
        setattr(portal, name, value)
    for name, value in (_store(logo) if logo else {}).items():
        setattr(portal, name, value)
    return settings.create(portal, by=by, at=at, reason=reason)


def change_portal(
    portal: Portal,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    logo: UploadedFile | None = None,
    version: int | None = None,
    reason: str = "",
) -> Portal:
    """Change a customer's portal. Raises Forbidden, Invalid (colour, logo, domain), Stale. Records portal.changed."""
    settings.require(by, "customer.write", portal.customer_id)
    values = {**fields, **_checked(fields), **(_store(logo) if logo else {})}
    return settings.change(portal, by=by, at=at, fields=values, version=version, reason=reason)


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    found = dict(fields)
    if "accent" in fields:
        found["accent"] = colour.require_readable(fields["accent"], colour.LIGHT, field="accent")
    if "accent_dark" in fields:
        found["accent_dark"] = colour.require_readable(
            fields["accent_dark"], colour.DARK, field="accent_dark"
        )
    if "mail_domains" in fields:
        found["mail_domains"] = [_domain(one) for one in fields["mail_domains"]]
    return found


_CHECKED = ("accent", "accent_dark", "mail_domains")


def _domain(text: str) -> str:
    """The domain in lower case. Raises Invalid."""
    domain = text.strip().lower().removeprefix("@")
    if "." not in domain or "@" in domain or " " in domain:
        raise errors.required(
            "mail_domains",
            _("“%(text)s” is no mail domain: write it like example.com.") % {"text": text[:60]},
        )
    return domain


def _store(logo: UploadedFile) -> dict[str, str]:
    """Store the picture and answer the columns that name it; its type is read from its bytes. Raises Invalid."""
    if logo.size > LOGO_LIMIT:
        raise errors.required("logo", _("The logo is larger than 200 kB: send a smaller one."))
    content = logo.read()
    logo.seek(0)
    try:
        kind = puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        kind = ""
    if kind not in LOGO_TYPES:
        raise errors.required("logo", _("The logo must be a PNG, JPEG or WebP picture."))
    key = default_storage.save(f"logos/{uuid.uuid4().hex}", logo)
    return {"logo_key": key, "logo_type": kind, "logo_sha256": hashlib.sha256(content).hexdigest()}
