"""Who of a team is on call, as pages show it: now, until when, who is next."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts import rota as reckoning
from accounts import rotas
from accounts.choices import Gap
from accounts.models import Rota, Team, User
from accounts.rota import Shift, Stand
from core.actor import Actor
from desk import showing


def labels(team_id: int | None, at: dt.datetime) -> dict[int, str]:
    """For who is on call in this team now, a word about it. One query where the team has no rota."""
    duty = rotas.on_call([team_id], at)[team_id] if team_id else None
    return {one.pk: _("on call now") for one in duty.users} if duty else {}


def summary(team: Team, actor: Actor, at: dt.datetime) -> list[dict[str, Any]]:
    """For each active rota of a team: who is on call, until when, who is next. One query where there is none."""
    rows = rotas_of(team, actor)
    known = rotas.plans(rows, at, at + rotas.COMING) if rows else {}
    found = [(one, reckoning.shifts(known[one.pk], at, at + rotas.COMING)) for one in rows]
    users = people([shift for _row, shifts in found for shift in shifts])
    return [
        {"name": row.name, **drawn(shifts[0], users, actor), "next": following(shifts, users, actor)}
        for row, shifts in found
    ]


def rotas_of(team: Team, actor: Actor) -> list[Rota]:
    """The active rotas of a team."""
    return list(rotas.visible(actor).filter(team=team, is_active=True).order_by("name", "id"))


def people(shifts: Sequence[Shift]) -> dict[int, User]:
    """Everybody whom these stretches name, by id. One query."""
    stands = [one.stand for one in shifts]
    ids = {pk for one in stands for pk in (one.user_id, one.planned_id, one.deputy_of) if pk}
    return User.objects.in_bulk(ids) if ids else {}


def drawn(shift: Shift, users: dict[int, User], actor: Actor) -> dict[str, Any]:
    """One stretch as templates/desk/_on_call.html takes it."""
    stand = shift.stand
    is_others = stand.planned_id != stand.user_id
    return {
        "who": showing.login(users.get(stand.user_id or 0), actor), "to_at": shift.to_at, "gap": _gap(stand, users),
        "instead": str(users.get(stand.planned_id or 0) or "") if stand.swap_id and is_others else "",
        "deputy_of": str(users.get(stand.deputy_of or 0) or "") if stand.user_id and stand.deputy_of else "",
    }  # fmt: skip


def following(shifts: list[Shift], users: dict[int, User], actor: Actor) -> dict[str, Any] | None:
    """The stretch after the first in which it is somebody else's, or nobody's."""
    found = next((one for one in shifts[1:] if one.stand.user_id != shifts[0].stand.user_id), None)
    return {**drawn(found, users, actor), "from_at": found.from_at} if found else None


def _gap(stand: Stand, users: dict[int, User]) -> str:
    """Why nobody is on call, with the name of who is missing; empty where somebody is."""
    if stand.gap is None:
        return ""
    missing = users.get(stand.deputy_of or stand.planned_id or 0)
    if missing is not None and stand.gap in (Gap.AWAY, Gap.GONE):
        return _("nobody: %(name)s is %(why)s") % {"name": missing, "why": Gap(stand.gap).label}
    return _("nobody: %(why)s") % {"why": Gap(stand.gap).label}
