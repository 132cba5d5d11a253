"""The places of the desk: views of the queue with their counters, teams, what roles open. Read by two queries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Func, JSONField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import absences
from accounts.models import Team
from core.actor import Actor
from customers.models import Installation
from desk.setup import names
from notifications import queries as notifications
from tickets import filters, queries, standing
from tickets.models import SavedView, ViewStar

ICONS = {
    "all": "list-details", "mine": "user", "unassigned": "user-plus", "overdue": "clock", "paused": "clock-pause",
    "blocked": "alert-triangle", "closed": "circle-check",
}  # fmt: skip
LABELS = {
    "all": __("All open"), "mine": __("Assigned to me"), "unassigned": __("Unassigned"), "overdue": __("Overdue"),
    "paused": __("Clock paused"), "blocked": __("Needs finishing"), "closed": __("Closed"),
}  # fmt: skip

KEYS = {"all": "g q", "mine": "g m"}
REPORTS = ("ticket.override_priority", "agreement.write", "settings.read")
CHORDS = {"major/": "g b", "reports/": "g r", "reports/pauses/": "g r", "teams/": "g t"}

HOUSE = ("mine", "all", "unassigned", "overdue", "paused", "blocked", "closed")


@dataclass(frozen=True)
class Beside:
    """What the sidebar shows, some seconds old at most. `teams` and `views` as (key, slug, name); `stars` are slugs;
    `unread`: tickets with something new in the Inbox; `away` says until which day, by login; `setup`: how far the
    setting up has come, None where nothing is set up."""

    brand: str
    teams: list[tuple[int, str, str]]
    views: list[tuple[int, str, str]]
    stars: list[str]
    counted: dict[str, int]
    away: dict[int, dt.date]
    unread: int = 0
    setup: dict[str, str] | None = None


def read(actor: Actor, at: dt.datetime) -> Beside:
    """From two queries: all that has a name, and all counters."""
    found: dict[str, list[tuple[int, str, str, Any]]] = {
        one: [] for one in ("brand", "team", "view", "star", "unread", "away")
    }
    for what, key, slug, name, more in _named(actor, at):
        found[what].append((key, slug, name, more))
    views = sorted(found["view"], key=lambda one: one[2].casefold())
    more = {f"view_{key}": _condition(given, actor) for key, _slug, _name, given in views}
    return Beside(
        brand=next((name for _key, _slug, name, _more in found["brand"]), ""),
        teams=[one[:3] for one in sorted(found["team"], key=lambda one: one[2].casefold())],
        views=[one[:3] for one in views],
        stars=[slug for _place, slug, _name, _more in sorted(found["star"], key=lambda one: one[0])],
        away=_away(found["away"], at),
        counted=queries.counts(actor, at, {name: one for name, one in more.items() if one is not None}),
        unread=sum(left for left, *_rest in found["unread"]),
        setup=next((given for _key, _slug, _name, given in found["brand"]), None),
    )


def _named(actor: Actor, at: dt.datetime) -> list[tuple[str, int, str, str, Any]]:
    """Teams, saved views, stars, who may be away, the installation's name and what is new in the Inbox: one query."""
    teams = Team.objects.filter(id__in=actor.teams)
    views = SavedView.objects.visible_to(actor)
    stars = ViewStar.objects.filter(user_id=actor.user_id or 0)
    zone = Func(F("user__time_zone"), function="to_jsonb", output_field=JSONField())
    parts = [
        _part(Installation.objects.all(), "brand", "id", "", "name", "setup"),
        _part(teams, "team", "id", "slug", "name"),
        _part(views, "view", "id", "slug", "name", "filters"),
        _part(stars, "star", "position", "slug", ""),
        _part(notifications.unread(actor), "unread", "left", "", ""),
        _part(absences.near(at), "away", "user_id", "from_on", "to_on", zone),
    ]
    return list(parts[0].union(*parts[1:], all=True))


def _part(rows: QuerySet, what: str, key: str, slug: str, name: str, more: Any = "") -> QuerySet:
    def text(column: str) -> Any:
        return Cast(F(column), CharField()) if column else Value("", CharField())

    empty = Value({}, JSONField())
    rows = rows.order_by().annotate(
        a_what=Value(what, CharField()), a_key=F(key), a_slug=text(slug), a_name=text(name),
        a_more=(F(more) if isinstance(more, str) else more) if more else empty,
    )  # fmt: skip
    return rows.values_list("a_what", "a_key", "a_slug", "a_name", "a_more")


def _away(rows: list[tuple[int, str, str, Any]], at: dt.datetime) -> dict[int, dt.date]:
    """Who is away now, by the calendar where that person is, and until which day."""
    found = {}
    for user_id, from_on, to_on, zone in rows:
        if from_on <= absences.today(zone, at).isoformat() <= to_on:
            found[user_id] = dt.date.fromisoformat(to_on)
    return found


def _condition(given: dict[str, str], actor: Actor) -> Q | None:
    """What a view stands for, to be counted among open tickets; None for one that looks beyond them."""
    if standing.BEYOND & given.keys():
        return None
    try:
        return filters.condition(given, actor)
    except ValueError:  # a filter that was changed since: the view itself says what is wrong
        return None


