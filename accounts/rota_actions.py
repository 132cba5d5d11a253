"""The verbs about a team's on-call rota. Who may: whoever keeps teams, and the lead of that team.

A member may besides give a shift of his own to a colleague, or take what nobody has.
"""

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts import rota as reckoning
from accounts import rotas, settings
from accounts.choices import TurnUnit
from accounts.models import Membership, Rota, RotaMember, RotaSwap, User
from core import errors
from core.actor import ALL, Actor
from journal.events import plain

LONGEST_SWAP = dt.timedelta(days=366)
_FIELDS = ("name", "time_zone", "unit", "length", "weekday", "handover_time", "starts_on", "calendar_id")
LATE = dt.timedelta(minutes=15)  # "now", by a form that was open for a while


def may_keep(by: Actor, rota_team: Any) -> bool:
    """Whether this actor keeps the rotas of a team."""
    if by.may("team.write", rota_team.customer_id or 0):
        return True
    return Membership.objects.filter(team=rota_team, user_id=by.user_id or 0, is_lead=True).exists()


def create_rota(rota: Rota, *, by: Actor, at: dt.datetime, members: Sequence[User], reason: str = "") -> Rota:
    """Begin an on-call rota of a team, its members in the order of their turns.

    Raises Forbidden, Invalid (at the field), Conflict (name). Records rota.created.
    """
    _require_keeper(by, rota)
    _check(rota, members)
    settings.save(rota)
    _set_places(rota, members)
    values = {name: getattr(rota, name) for name in _FIELDS} | {"members": [str(one) for one in members]}
    shown = {name: plain(value) for name, value in values.items()}
    settings.note_creation(rota, by=by, at=at, values=shown, reason=reason)
    return rota


