"""Every failure under /api/ as a problem document (RFC 9457): ours, the framework's, the database's."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions

from accounts import middleware
from core import errors, problems
from core.rest import doors


class MethodNotAllowed(errors.Refused):
    status, code, title = 405, "method_not_allowed", "Method not allowed"


class NotAcceptable(errors.Refused):
    status, code, title = 406, "not_acceptable", "Not acceptable"


class UnsupportedMediaType(errors.Refused):
    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


def handler(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The answer to a failed call, or None for a fault of ours, which becomes a 500 with a request id."""
    refusal = _refusal(exc, context)
    if refusal is None:
        return None
    response = problems.respond(context["request"]._request, refusal)  # noqa: SLF001 - Django's own, with its id
    wait = getattr(exc, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(max(1, round(wait)))
    if "etag" in refusal.extra:
        response["ETag"] = refusal.extra["etag"]
    return response


def _refusal(exc: Exception, context: dict[str, Any]) -> errors.Refused | None:
    if isinstance(exc, errors.NotFound | Http404 | exceptions.NotFound):
        return doors.nothing_here()  # one body, whatever was asked for
    if isinstance(exc, errors.Refused):
        return exc
    if isinstance(exc, exceptions.ValidationError):
        return invalid(exc.detail)
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc, context)
    return _of_django(exc) or middleware.of_database(exc)


def _of_django(exc: Exception) -> errors.Refused | None:
    if isinstance(exc, ValidationError):
        return errors.Malformed(" ".join(exc.messages))
    if isinstance(exc, PermissionDenied):
        return errors.Forbidden(_("You may not do this."))
    if isinstance(exc, RequestDataTooBig):
        return errors.TooLarge(_("The body is too large: send less at once."))
    if isinstance(exc, SuspiciousOperation):
        return errors.Malformed(_("This request cannot be understood."))
    return None


def _of_framework(exc: exceptions.APIException, context: dict[str, Any]) -> errors.Refused | None:
    request = context["request"]
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return errors.SignInNeeded(
            _("Send a token as “Authorization: Bearer c8_…”, or sign in with the browser.")
        )
    if isinstance(exc, exceptions.PermissionDenied):
        return errors.Forbidden(str(exc.detail))
    if isinstance(exc, exceptions.MethodNotAllowed):
        return MethodNotAllowed(_("%(method)s is not possible here.") % {"method": request.method})
    if isinstance(exc, exceptions.NotAcceptable):
        return NotAcceptable(_("Answers come as application/json only: accept that."))
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return UnsupportedMediaType(
            _("Send the body as application/json; files as multipart/form-data to uploads/.")
        )
    if isinstance(exc, exceptions.Throttled):
        return errors.TooMany(_("Too many requests: wait as long as Retry-After says, then go on."))
    if isinstance(exc, exceptions.ParseError):
        return errors.Malformed(str(exc.detail))
    return None


def invalid(detail: Any) -> errors.Malformed:
    """The refusal for serializer errors, nested names joined by dots."""
    found = dict(_flat(detail, ""))
    named = {name or "body": texts for name, texts in found.items()}
    return errors.Malformed(
        _("These fields are wrong: %(names)s.") % {"names": ", ".join(named)}, errors=named
    )


def _flat(detail: Any, path: str) -> list[tuple[str, list[str]]]:
    if isinstance(detail, dict):
        pairs = [(name if name != "non_field_errors" else "", one) for name, one in detail.items()]
    elif isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        pairs = [(position, one) for position, one in enumerate(detail) if one]
    else:
        return [(path, [str(one) for one in (detail if isinstance(detail, list) else [detail])])]
    return [pair for name, one in pairs for pair in _flat(one, f"{path}.{name}".strip("."))]


@csrf_exempt  # there is nothing here to protect, and a token carries no cookie
def nothing_at(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    """Answers every address under /api/ that leads nowhere, whatever the method."""
    return problems.respond(request, doors.nothing_here())