def places(actor: Actor, beside: Beside, current: str) -> list[dict[str, Any]]:
    """The sidebar: what is at hand, the views of the house, one's teams, saved views, what roles open."""
    counted, named = beside.counted, {slug: (key, name) for key, slug, name in beside.views}

    def of_house(slug: str) -> dict[str, Any]:
        number = counted.get(slug)
        hot = slug == "overdue" and bool(number)
        return _place(slug, str(LABELS[slug]), ICONS[slug], number, current, hot=hot)

    def of_saved(slug: str) -> dict[str, Any]:
        key, name = named[slug]
        return _place(slug, name, "list-details", counted.get(f"view_{key}"), current, own=True)

    at_hand = [
        {**(of_saved(slug) if slug in named else of_house(slug)), "starred": slug}
        for slug in beside.stars
        if slug in named or slug in LABELS
    ]
    count = beside.unread or None
    found = [_page("inbox", _("Inbox"), "inbox", "desk:inbox", current, count=count, key="g i")]
    found += [_heading(_("At hand")), *at_hand] if at_hand else []
    rest_of_house = [one for one in HOUSE if one not in beside.stars]
    found += [of_house(one) for one in rest_of_house if one == HOUSE[0]]
    found += [_page("tasks", _("My tasks"), "list-check", "desk:my-tasks", current), _heading(_("Queue"))]
    found += [of_house(one) for one in rest_of_house if one != HOUSE[0]]
    if beside.teams:
        found.append(_heading(_("My teams")))
    found += [
        _place(f"team:{slug}", name, "users", counted.get(f"team_{key}"), current)
        for key, slug, name in beside.teams
    ]
    rest = [of_saved(slug) for slug in named if slug not in beside.stars]
    found += [_heading(_("Views")), *rest] if rest else []
    found += [*_checklist(actor, beside.setup, current), *_house(actor, current)]
    return [_keyed(one) for one in found]


def _checklist(actor: Actor, setup: dict[str, str] | None, current: str) -> list[dict[str, Any]]:
    """What is left to set up, for administrators; nothing once all is done or the list was put away."""
    left = names.left(setup) if actor.may_everywhere(names.PERMISSION) else []
    if not left:
        return []
    done = _("%(done)s of %(all)s") % {"done": len(names.STEPS) - len(left), "all": len(names.STEPS)}
    found = [
        {"label": str(names.STEPS[slug]), "icon": "list-check", "url": reverse("desk:setup-step", args=[slug]),
         "current": current == f"setup:{slug}"}
        for slug in left
    ]  # fmt: skip
    return [_heading(f"{_('Setting up')} · {done}"), *found]


def _keyed(item: dict[str, Any]) -> dict[str, Any]:
    """With the chord that leads there, where the key map has one (ux.md 3.12)."""
    place = item.get("url", "").removeprefix(reverse("desk:queue"))
    return {**item, "key": item.get("key") or CHORDS.get(place, "")} if "url" in item else item


def _heading(label: str) -> dict[str, Any]:
    return {"label": label, "is_heading": True}


def _page(slug: str, label: str, icon: str, name: str, current: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "icon": icon, "url": address(name), "current": slug == current, **more}


def _place(slug: str, label: str, icon: str, count: int | None, current: str, **more: Any) -> dict[str, Any]:
    more |= {"key": KEYS[slug]} if slug in KEYS else {}
    queue = reverse("desk:queue")
    url = queue if slug == "all" else f"{queue}?view={slug}"
    return {"label": label, "url": url, "icon": icon, "count": count, "current": slug == current, **more}


def _house(actor: Actor, current: str) -> list[dict[str, Any]]:
    """Places beyond the queue, for those who may enter them."""
    known = [
        ("teams", _("Teams"), "users", "desk:teams", ()),
        ("major", _("Major incidents"), "access-point", "desk:majors", ()),
        ("service-levels", _("Service levels"), "gauge", "desk:levels", ("agreement.read",)),
        ("agreements", _("Agreements"), "file-text", "desk:agreements", ("agreement.read",)),
        ("jobs", _("Jobs"), "list-details", "desk:jobs", ("ticket.work",)),
        ("restricted", _("Restricted"), "lock", "desk:restricted", ("ticket.break_glass",)),
        ("mail", _("Mail"), "mail", "desk:mail", ("mail.read",)),
        ("deliveries", _("Deliveries"), "send", "desk:deliveries", ("delivery.read",)),
        ("gaps", _("Gaps between agreements"), "alert-triangle", "desk:gaps", ("agreement.write",)),
        ("corrections", _("Corrections of clocks"), "clock-pause", "desk:corrections", ("agreement.write",)),
        ("reports", _("Reports"), "chart-bar", "desk:report-pauses", REPORTS),
        ("settings", _("Settings"), "settings", "desk:settings", ()),
    ]
    found = [
        {"label": label, "icon": icon, "url": address(name), "current": slug == current}
        for slug, label, icon, name, wanted in known
        if address(name) and (not wanted or any(actor.may(one) for one in wanted))
    ]
    return [{"label": _("House"), "is_heading": True}, *found]


def address(name: str) -> str:
    """The address of a page that another room may mount, or nothing where it does not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
