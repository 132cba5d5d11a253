"""What one writes is kept on the server while one writes: the JSON door of the editors, for their author alone."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import display, errors
from desk import doors, filled, records
from tickets import actions, draft_door
from tickets.choices import DraftKind
from tickets.models import Upload

KINDS = (DraftKind.REPLY, DraftKind.NOTE)


@require_http_methods(["PUT", "DELETE"])
@doors.page
def draft(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Keep (PUT body, uploads, caret, seen, version, key) or forget (DELETE) one's draft in an editor of a ticket."""
    if kind not in KINDS:
        raise errors.NotFound(_("There is no such editor."))
    ticket = records.get_ticket(request, number)
    spent_at = reverse(f"desk:{kind}", args=[ticket.number])
    return draft_door.answer(request, ticket.number, kind, spent_at=spent_at)


@require_http_methods(["PUT", "DELETE", "POST"])
@doors.page
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Keep (PUT) or forget (DELETE; POST from a page) what was filled in for a new ticket: ?caller= or ?customer=, and
    ?form=phone for the form of phone mode."""
    place, form = filled.place(request)
    if request.method == "POST":
        actions.drop_draft(place=place, kind=DraftKind.TICKET, by=request.actor, at=request.at)
        messages.success(request, _("The draft is gone."))
        return redirect("desk:new")
    spent_at = reverse(f"desk:{form}")
    return draft_door.answer(request, place, DraftKind.TICKET, spent_at=spent_at, typed=filled.TYPED)


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
