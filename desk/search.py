"""Search over everything one may see, open or closed, as one ranked list; a number goes straight to its ticket."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from desk import doors, finding, shell
from desk.finding import Hit, Kind
from tickets.models import Ticket

SHOWN = 50


@require_GET
@doors.page
def search(request: HttpRequest) -> HttpResponse:
    """Results for ?q=; ?kind= shows one kind alone, ?closed=no leaves out what is closed."""
    words = finding.cleaned(request.GET.get("q", ""))
    exact = (
        Ticket.objects.visible_to(request.actor).numbered(words).first() if _may_be_number(words) else None
    )
    if exact is not None:
        return redirect(reverse("desk:ticket", args=[exact.number]))
    found = {one.slug: one.find(request, words, SHOWN + 1) if words else [] for one in finding.KINDS}
    is_open_only = request.GET.get("closed") == "no"
    if is_open_only:
        found = {slug: [one for one in hits if not one.is_closed] for slug, hits in found.items()}
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in found else ""
    hits = _ranked(found, kind)
    return shell.render(
        request, "desk/search.html", current="search", search_text=words, title=_("Search"),
        results=[_shown(kind_of, hit, words) for kind_of, hit in hits[:SHOWN]], has_more=len(hits) > SHOWN,
        tabs=_tabs(request, found, kind) if words else [], is_open_only=is_open_only,
        filters=_filters(request, words, is_open_only=is_open_only),
    )  # fmt: skip


def _may_be_number(words: str) -> bool:
    return any(one.isdigit() for one in words) and " " not in words


def _ranked(found: dict[str, list[Hit]], kind: str) -> list[tuple[Kind, Hit]]:
    """The hits of all kinds in one order, or of one."""
    all_of_them = [(one, hit) for one in finding.KINDS if kind in ("", one.slug) for hit in found[one.slug]]
    return sorted(all_of_them, key=lambda pair: -pair[1].score)


def _shown(kind: Kind, hit: Hit, words: str) -> dict[str, Any]:
    return {
        "icon": kind.icon, "kind": kind.label, "hit": hit, "title": finding.marked(hit.title, words),
        "note": finding.marked(hit.note, words),
    }  # fmt: skip


def _address(request: HttpRequest, **changed: str) -> str:
    state = {name: request.GET.get(name, "") for name in ("q", "kind", "closed")} | changed
    return f"{reverse('desk:search')}?{urlencode({name: value for name, value in state.items() if value})}"


def _tabs(request: HttpRequest, found: dict[str, list[Hit]], kind: str) -> list[dict[str, Any]]:
    def count(number: int) -> str:
        return f"{SHOWN}+" if number > SHOWN else str(number)

    total = sum(min(len(hits), SHOWN + 1) for hits in found.values())
    is_more = any(len(hits) > SHOWN for hits in found.values())
    everything = {
        "label": _("All"), "count": f"{total - 1}+" if is_more else str(total), "current": not kind,
        "url": _address(request, kind=""),
    }  # fmt: skip
    return [
        everything,
        *(
            {
                "label": one.label, "count": count(len(found[one.slug])), "current": kind == one.slug,
                "url": _address(request, kind=one.slug),
            }
            for one in finding.KINDS
        ),
    ]  # fmt: skip


def _filters(request: HttpRequest, words: str, *, is_open_only: bool) -> dict[str, str]:
    """With or without what is closed; all filters of the queue, with the same words."""
    return {
        "toggle_url": _address(request, closed="" if is_open_only else "no"),
        "queue_url": f"{reverse('desk:filter')}?{urlencode({'q': words})}",
    }
