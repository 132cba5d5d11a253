"""The page of a team's on-call rotas: four weeks ahead, swaps and gaps marked, and the form that swaps."""

import dataclasses
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods, require_POST

from accounts import rota as reckoning
from accounts import rota_actions, rotas
from accounts.models import Rota, RotaSwap, Team, User
from accounts.rota import Shift
from core import errors
from core.form_fields import LocalInstantField
from desk import doors, shell, teams
from desk import on_call as drawing
from desk.forms import DeskForm


class SwapForm(DeskForm):
    """Who takes over, from when to when."""

    rota = forms.ModelChoiceField(None, label=__("Rota"), empty_label=None)
    user = forms.ModelChoiceField(None, label=__("Who takes over"), empty_label=__("Choose…"))
    from_at = LocalInstantField(label=__("From"))
    to_at = LocalInstantField(label=__("To"))
    reason = forms.CharField(label=__("Reason"), max_length=300, required=False)

    def __init__(self, team: Team, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["rota"].queryset = Rota.objects.filter(team=team, is_active=True).order_by("name", "id")
        members = User.objects.filter(memberships__team=team, is_active=True)
        self.fields["user"].queryset = members.order_by("name", "id")


@require_http_methods(["GET", "POST"])
@doors.page
def on_call(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: now, next, four weeks; ?rota, ?from and ?to fill in the form. POST: another member takes over."""
    team = teams.get_team(request, slug)
    if request.method == "GET":
        return _page(request, team, SwapForm(team, initial=_proposed(request)))
    form = SwapForm(team, request.POST)
    if form.is_valid():
        given = form.values()
        try:
            made = rota_actions.swap(given.pop("rota"), by=request.actor, at=request.at, **given)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("%(name)s takes over.") % {"name": made.user})
            return redirect("desk:on-call", slug=slug)
    return _page(request, team, form, status=422)


@require_POST
@doors.page
def cancel(request: HttpRequest, slug: str, swap_id: int) -> HttpResponse:
    """Take a swap back."""
    team = teams.get_team(request, slug)
    row = RotaSwap.objects.filter(pk=swap_id, rota__team=team).first()
    if row is None:
        raise errors.NotFound(_("There is no such swap."))
    rota_actions.cancel_swap(row, by=request.actor, at=request.at)
    messages.success(request, _("The swap is taken back."))
    return redirect("desk:on-call", slug=slug)


def _page(request: HttpRequest, team: Team, form: SwapForm, *, status: int = 200) -> HttpResponse:
    actor, until = request.actor, request.at + rotas.COMING
    rows = drawing.rotas_of(team, actor)
    known = rotas.plans(rows, request.at, until)
    is_member = team.pk in actor.teams
    may_keep = rota_actions.may_keep(actor, team)
    shown = [_shown(request, row, known[row.pk], may_keep=may_keep) for row in rows]
    return shell.render(
        request, "desk/on_call.html", current="teams", title=_("On call: %(team)s") % {"team": team},
        team={"name": team.name, "url": reverse("desk:team", args=[team.slug])}, rotas=shown, status=status,
        form=form if rows and (may_keep or is_member) else None, may_swap=may_keep or is_member,
        new_url=reverse("desk:settings-new", args=["rotas"]) if may_keep else "",
        action=reverse("desk:on-call", args=[team.slug]), until=until,
    )  # fmt: skip


def _shown(request: HttpRequest, row: Rota, plan: reckoning.Plan, *, may_keep: bool) -> dict[str, Any]:
    """One rota: now, next, and its list. Its hours are said once, not on each line."""
    at, until, actor = request.at, request.at + rotas.COMING, request.actor
    now = reckoning.shifts(plan, at, until)
    lines = reckoning.shifts(dataclasses.replace(plan, hours=None), at, until)
    users = drawing.people([*now, *lines])
    swaps = {one.pk: one for one in rotas.swaps_of([row], at)}
    return {
        "row": row, "now": drawing.drawn(now[0], users, actor), "next": drawing.following(now, users, actor),
        "lines": [_line(request, one, users, swaps.get(one.stand.swap_id or 0), row, may_keep) for one in lines],
        "edit_url": reverse("desk:settings-edit", args=["rotas", row.pk]) if may_keep else "",
    }  # fmt: skip


def _line(
    request: HttpRequest,
    shift: Shift,
    users: dict[int, User],
    swapped: RotaSwap | None,
    row: Rota,
    may_keep: bool,
) -> dict[str, Any]:
    """One stretch of the list, with its two ways out: give it to another, or take the swap back."""
    slug, actor = row.team.slug, request.actor
    may_cancel = swapped is not None and (may_keep or swapped.user_id == actor.user_id)
    query = f"?rota={row.pk}&from={shift.from_at:%Y-%m-%dT%H:%MZ}&to={shift.to_at:%Y-%m-%dT%H:%MZ}#swap"
    return {
        **drawing.drawn(shift, users, actor), "from_at": shift.from_at, "reason": swapped.reason if swapped else "",
        "swap_url": "" if swapped else reverse("desk:on-call", args=[slug]) + query,
        "cancel_url": reverse("desk:on-call-cancel", args=[slug, swapped.pk]) if swapped and may_cancel else "",
    }  # fmt: skip


def _proposed(request: HttpRequest) -> dict[str, Any]:
    """What the link beside a line fills in; nothing from what is no time."""
    found: dict[str, Any] = {"rota": request.GET.get("rota", "")}
    for name in ("from", "to"):
        try:
            at = parse_datetime(request.GET.get(name, ""))
        except ValueError:
            at = None
        if at is not None and at.tzinfo is not None:
            found[f"{name}_at"] = at
    return found
