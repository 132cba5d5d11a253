"""What happens to every request, whoever asks: a name for it, a limit to its size, and texts that are texts."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import errors, problems

Handler = Callable[[HttpRequest], HttpResponse]
_GOOD_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Gives each request an id (or keeps a proxy's well-formed one), for logs, entries and problem documents."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.request_id = given if _GOOD_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=request.request_id)
        response = self.get_response(request)
        structlog.contextvars.unbind_contextvars("request_id")
        response["X-Request-Id"] = request.request_id
        return response


class BodyLimitMiddleware:
    """Refuses a body over the limit before anything reads it (413); uploads have their own, larger one."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_file = request.headers.get("Content-Type", "").startswith("multipart/form-data")
        limit = settings.ATTACHMENT_LIMIT + 1_000_000 if is_file else settings.BODY_LIMIT
        length = request.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > limit:
            sentence = _("The body is larger than %(limit)s bytes: send less at once.") % {"limit": limit}
            return problems.respond(request, errors.TooLarge(sentence))
        return self.get_response(request)


class TextMiddleware:
    """Refuses NUL in an address, a query string or a form: no text of ours holds it, and no database takes it.

    The API names the parameter itself, and its bodies have their own parser. Stands after the CSRF check, which has
    read the form already.
    """

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        fields = [] if problems.wants_problem(request) else [request.GET, request.POST]
        texts = (text for one in fields for name, values in one.lists() for text in (name, *values))
        if "\0" not in request.path and not any("\0" in text for text in texts):
            return None
        return problems.respond(request, errors.Malformed(_("This holds characters that are no text.")))
