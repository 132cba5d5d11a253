"""The agents' frame around every page: places with their counters, the band, who is signed in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import display
from core.actor import Actor
from desk import counters, sidebar
from incidents.major import queries as majors

SIDEBAR = "sidebar"  # the cookie of who folded or unfolded it; without one each page has its own habit
BESIDE = "beside"  # the name under which the sidebar is kept for some seconds


def render(
    request: HttpRequest,
    template: str,
    *,
    current: str = "",
    status: int = 200,
    is_narrow: bool = False,
    **context: Any,
) -> HttpResponse:
    """A whole page. `current` is the place that the navigation marks; the rest is what the template reads."""
    seen = beside(request)
    frame = {
        "nav": sidebar.places(request.actor, seen, current),
        "band": _band(request.actor, seen.counted),
        "is_narrow": request.COOKIES.get(SIDEBAR, "folded" if is_narrow else "") == "folded",
        "search_url": reverse("desk:search"),
        "arrange_url": reverse("desk:arrange"),
        **standing(request, seen.brand),
    }
    return render_template(request, template, {**frame, **context}, status=status)


def beside(request: HttpRequest) -> sidebar.Beside:
    """What the sidebar shows, read once a request and kept for some seconds."""
    if not hasattr(request, "beside"):
        request.beside = counters.kept(request.actor, BESIDE, lambda: sidebar.read(request.actor, request.at))
    return request.beside


def fragment(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A part of a page: what a script puts in place, without the frame."""
    return render_template(request, template, {"now": request.at, **context}, status=status)


def standing(request: HttpRequest, brand: str) -> dict[str, Any]:
    """What does not depend on the page: who reads it, and when."""
    name = str(request.user)
    return {
        "now": request.at,
        "brand_name": brand,
        "me": {
            "name": name,
            "email": request.user.email,
            "initials": display.initials(name),
            "kind": "me",
        },
        "profile_url": sidebar.address("profile"),
        "preferences_url": sidebar.address("preferences"),
        "about_url": reverse("desk:about"),
        "other_door": _portal(request.actor),
    }


def _band(actor: Actor, counted: dict[str, int]) -> dict[str, Any] | None:
    """The open major incident that began first, if there is one."""
    if not counted["major"]:
        return None
    major = majors.open_now(actor).first()
    if major is None:
        return None
    number, due = major.ticket.number, major.ticket.update_due_at
    notes = [str(major.get_stage_display())]
    if due:
        notes.append(_("next update %(when)s") % {"when": date_format(timezone.localtime(due), "H:i")})
    if counted["major"] > 1:
        notes.append(_("%(count)s more") % {"count": counted["major"] - 1})
    return {"url": reverse("desk:major", args=[number]), "text": f"{number} {major.title}", "notes": notes}


def _portal(actor: Actor) -> dict[str, str] | None:
    """The way to one's own requests, for who is also a customer's person."""
    url = sidebar.address("portal:home") if actor.persons else ""
    return {"label": _("My own requests"), "url": url} if url else None
