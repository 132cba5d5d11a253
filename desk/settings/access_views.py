"""What is done on the page of a login or a program beside its form: roles and tokens."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import actions as accounts
from accounts import service_accounts
from accounts.models import User
from accounts.roles import Role
from core import errors
from desk import doors
from desk.settings import views
from desk.settings.access import RoleForm, TokenForm, grants_of


@require_POST
@doors.page
def grant(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """Give a role to a login or a program."""
    row = _holder(request, slug, key)
    form = RoleForm(request.actor, request.POST)
    if not form.is_valid():
        raise errors.Malformed(_("Choose a role and, where it needs one, a customer."))
    role, customer = Role(form.cleaned_data["role"]), form.cleaned_data["customer"]
    accounts.grant(row, role, by=request.actor, at=request.at, customer=customer)
    messages.success(request, _("%(name)s has the role %(role)s.") % {"name": row, "role": role.label})
    return redirect(reverse("desk:settings-edit", args=[slug, key]))


@require_POST
@doors.page
def revoke(request: HttpRequest, slug: str, key: int, grant_id: int) -> HttpResponse:
    """Take a role away."""
    row = _holder(request, slug, key)
    holder = {"user": row} if isinstance(row, User) else {"service_account": row}
    found = grants_of(request.actor).filter(pk=grant_id, **holder).first()
    if found is None:
        raise errors.NotFound(_("This role is gone already."))
    if request.actor.user_id == found.user_id and found.role == Role.ADMINISTRATOR:
        raise errors.Invalid(_("Nobody takes his own role of administrator away: ask another administrator."))
    accounts.revoke(found, by=request.actor, at=request.at)
    messages.success(request, _("The role is taken away."))
    return redirect(reverse("desk:settings-edit", args=[slug, key]))


@require_POST
@doors.page
def issue_token(request: HttpRequest, key: int) -> HttpResponse:
    """Make a token of a program, and show it this once."""
    section = views.find("programs", request.actor)
    row = views.get_row(section, key, request.actor)
    form = TokenForm(request.POST)
    shown = section.form(request.actor, row)
    if not form.is_valid():
        return views.show(request, section, row, shown, status=422, token_form=form)
    given = form.cleaned_data
    try:
        _token, secret = service_accounts.issue_token(
            row,
            by=request.actor,
            at=request.at,
            name=given["name"],
            scopes=[given["scope"]],
            days=given["days"],
        )
    except errors.Refused as refusal:
        form.take(refusal)
        return views.show(request, section, row, shown, status=422, token_form=form)
    return views.show(request, section, row, shown, secret=secret)


@require_POST
@doors.page
def revoke_token(request: HttpRequest, key: int, token_id: int) -> HttpResponse:
    """End a token of a program now."""
    row = views.get_row(views.find("programs", request.actor), key, request.actor)
    service_accounts.revoke_token(row, token_id, by=request.actor, at=request.at)
    messages.success(request, _("The token has ended."))
    return redirect(reverse("desk:settings-edit", args=["programs", key]))


def _holder(request: HttpRequest, slug: str, key: int) -> Any:
    if slug not in ("users", "programs"):
        raise errors.NotFound(_("There is no such page in the Settings."))
    return views.get_row(views.find(slug, request.actor), key, request.actor)
