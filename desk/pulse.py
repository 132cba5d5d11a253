"""How much has changed under a list: what a page asks for every 20 seconds where no stream reaches it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import errors, time
from desk import doors, views_of_queue

MOST = 50


@require_GET
@doors.page
def changes(request: HttpRequest) -> HttpResponse:
    """`{"changes": n, "numbers": […]}`: tickets of this view that moved since `?since=`, the latest fifty by name."""
    params = request.GET.dict()
    since = time.find_instant(params.pop("since", ""))
    if since is None:
        raise errors.Malformed(_("Say since when, as a date and time with its zone."))
    asked = views_of_queue.read(params, request.actor)
    rows = views_of_queue.rows(asked, request.actor).filter(updated_at__gt=since)
    numbers = rows.select_related(None).order_by("-updated_at").values_list("number", flat=True)[:MOST]
    return JsonResponse({"changes": len(found := list(numbers)), "numbers": found})
