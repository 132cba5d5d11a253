"""Who is away, and the verbs about one's absence: from and to a day, with a deputy."""

import datetime as dt
import zoneinfo
from collections.abc import Collection

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import settings
from accounts.models import Absence, User
from core import errors
from core.actor import Actor

DAY = dt.timedelta(days=1)
LONGEST = dt.timedelta(days=732)


def away(user_ids: Collection[int], at: dt.datetime) -> set[int]:
    """Which of these logins are away at an instant, each by the calendar day where that person is."""
    return set(absent(user_ids, at))


def absent(user_ids: Collection[int], at: dt.datetime) -> dict[int, Absence]:
    """The absences in which these logins are at an instant, by login; with `deputy`. One query."""
    rows = near(at).filter(user_id__in=user_ids).select_related("user", "deputy").order_by("to_on", "id")
    return {one.user_id: one for one in rows if one.from_on <= _today(one.user, at) <= one.to_on}


def deputized(user_id: int, at: dt.datetime) -> dict[int, Absence]:
    """The absences of others in which this login is their deputy at an instant, by login. One query."""
    rows = near(at).filter(deputy_id=user_id).select_related("user").order_by("to_on", "id")
    return {one.user_id: one for one in rows if one.from_on <= _today(one.user, at) <= one.to_on}


def near(at: dt.datetime) -> QuerySet:
    """Absences that somewhere on earth are under way at an instant; `today` decides for each person."""
    return Absence.objects.filter(from_on__lte=at.date() + DAY, to_on__gte=at.date() - DAY)


def coming(user: User, at: dt.datetime) -> list[Absence]:
    """One's absences that are not over, the next first."""
    rows = Absence.objects.filter(user=user, to_on__gte=_today(user, at)).select_related("deputy")
    return list(rows.order_by("from_on", "id"))


def create_absence(
    user: User,
    *,
    by: Actor,
    at: dt.datetime,
    from_on: dt.date,
    to_on: dt.date,
    deputy: User | None = None,
    reason: str = "",
) -> Absence:
    """Say that a login is away, both days included: new work of its teams goes to others.

    One's own, or with `user.write` another's. Raises Forbidden, Invalid (ends before it starts or long ago, a deputy
    who is oneself). Records absence.created.
    """
    _require(user, by)
    if to_on < from_on:
        raise errors.required("to_on", _("It ends before it starts."))
    if to_on < _today(user, at) or to_on - from_on > LONGEST:
        raise errors.required("to_on", _("Write days to come, two years at most."))
    if deputy is not None and deputy.pk == user.pk:
        raise errors.required("deputy", _("A deputy is somebody else."))
    if deputy is not None and not deputy.is_active:
        raise errors.required("deputy", _("%(name)s cannot sign in any more.") % {"name": deputy})
    row = Absence(user=user, from_on=from_on, to_on=to_on, deputy=deputy, reason=reason.strip())
    return settings.create(row, by=by, at=at)


def end_absence(absence: Absence, *, by: Actor, at: dt.datetime) -> None:
    """Take an absence back. Raises Forbidden. Records user.changed."""
    _require(absence.user, by)
    label = str(absence)
    absence.delete()
    settings.note_change(absence.user, by=by, at=at, changes={"absence": [label, None]})


def _require(user: User, by: Actor) -> None:
    if by.user_id != user.pk:
        settings.require(by, "user.write")


def _today(user: User, at: dt.datetime) -> dt.date:
    return today(user.time_zone, at)


def today(zone: str, at: dt.datetime) -> dt.date:
    """The calendar day in a time zone (empty: UTC)."""
    return at.astimezone(zoneinfo.ZoneInfo(zone or "UTC")).date()
