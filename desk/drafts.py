"""What one writes is kept on the server while one writes: the JSON door of the editors, for their author alone."""

import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import once
from core import display, errors
from desk import doors, records
from tickets import actions
from tickets.choices import DraftKind
from tickets.models import NEW, Draft, Upload

KINDS = (DraftKind.REPLY, DraftKind.NOTE)


@require_http_methods(["PUT", "DELETE"])
@doors.page
def draft(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Keep (PUT body, uploads, caret, seen, version, key) or forget (DELETE) one's draft in an editor of a ticket."""
    if kind not in KINDS:
        raise errors.NotFound(_("There is no such editor."))
    ticket = records.get_ticket(request, number)
    return _answer(request, ticket.number, kind, spent_at=reverse(f"desk:{kind}", args=[ticket.number]))


@require_http_methods(["PUT", "DELETE"])
@doors.page
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Keep or forget what was filled in for a new ticket (`fields`, by name)."""
    return _answer(request, NEW, DraftKind.TICKET, spent_at=reverse("desk:new"))


@require_POST
@doors.page
def upload(request: HttpRequest) -> HttpResponse:
    """Store the files of an editor, for nobody but their sender until they are sent: id, name, size of each."""
    made = [actions.upload(one, by=request.actor, at=request.at) for one in request.FILES.getlist("files")]
    return JsonResponse({"files": [described(one) for one in made]})


def described(one: Upload) -> dict[str, Any]:
    """A waiting file as an editor shows it."""
    return {"id": str(one.pk), "name": one.name, "size": display.file_size(one.size)}


def files_of(ids: list[str]) -> dict[str, dict[str, Any]]:
    """The caller's files with these ids that no message took yet, by id; what is no id is left out."""
    known = [one for one in ids if _is_id(one)]
    return {str(one.pk): described(one) for one in Upload.objects.filter(id__in=known)} if known else {}


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _answer(request: HttpRequest, place: str, kind: str, *, spent_at: str) -> HttpResponse:
    if request.method == "DELETE":
        actions.drop_draft(place=place, kind=kind, by=request.actor, at=request.at)
        return HttpResponse(status=204)
    given = _read(request)
    if once.is_spent(request, spent_at, given.pop("key")):
        return JsonResponse({"is_sent": True})
    try:
        kept = actions.save_draft(place=place, kind=kind, by=request.actor, at=request.at, **given)
    except errors.Stale as stale:
        theirs = stale.record
        assert isinstance(theirs, Draft)
        return JsonResponse({"body": theirs.body, "version": theirs.version}, status=412)
    return JsonResponse({"version": kept.version if kept else 0, "at": request.at.isoformat()})


def _read(request: HttpRequest) -> dict[str, Any]:
    """The body of a PUT as the action takes it. Raises Malformed."""
    try:
        given = json.loads(request.body)
        return {
            "body": str(given.get("body", "")),
            "uploads": [str(one) for one in given.get("uploads", [])],
            "fields": {str(name): str(value) for name, value in given.get("fields", {}).items()},
            "caret": _number(given.get("caret")),
            "seen": _number(given.get("seen")) or 0,
            "version": _number(given.get("version")) or 0,
            "key": str(given.get("key", "")),
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise errors.Malformed(_("A draft is a JSON object with a body.")) from error


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 2**31 else None
