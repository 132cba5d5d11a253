"""What Django answers when no view did: a problem document under /api/, its own pages elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from core import errors, problems


class Broken(errors.Refused):
    """A fault of ours (500): said without details, found again by the request id."""

    status, code, title = 500, "internal_error", "Something broke on our side"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a host name, header or cookie that cannot be right."""
    if problems.wants_problem(request):
        return problems.respond(request, errors.Malformed(_("This request cannot be understood.")))
    return defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 outside of any door."""
    if problems.wants_problem(request):
        return problems.respond(request, errors.Forbidden(_("You may not do this.")))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that leads nowhere."""
    if problems.wants_problem(request):
        sentence = _("There is nothing at this address, or you may not see it.")
        return problems.respond(request, errors.NotFound(sentence))
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """500: nothing was saved, and the log has the rest."""
    if problems.wants_problem(request):
        sentence = _(
            "Something broke on our side; nothing was saved. Try again, and tell us the request_id if it stays."
        )
        return problems.respond(request, Broken(sentence))
    return defaults.server_error(request)
