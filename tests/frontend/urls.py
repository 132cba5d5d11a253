"""The gallery beside the whole product, whose addresses its pages name, and two sources of changes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from itsm.urls import urlpatterns as product


def stream(request: HttpRequest) -> HttpResponse:
    """Three changes, then the line ends; the browser comes back after a minute."""
    body = 'retry: 60000\nevent: change\ndata: {"count": 2}\n\nevent: change\ndata: {}\n\n'
    return HttpResponse(body, content_type="text/event-stream")


def poll(request: HttpRequest) -> JsonResponse:
    """One change since whenever the page asks about."""
    return JsonResponse({"changes": 1 if request.GET["since"] else 0})


urlpatterns = [
    path("dev/", include("core.views_dev")),
    path("live/stream/", stream),
    path("live/poll/", poll),
    *product,
]
