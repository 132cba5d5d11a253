"""The agents' frame around every page: places with their counters, the band, who is signed in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.models import Team
from core import display
from core.actor import Actor
from customers.models import Installation
from tickets import queries
from tickets.models import Ticket


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
    counted = queries.counts(request.actor, request.at)
    frame = {
        "nav": places(request.actor, counted, current),
        "band": _band(request.actor, counted),
        "is_narrow": is_narrow,
        "search_url": reverse("desk:search"),
        **standing(request),
    }
    return render_template(request, template, {**frame, **context}, status=status)


def fragment(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A part of a page: what a script puts in place, without the frame."""
    return render_template(request, template, {"now": request.at, **context}, status=status)


def standing(request: HttpRequest) -> dict[str, Any]:
    """What does not depend on the page: who reads it, and when."""
    name = str(request.user)
    return {
        "now": request.at,
        "brand_name": str(Installation.objects.first() or ""),
        "me": {
            "name": name,
            "email": request.user.email,
            "initials": display.initials(name),
            "kind": "me",
        },
        "profile_url": _address("profile"),
        "preferences_url": _address("preferences"),
        "other_door": _portal(request.actor),
    }


def places(actor: Actor, counted: dict[str, int], current: str) -> list[dict[str, Any]]:
    """The sidebar: views of the queue, the teams of this person, what his roles open."""
    queue = reverse("desk:queue")

    def view(slug: str, label: str, icon: str, count: str, **more: Any) -> dict[str, Any]:
        url = queue if slug == "all" else f"{queue}?view={slug}"
        number = counted[count]
        hot = more.pop("is_hot", False) and number > 0
        return {
            "label": label,
            "url": url,
            "icon": icon,
            "count": number,
            "hot": hot,
            "current": slug == current,
            **more,
        }

    found = [
        view("mine", _("Assigned to me"), "user", "mine"),
        {
            "label": _("My tasks"),
            "icon": "list-check",
            "url": reverse("desk:my-tasks"),
            "current": current == "tasks",
        },
        {"label": _("Queue"), "is_heading": True},
        view("all", _("All open"), "users", "all"),
        view("unassigned", _("Unassigned"), "star", "unassigned"),
        view("overdue", _("Overdue"), "clock", "overdue", is_hot=True),
        view("paused", _("Clock paused"), "clock-pause", "paused"),
    ]
    teams = list(Team.objects.filter(id__in=actor.teams).order_by("name")) if actor.teams else []
    if teams:
        found.append({"label": _("My teams"), "is_heading": True})
    found += [view(f"team:{one.slug}", one.name, "users", f"team_{one.pk}") for one in teams]
    return [*found, *_house(actor, current)]


def _house(actor: Actor, current: str) -> list[dict[str, Any]]:
    """Places beyond the queue, for those who may enter them."""
    known = [
        ("restricted", _("Restricted"), "lock", "desk:restricted", "ticket.break_glass"),
        ("mail", _("Mail"), "mail", "desk:mail", "mail.read"),
        ("deliveries", _("Deliveries"), "send", "desk:deliveries", "delivery.read"),
        ("settings", _("Settings"), "settings", "desk:settings", ""),
    ]
    found = [
        {"label": label, "icon": icon, "url": _address(name), "current": slug == current}
        for slug, label, icon, name, permission in known
        if _address(name) and (not permission or actor.may(permission))
    ]
    return [{"label": _("House"), "is_heading": True}, *found]


def _band(actor: Actor, counted: dict[str, int]) -> dict[str, Any] | None:
    """The open major incident that began first, if there is one."""
    if not counted["major"]:
        return None
    major = Ticket.objects.visible_to(actor).open().filter(is_major=True).order_by("opened_at", "id").first()
    if major is None:
        return None
    url = reverse("desk:ticket", args=[major.number])
    return {"url": url, "text": f"{major.number} {major.title}", "notes": []}


def _portal(actor: Actor) -> dict[str, str] | None:
    """The way to one's own requests, for who is also a customer's person."""
    url = _address("portal:home") if actor.persons else ""
    return {"label": _("My own requests"), "url": url} if url else None


def _address(name: str) -> str:
    """The address of a page that another room may mount, or nothing where it does not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
