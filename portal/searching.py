"""Search first: answers while one types, a page for who presses Enter, and the fault form where nothing is found."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import frame, often, queries, showing
from portal.providers import PROVIDERS
from tickets import queries as tickets

LEAST_LETTERS = 2
MOST_OWN, MOST_OTHERS = 5, 3
LONGEST = 200


@require_safe
@frame.door
def hits(request: HttpRequest) -> HttpResponse:
    """The part under the search field, while one types; empty below two letters."""
    words = _words(request)
    found = _find(request, words) if len(words) >= LEAST_LETTERS else []
    return frame.part(request, "portal/_hits.html", hits=found, words=words, tell_url=_tell(words))


@require_safe
@frame.door
def page(request: HttpRequest) -> HttpResponse:
    """Everything found, by kind; nothing found leads to the fault form, with the words kept."""
    words = _words(request)
    found = _find(request, words) if words else []
    if words:
        often.note(request.customer, request.actor.key, words, request.at)
    if words and not found:
        messages.info(request, _("No answer yet. Tell us: your words are in the form."))
        return redirect(_tell(words))
    return frame.page(request, "portal/search.html", "home", hits=found, words=words, tell_url=_tell(words))


def _words(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]


def _find(request: HttpRequest, words: str) -> list[dict[str, Any]]:
    return [hit for search in PROVIDERS.searches for hit in search(request, words)]


def _tell(words: str) -> str:
    return f"{reverse('portal:report')}?{urlencode({'q': words})}"


def own_requests(request: HttpRequest, words: str) -> list[dict[str, Any]]:
    """My requests whose number, title or conversation holds the words; half a word is enough in a title."""
    rows = queries.mine(request.actor, request.customer)
    by_title = Q(title__icontains=words) | Q(number__istartswith=words)
    found = rows.filter(by_title | Q(id__in=_ids(request, words))).order_by("-id")[:MOST_OWN]
    return [_hit(one, _kind(one, request), request) for one in found]


def shared_requests(request: HttpRequest, words: str) -> list[dict[str, Any]]:
    """Similar ones of colleagues, as far as this reader may see them."""
    rows = queries.everybodys(request.actor, request.customer)
    rows = rows.exclude(id__in=queries.mine(request.actor, None).order_by().values("id"))
    found = rows.filter(Q(title__icontains=words) | Q(id__in=_ids(request, words))).order_by("-id")[
        :MOST_OTHERS
    ]
    return [_hit(one, _("A colleague's request"), request) for one in found]


def _kind(ticket: Any, request: HttpRequest) -> str:
    return _("Your request") if ticket.requester_id in request.actor.persons else _("You take part")


def _ids(request: HttpRequest, words: str) -> list[int]:
    """What the search function found, asked once a request."""
    kept = request.__dict__.setdefault("found_ids", {})
    if words not in kept:
        kept[words] = tickets.search_ids(words, request.actor, most=50)
    return kept[words]


def _hit(ticket: Any, kind: str, request: HttpRequest) -> dict[str, Any]:
    row = showing.row(ticket, request.at)
    return {
        "kind": kind,
        "label": row["title"],
        "text": f"{row['number']}, {row['next_text']}",
        "url": row["url"],
    }
