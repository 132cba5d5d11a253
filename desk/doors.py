"""The frame of every view of the desk: who may enter, forms that count once, refusals as pages."""

import functools
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import once
from core import errors, problems

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Let people of the desk in; answer every refusal of a rule with its page."""

    @functools.wraps(view)
    def enter(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        if request.actor is None:
            return _sign_in(request)
        try:
            _require_desk(request)
            return once.keep(request, lambda: view(request, *args, **named))
        except errors.Refused as refusal:
            return problems.respond(request, refusal)

    return enter


def needs(permission: str, roles: str) -> Callable[[View], View]:
    """Keep a page to who holds the permission; `roles` is the sentence that says which roles open it."""

    def keep_to(view: View) -> View:
        @functools.wraps(view)
        def enter(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
            if not request.actor.may(permission):
                raise errors.Forbidden(str(roles))
            return view(request, *args, **named)

        return enter

    return keep_to


def is_fragment(request: HttpRequest) -> bool:
    """Whether a script asked for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def onward(request: HttpRequest, address: str) -> HttpResponse:
    """Where to go after something was done: a redirect, also out of a dialog."""
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


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
