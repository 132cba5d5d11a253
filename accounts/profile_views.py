"""The pages of one's own login: profile, devices, API tokens. They stand outside of the requests' scopes (a change of
password must survive whatever follows), so each write opens a scope of its own."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actors, devices, forms, profile_actions
from accounts.models import Theme, Token, User
from core import errors, problems
from core.actor import ALL, Actor
from customers import scoping
from journal import recording

View = Callable[..., HttpResponse]


def own(view: View) -> View:
    """Keep a page to signed-in people and answer refusals as pages."""

    @login_required
    @never_cache
    @functools.wraps(view)
    def inner(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except errors.Refused as refusal:
            return problems.respond(request, refusal)

    return inner


@contextlib.contextmanager
def acting(request: HttpRequest) -> Iterator[tuple[Actor, scoping.Scope]]:
    """The signed-in person as actor, in a scope of its own."""
    by = actors.of_user(request.user)
    recording.request_id.set(getattr(request, "request_id", ""))
    with scoping.scope(ALL, caller=by.key) as here:
        yield by, here


def _login(request: HttpRequest) -> User:
    """The row itself: `request.user` is a lazy stand-in that actions cannot ask for its model."""
    return User.objects.get(pk=request.user.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@own
def profile(request: HttpRequest) -> HttpResponse:
    """Name and preferences."""
    if request.method != "POST":
        return _page(
            request,
            "accounts/profile.html",
            form=forms.ProfileForm(initial=forms.profile_of(request.user)),
            is_desk=actors.of_user(request.user).is_desk,
        )
    form = forms.ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, "accounts/profile.html", status=422, form=form)
    with acting(request) as (by, here):
        profile_actions.change_profile(_login(request), by=by, at=here.at, fields=form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("profile")


@require_POST
@own
def theme(request: HttpRequest) -> HttpResponse:
    """The switch in everybody's menu: sets the theme, and goes back to where it was pressed."""
    chosen = request.POST.get("theme", "")
    if chosen not in Theme.values:
        raise errors.required("theme", _("The theme is light, dark, or as the system."))
    with acting(request) as (by, here):
        profile_actions.change_profile(_login(request), by=by, at=here.at, fields={"theme": chosen})
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "profile")


@require_safe
@own
def sessions(request: HttpRequest) -> HttpResponse:
    """The devices on which this person is signed in."""
    rows = UserSession.objects.filter(user=request.user).order_by("-last_seen_at")
    shown = [devices.describe(one, is_current=one.session_key == request.session.session_key) for one in rows]
    return _page(request, "accounts/sessions.html", sessions=shown)


@require_POST
@own
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign another device out."""
    with acting(request) as (by, here):
        profile_actions.end_session(_login(request), session_id, by=by, at=here.at)
    messages.success(request, _("That device is signed out."))
    return redirect("profile_sessions")


@require_safe
@own
def api_tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens."""
    return _tokens(request)


def _tokens(request: HttpRequest, secret: str = "") -> HttpResponse:
    rows = Token.objects.filter(user=request.user).order_by("-id")
    now = timezone.now()
    shown = [{"row": one, "works": one.revoked_at is None and one.expires_at > now} for one in rows]
    return _page(request, "accounts/tokens.html", tokens=shown, secret=secret)


@require_http_methods(["GET", "HEAD", "POST"])
@own
@reauthentication_required
@sensitive_variables("secret")
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token: only right after showing once more who one is."""
    form = forms.TokenForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return _page(request, "accounts/token_new.html", status=status, form=form)
    try:
        with acting(request) as (by, here):
            _row, secret = profile_actions.issue_token(
                _login(request), by=by, at=here.at, **form.cleaned_data
            )
    except errors.Refused as refusal:
        form.add_error(None, refusal.detail)
        return _page(request, "accounts/token_new.html", status=refusal.status, form=form)
    # Shown in the answer itself, this once: on its way through a redirect it would have to be stored.
    return _tokens(request, secret)


@require_POST
@own
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one's own token."""
    with acting(request) as (by, here):
        profile_actions.revoke_token(_login(request), token_id, by=by, at=here.at)
    messages.success(request, _("That token has ended."))
    return redirect("profile_tokens")


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, context, status=status)