def change_rota(
    rota: Rota,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Rota:
    """Change a rota; `members` in `fields` are all of them anew. Raises Forbidden, Invalid, Stale. Records
    rota.changed."""
    _require_keeper(by, rota)
    rest = {name: value for name, value in fields.items() if name != "members"}
    if rest.get("unit") == TurnUnit.DAYS:
        rest["weekday"] = None
    before = [one.user for one in rota.places.select_related("user").order_by("position")]
    members = list(fields.get("members", before))
    imagined = Rota.objects.select_related("team").get(pk=rota.pk)
    for name, value in rest.items():
        setattr(imagined, name, value)
    _check(imagined, members)
    row = settings.change(rota, by=by, at=at, fields=rest, version=version, reason=reason)
    if [one.pk for one in before] != [one.pk for one in members]:
        _set_places(row, members)
        row.version += 1
        row.save(update_fields=["version"])
        names = [[str(one) for one in people] for people in (before, members)]
        settings.note_change(row, by=by, at=at, changes={"members": names}, reason=reason)
    return row


def swap(
    rota: Rota, *, by: Actor, at: dt.datetime, user: User, from_at: dt.datetime, to_at: dt.datetime,
    reason: str = "", version: int | None = None,
) -> RotaSwap:  # fmt: skip
    """Put another member on call for a time.

    Raises Forbidden, Invalid (ends before it begins, past, over another swap, not of the team, changes nothing), Stale.
    Records rota_swap.created.
    """
    row = Rota.objects.select_for_update(of=("self",)).select_related("team").get(pk=rota.pk)
    if version is not None and row.version != version:
        raise errors.Stale(_("“%(name)s” has changed since you read it.") % {"name": row}, record=row)
    from_at = max(from_at, at) if from_at > at - LATE else from_at
    _check_time(row, from_at, to_at, at)
    _check_member("user", row, [user])
    plan = rotas.plans([row], from_at, to_at)[row.pk]
    present = reckoning.shifts(plan, from_at, to_at)
    _require_swapper(by, row, user, {one.stand.planned_id for one in present})
    if all(one.stand.user_id == user.pk and one.stand.deputy_of is None for one in present):
        raise errors.required("user", _("%(name)s is on call at that time anyway.") % {"name": user})
    made = RotaSwap(rota=row, user=user, from_at=from_at, to_at=to_at, reason=reason.strip())
    return settings.create(made, by=by, at=at, reason=made.reason)


def cancel_swap(
    swapped: RotaSwap, *, by: Actor, at: dt.datetime, reason: str = "", version: int | None = None
) -> RotaSwap:
    """Take a swap back; one that is under way ends now. Raises Forbidden, NotAllowed (it is over), Stale. Records
    rota_swap.changed."""
    row = (
        RotaSwap.objects.select_for_update(of=("self",))
        .select_related("rota__team", "user")
        .get(pk=swapped.pk)
    )
    if not may_keep(by, row.rota.team) and by.user_id != row.user_id:
        raise _forbidden(row.rota)
    _require_sight(by, row.rota)
    if row.cancelled_at is not None or row.to_at <= at:
        raise errors.NotAllowed(_("This swap is over: what has been stays as it was."))
    fields = {"to_at": at} if row.from_at < at else {"cancelled_at": at}
    return settings.change(row, by=by, at=at, fields=fields, version=version, reason=reason)


def _forbidden(rota: Rota) -> errors.Forbidden:
    return errors.Forbidden(
        _("The rota of %(team)s is kept by its lead and by who keeps teams.") % {"team": rota.team}
    )


def _require_keeper(by: Actor, rota: Rota) -> None:
    if not may_keep(by, rota.team):
        raise _forbidden(rota)
    _require_sight(by, rota)


def _require_sight(by: Actor, rota: Rota) -> None:
    """The entry stands in the journal of whose team it is: the provider's needs a sight of all customers."""
    if by.customers is not ALL and (rota.customer_id is None or not by.sees(rota.customer_id)):
        raise _forbidden(rota)


def _require_swapper(by: Actor, rota: Rota, user: User, planned: set[int | None]) -> None:
    """A keeper; or a member with what is all his own, or who takes himself what is nobody's or a colleague's."""
    if not may_keep(by, rota.team):
        is_own = by.user_id is not None and planned == {by.user_id}
        if not is_own and (by.user_id is None or by.user_id != user.pk):
            raise _forbidden(rota)
    _require_sight(by, rota)


def _check(rota: Rota, members: Sequence[User]) -> None:
    """Raises Invalid with a sentence at the first wrong field."""
    if not rota.name.strip():
        raise errors.required("name", _("A rota needs a name."))
    if not 1 <= rota.length <= 366:
        raise errors.required("length", _("A turn lasts at least one day, and at most 366 days or weeks."))
    if rota.unit == TurnUnit.WEEKS and rota.weekday is None:
        raise errors.required("weekday", _("Turns in weeks are handed over on a day of the week: say which."))
    if rota.unit == TurnUnit.DAYS and rota.weekday is not None:
        raise errors.required("weekday", _("Turns in days have no day of the week: leave it empty."))
    if rota.time_zone not in zoneinfo.available_timezones():
        sentence = _("There is no time zone “%(name)s”: write it like Europe/Berlin.")
        raise errors.required("time_zone", sentence % {"name": rota.time_zone})
    if rota.calendar is not None and rota.calendar.customer_id not in (None, rota.customer_id):
        raise errors.required("calendar", _("These business hours are another customer's."))
    if not members:
        raise errors.required("members", _("A rota needs at least one member."))
    if len({one.pk for one in members}) < len(members):
        raise errors.required("members", _("Each member stands in the rota once."))
    _check_member("members", rota, members)


def _check_member(field: str, rota: Rota, members: Sequence[User]) -> None:
    known = set(Membership.objects.filter(team=rota.team).values_list("user_id", flat=True))
    stranger = next((one for one in members if one.pk not in known), None)
    if stranger is not None:
        named = {"name": stranger, "team": rota.team}
        raise errors.required(field, _("%(name)s is not a member of %(team)s.") % named)
    left = next((one for one in members if not one.is_active), None)
    if left is not None:
        raise errors.required(field, _("%(name)s cannot sign in any more.") % {"name": left})


def _check_time(rota: Rota, from_at: dt.datetime, to_at: dt.datetime, at: dt.datetime) -> None:
    if to_at <= from_at:
        raise errors.required("to_at", _("It ends before it starts."))
    if from_at < at:
        raise errors.required("from_at", _("A swap begins now or later: what has been stays as it was."))
    if to_at - from_at > LONGEST_SWAP or from_at - at > LONGEST_SWAP:
        raise errors.required("to_at", _("A swap lies within a year from now, and lasts a year at most."))
    other = rotas.swaps_of([rota], from_at).filter(from_at__lt=to_at).first()
    if other is not None:
        sentence = _("%(name)s has taken over from %(from)s to %(to)s already: cancel that swap first.")
        named = {"name": other.user, "from": _shown(other.from_at, rota), "to": _shown(other.to_at, rota)}
        raise errors.required("from_at", sentence % named)


def _shown(at: dt.datetime, rota: Rota) -> str:
    return date_format(localtime(at, zoneinfo.ZoneInfo(rota.time_zone)), "j M H:i")


def _set_places(rota: Rota, members: Sequence[User]) -> None:
    RotaMember.objects.filter(rota=rota).delete()
    RotaMember.objects.bulk_create(
        RotaMember(rota=rota, user=user, position=place) for place, user in enumerate(members)
    )
