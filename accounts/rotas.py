"""Rotas as they stand in the database: read together with everything that decides who is on call (accounts/rota.py)."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts import rota
from accounts.choices import Gap
from accounts.models import Absence, Membership, Rota, RotaSwap, Team, User
from accounts.rota import Away, Plan, Swap
from calendars import versions
from core.actor import Actor

DAY = dt.timedelta(days=1)
COMING = dt.timedelta(days=28)


@dataclass(frozen=True)
class OnCall:
    """Who of a team is on call. Nobody: `gap` says why, and `missing` names whose turn it would be."""

    users: tuple[User, ...] = ()
    gap: Gap | None = None
    missing: str = ""


def visible(actor: Actor) -> QuerySet[Rota]:
    """The rotas of the teams that the actor may see; a customer's people and suppliers see none."""
    rows = Rota.objects.filter(team__in=Team.objects.visible_to(actor)).select_related("team", "calendar")
    return rows.prefetch_related("places__user") if actor.is_inside else rows.none()


def swaps_of(rows: Iterable[Rota], since: dt.datetime) -> QuerySet[RotaSwap]:
    """The swaps that hold and are not over, the next first."""
    held = RotaSwap.objects.filter(rota__in=list(rows), cancelled_at=None, to_at__gt=since)
    return held.select_related("user", "rota__team").order_by("from_at", "id")


def plans(rows: Sequence[Rota], since: dt.datetime, until: dt.datetime) -> dict[int, Plan]:
    """What decides about each of these rotas in a time, by its key: six queries at most, however many they are."""
    swaps = list(swaps_of(rows, since).filter(from_at__lt=until))
    ids = {place.user_id for one in rows for place in one.places.all()} | {one.user_id for one in swaps}
    absences = _absences(ids, since, until)
    deputies = {one.deputy_id for one in absences if one.deputy_id} - ids
    absences += _absences(deputies, since, until) if deputies else []
    teams = {one.team_id for one in rows}
    active = set(User.objects.filter(pk__in=ids | deputies, is_active=True).values_list("pk", flat=True))
    members = set(Membership.objects.filter(team__in=teams, user__in=ids).values_list("team_id", "user_id"))
    hours = versions.of({one.calendar_id for one in rows if one.calendar_id})
    newest = {pk: known[max(known)] for pk, known in hours.items()}
    return {
        one.pk: Plan(
            zone=zoneinfo.ZoneInfo(one.time_zone), starts_on=one.starts_on, handover_time=one.handover_time,
            members=[place.user_id for place in one.places.all()], unit=one.unit, length=one.length,
            weekday=one.weekday, absences=absences, hours=newest.get(one.calendar_id or 0),
            swaps=[Swap(row.pk, row.from_at, row.to_at, row.user_id) for row in swaps if row.rota_id == one.pk],
            gone=frozenset(pk for pk in ids if pk not in active or (one.team_id, pk) not in members)
            | (deputies - active),
        )
        for one in rows
    }  # fmt: skip


def on_call(team_ids: Iterable[int | None], at: dt.datetime) -> dict[int | None, OnCall]:
    """Who is on call in each of these teams at an instant, over all its active rotas: a gap where it is nobody, as
    where there is no team (None)."""
    team_ids = set(team_ids)
    rows = list(
        Rota.objects.filter(team__in={one for one in team_ids if one}, is_active=True)
        .prefetch_related("places")
        .order_by("name", "id")
    )
    known = plans(rows, at, at + DAY) if rows else {}
    stands = [(one.team_id, rota.on_call(known[one.pk], at)) for one in rows]
    ids = {pk for _team, one in stands for pk in (one.user_id, one.deputy_of, one.planned_id) if pk}
    users = User.objects.in_bulk(ids) if ids else {}
    found: dict[int | None, OnCall] = dict.fromkeys(team_ids, OnCall(gap=Gap.NO_ROTA))
    for team_id in found:
        own = [one for team, one in stands if team == team_id]
        if own:
            found[team_id] = _together(own, users)
    return found


def _together(stands: list[rota.Stand], users: dict[int, User]) -> OnCall:
    """Several rotas of one team as one: whoever is on call in any; else the gap that names somebody, if one does."""
    there = dict.fromkeys(one.user_id for one in stands if one.user_id in users)
    if there:
        return OnCall(tuple(users[pk] for pk in there if pk))
    worst = next((one for one in stands if one.gap in (Gap.AWAY, Gap.GONE)), stands[0])
    whose = users.get(worst.deputy_of or worst.planned_id or 0) if worst.gap in (Gap.AWAY, Gap.GONE) else None
    return OnCall(gap=worst.gap, missing=str(whose or ""))


def _absences(user_ids: set[int], since: dt.datetime, until: dt.datetime) -> list[Away]:
    """The absences of these logins that touch a time, each by the calendar where that person is."""
    rows = Absence.objects.filter(
        user__in=user_ids, from_on__lte=until.date() + DAY, to_on__gte=since.date() - DAY
    )
    return [_away(one) for one in rows.select_related("user").order_by("to_on", "id")]


def _away(one: Absence) -> Away:
    zone = zoneinfo.ZoneInfo(one.user.time_zone or "UTC")
    begins, ends = (rota.instant(day, dt.time(), zone) for day in (one.from_on, one.to_on + DAY))
    return Away(one.user_id, begins, ends, one.deputy_id)
