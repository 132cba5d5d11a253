"""A refusal as the caller reads it: a problem document (RFC 9457) under /api/, a page elsewhere."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader

from core import errors

MEDIA_TYPE = "application/problem+json"
_PAGES = {403, 404, 413, 422, 429, 500}


def wants_problem(request: HttpRequest) -> bool:
    """Whether the caller is a program: everything under /api/."""
    return request.path.startswith("/api/")


def document(request: HttpRequest, refusal: errors.Refused) -> dict[str, Any]:
    """The members of the problem document: type, title, status, detail, code, errors, request_id, and extras."""
    found = {
        "type": f"urn:clause8:problem:{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "request_id": getattr(request, "request_id", ""),
        **refusal.extra,
    }
    return {**found, "errors": refusal.errors} if refusal.errors else found


def respond(request: HttpRequest, refusal: errors.Refused) -> HttpResponse:
    """The answer to a refused request, in the form of the door it came through."""
    if wants_problem(request):
        headers = {"WWW-Authenticate": 'Bearer realm="api"'} if refusal.status == 401 else {}
        body = document(request, refusal)
        return JsonResponse(body, status=refusal.status, content_type=MEDIA_TYPE, headers=headers)
    page = refusal.status if refusal.status in _PAGES else 422
    context = {
        "detail": refusal.detail,
        "phrase": HTTPStatus(refusal.status).phrase,
        "reference": getattr(request, "request_id", ""),
    }
    html = loader.render_to_string([f"errors/{page}.html", "errors/422.html"], context, request)
    return HttpResponse(html, status=refusal.status)
