"""The door of drafts, the same for the desk's editors and forms and for the portal's form: JSON in, the version out.

A form's draft is what its fields hold, by name; an editor's is its text. Both belong to their writer alone.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from accounts import once
from core import errors
from tickets import actions
from tickets.models import Draft

UNKEPT = frozenset({"csrfmiddlewaretoken", once.FIELD, "form_key", "started", "files", "reason"})
MOST_FIELDS = 300
MOST_VALUES = 100  # of one field


def answer(
    request: HttpRequest, place: str, kind: str, *, spent_at: str, typed: Iterable[str] = ()
) -> HttpResponse:
    """Keep (PUT body, uploads, fields, caret, seen, version, key) or forget (DELETE) one draft.

    `spent_at`: where the form itself is sent; what comes after it was taken there is late and kept no more. `typed`:
    for a form, the fields that people write in: where none of them holds a word, there is nothing to keep. Raises
    Malformed, Invalid.
    """
    if request.method == "DELETE":
        actions.drop_draft(place=place, kind=kind, by=request.actor, at=request.at)
        return HttpResponse(status=204)
    given = _read(request)
    if once.is_spent(request, spent_at, given.pop("key")):
        return JsonResponse({"is_sent": True})
    if typed:
        given |= of_form(given["fields"], typed)
    try:
        kept = actions.save_draft(place=place, kind=kind, by=request.actor, at=request.at, **given)
    except errors.Stale as stale:
        theirs = stale.record
        assert isinstance(theirs, Draft)
        return JsonResponse({"body": theirs.body, "version": theirs.version}, status=412)
    return JsonResponse({"version": kept.version if kept else 0, "at": request.at.isoformat()})


def of_form(fields: Mapping[str, Any], typed: Iterable[str]) -> dict[str, Any]:
    """`body` (words for lists of drafts) and `fields` of a form's draft; both empty where nobody wrote anything."""
    kept = {name: value for name, value in fields.items() if name not in UNKEPT}
    words = [str(kept.get(name, "")).strip() for name in typed]
    words += [str(value).strip() for name, value in kept.items() if name.startswith("extra.")]
    said = "\n".join(one for one in words if one)
    return {"body": said[:500], "fields": kept} if said else {"body": "", "fields": {}}


def of_post(request: HttpRequest) -> dict[str, Any]:
    """The fields that a form without a script sends: a text each, a list where several boxes share a name."""
    many = {name: request.POST.getlist(name) for name in request.POST if name not in UNKEPT}
    return {name: found if len(found) > 1 else found[0] for name, found in many.items()}


def _read(request: HttpRequest) -> dict[str, Any]:
    """The body of a PUT as the action takes it. Raises Malformed."""
    try:
        given = json.loads(request.body)
        fields = {str(name): _value(value) for name, value in given.get("fields", {}).items()}
        if len(fields) > MOST_FIELDS:
            raise ValueError
        return {
            "body": str(given.get("body", "")),
            "uploads": [str(one) for one in given.get("uploads", [])],
            "fields": fields,
            "caret": _number(given.get("caret")),
            "seen": _number(given.get("seen")) or 0,
            "version": _number(given.get("version")) or 0,
            "key": _key(given.get("key", "")),
        }
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise errors.Malformed(_("A draft is a JSON object with a body.")) from error


def _value(value: Any) -> Any:
    """A text, or several. Raises ValueError for what no field holds."""
    several = value if isinstance(value, list) else [value]
    if any(isinstance(one, list | dict) for one in several):
        raise ValueError
    texts = ["" if one is None else str(one) for one in several[:MOST_VALUES]]
    return texts if isinstance(value, list) else texts[0]


def _key(value: Any) -> str:
    """The key of the form, as the page gave it. Raises ValueError for what none of ours can be."""
    key = str(value)
    if not (key.isascii() and key.isprintable()):
        raise ValueError
    return key


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**31 else None
