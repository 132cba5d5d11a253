"""A customer's looks: one small style sheet of role tokens and a logo, both from our own address (CSP stays)."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Portal
from core import colour, errors
from customers.models import Customer, Installation

WEEK_SECONDS = 604_800
HOUSE, HOUSE_DARK = "#0B636D", "#64CBD4"  # frontend/css/tokens.css
INK_ON_LIGHT, INK_ON_DARK = "#FFFFFF", "#0E1312"
TINTS = (0.88, 0.93, 0.97, 1.0)  # how far a tint may go towards its ground; the last is the ground itself


def portal_of(customer: Customer | None) -> Portal | None:
    """The portal settings that came with the customer, if it has any."""
    return getattr(customer, "portal", None) if customer else None


def help_of(own: Portal, desk: Installation) -> dict[str, str]:
    """phone, hours and mail: the customer's own, else the installation's."""
    return {
        "phone": own.phone or desk.phone,
        "hours": own.hours or desk.hours,
        "mail": own.email or desk.email,
    }


def links(own: Portal | None, look_url: str, logo_url: str) -> dict[str, Any]:
    """`look_url` and `logo_url` with their version, where there is something to load."""
    if own is None:
        return {}
    has_look = own.accent or own.accent_dark
    return {
        "look_url": f"{look_url}?v={own.pk}-{own.version}" if has_look else "",
        "logo_url": f"{logo_url}?v={own.logo_sha256[:12]}" if own.logo_key else "",
    }


def style(own: Portal) -> str:
    """The style sheet: the accent's four tokens, for light and dark; the house's where the customer has none."""
    light = _roles(own.accent or HOUSE, "#000000", colour.LIGHT[0], INK_ON_LIGHT)
    dark = _roles(own.accent_dark or HOUSE_DARK, "#FFFFFF", colour.DARK[0], INK_ON_DARK)
    pairs = (f"--{name}: light-dark({light[name]}, {dark[name]});" for name in light)
    return ":root { " + " ".join(pairs) + " }\n"


def _roles(accent: str, towards: str, ground: str, ink: str) -> dict[str, str]:
    tints = (colour.shade(accent, ground, share) for share in TINTS)
    return {
        "accent": accent,
        "accent-hover": colour.shade(accent, towards, 0.25),
        "accent-tint": next(one for one in tints if colour.contrast(accent, one) >= colour.READABLE),
        "on-accent": ink,
    }


def style_response(own: Portal, *, is_public: bool = False) -> HttpResponse:
    """The style sheet as an answer; its address carries the version, so it may be kept."""
    return _kept(HttpResponse(style(own), content_type="text/css; charset=utf-8"), is_public=is_public)


def logo_response(own: Portal | None, *, is_public: bool = False) -> HttpResponse:
    """The logo as an answer, with the type that was read from its bytes. Raises NotFound."""
    if own is None or not own.logo_key:
        raise errors.NotFound(_("There is no logo here."))
    try:
        with default_storage.open(own.logo_key) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise errors.NotFound(_("There is no logo here.")) from error
    return _kept(HttpResponse(content, content_type=own.logo_type), is_public=is_public)


def _kept(response: HttpResponse, *, is_public: bool) -> HttpResponse:
    scope = "public" if is_public else "private"
    response["Cache-Control"] = f"{scope}, max-age={WEEK_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
