"""What the command palette asks the server for: records of every kind, and pages of the Settings."""

import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from desk import doors, finding
from desk.finding import Hit, Kind
from desk.settings import table

LEAST_LETTERS, MOST = 2, 5
_PERSON = "@"
_NUMBER = re.compile(r"[A-Za-z]{2,8}-?\d+|\d{2,}")


@require_GET
@doors.page
def palette(request: HttpRequest) -> HttpResponse:
    """JSON: `groups` of `label` and `items` (label, note, url, is_closed). From two letters on; `@` asks for people
    alone, a number for tickets alone."""
    typed = finding.cleaned(request.GET.get("q", ""))
    words = typed.removeprefix(_PERSON).strip()
    if len(words) < LEAST_LETTERS:
        return JsonResponse({"groups": []})
    groups = [_group(one, one.find(request, words, MOST)) for one in _asked(typed)]
    if not typed.startswith(_PERSON):
        groups.append({"label": _("Settings"), "items": list(_settings(request, words))[:MOST]})
    return JsonResponse({"groups": [one for one in groups if one["items"]]})


def _asked(typed: str) -> Iterable[Kind]:
    if typed.startswith(_PERSON):
        return [one for one in finding.KINDS if one.slug == "people"]
    if _NUMBER.fullmatch(typed):
        return [one for one in finding.KINDS if one.slug == "tickets"]
    return finding.KINDS


def _group(kind: Kind, hits: list[Hit]) -> dict[str, Any]:
    items = [
        {
            "label": f"{one.number} {one.title}".strip(), "note": one.note, "url": one.url,
            "is_closed": one.is_closed,
        }
        for one in hits
    ]  # fmt: skip
    return {"label": str(kind.label), "items": items}


def _settings(request: HttpRequest, words: str) -> Iterable[dict[str, Any]]:
    for one in table.SECTIONS.values():
        text = f"{one.label} {one.text}".casefold()
        if one.may_read(request.actor) and all(word in text for word in words.casefold().split()):
            yield {
                "label": str(one.label), "note": str(one.group), "url": one.url,
                "is_closed": False,
            }  # fmt: skip
