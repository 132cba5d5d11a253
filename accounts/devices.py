"""A browser's long name for itself, cut down to what its owner recognises."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

# The first that fits counts: every browser also calls itself by the names of its forebears.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def describe(session: UserSession, *, is_current: bool) -> dict[str, Any]:
    """One line of the list of devices: id, device, address, last_seen_at, created_at, is_current."""
    return {
        "id": session.pk,
        "device": name_of(session.user_agent),
        "address": session.ip,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "is_current": is_current,
    }


def name_of(user_agent: str) -> str:
    """ "Firefox on Linux", or the name it gave where neither is known."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:60] or _("Unknown device")
