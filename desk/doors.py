"""The frame of every view of the desk: who may enter, forms that count once, refusals as pages."""

import functools
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts import once
from core import errors, problems
from desk import counters

# What pages send by themselves, and what changes nothing that is counted beside a list.
QUIET = ("presence", "read", "draft", "draft-new", "draft-upload")
View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Let people of the desk in; answer every refusal of a rule with its page."""

    @functools.wraps(view)
    def enter(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        if request.actor is None:
            return _sign_in(request)
        try:
            _require_desk(request)
            answer = once.keep(request, lambda: view(request, *args, **named))
        except errors.Refused as refusal:
            return problems.respond(request, refusal)
        if request.method == "POST" and request.resolver_match.url_name not in QUIET:
            counters.touch(request.actor)
        return answer

    return enter


def is_fragment(request: HttpRequest) -> bool:
    """Whether a script asked for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def _sign_in(request: HttpRequest) -> HttpResponse:
    if is_fragment(request):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path())


def _require_desk(request: HttpRequest) -> None:
    if not request.actor.is_desk:
        raise errors.Forbidden(
            _(
                "The desk opens with a role of the desk, such as Agent or Auditor; an administrator grants it. "
                "Your own requests are in the portal."
            )
        )
