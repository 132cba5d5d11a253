"""The verbs about business hours: each makes a version with a reason and an entry (decision 22, 8.1)."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from calendars import events, queries, versions
from calendars.models import Calendar, CalendarVersion
from calendars.worktime import WorkTimeError
from core import errors
from core.actor import Actor
from customers.models import Customer
from journal import recording

HOURS = ("time_zone", "week", "holidays", "special_days")
FIELDS = ("name", *HOURS)


def create_calendar(
    calendar: Calendar,
    *,
    by: Actor,
    at: dt.datetime,
    week: Mapping[str, Any],
    holidays: Sequence[Mapping[str, str]] = (),
    special_days: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Calendar:
    """Write down opening hours; version 1 judges every day. Shapes as `WorkCalendar` takes them.

    Raises Forbidden, Invalid (hours that make no sense), Conflict (the name is taken). Records calendar.created.
    """
    _require(by, calendar.customer_id)
    made = CalendarVersion(
        customer_id=calendar.customer_id,
        number=1,
        time_zone=calendar.time_zone,
        week=dict(week),
        holidays=list(holidays),
        special_days=dict(special_days or {}),
        reason=reason,
        created_at=at,
    )
    _check_hours([made])
    _save(calendar)
    made.calendar = calendar
    made.save()
    values = {"name": calendar.name, **{name: getattr(made, name) for name in HOURS}}
    recording.record(events.Created(subject=calendar, by=by, at=at, values=values, reason=reason))
    return calendar


def change_calendar(
    calendar: Calendar,
    *,
    by: Actor,
    at: dt.datetime,
    fields: Mapping[str, Any],
    valid_from: dt.date | None = None,
    version: int | None = None,
    reason: str = "",
) -> Calendar:
    """Give a calendar a new version, in force from the local day `valid_from` (today by default): the past stays.

    `fields` may hold name, time_zone, week, holidays, special_days. Raises Forbidden, Malformed (unknown field),
    Invalid (hours that make no sense, a day that has passed), Conflict, Stale. Records calendar.changed; nothing
    where nothing differs.
    """
    row = Calendar.objects.select_for_update(of=("self",)).get(pk=calendar.pk)
    _require(by, row.customer_id)
    if version is not None and row.version != version:
        raise errors.Stale(_("“%(name)s” has changed since you read it.") % {"name": row}, record=row)
    _check_known(fields)
    known = queries.versions_of(row)
    before = {"name": row.name, **{name: getattr(known[-1], name) for name in HOURS}}
    changes = {name: [before[name], value] for name, value in fields.items() if before[name] != value}
    if not changes:
        return row
    made = _next_version(row, known, before | dict(fields), at=at, valid_from=valid_from, reason=reason)
    _check_hours([*known, made])
    row.name, row.time_zone, row.version = fields.get("name", row.name), made.time_zone, made.number
    _save(row)
    made.save()
    changed = events.Changed(
        subject=row, by=by, at=at, changes=changes, valid_from=made.valid_from, reason=reason
    )
    recording.record(changed)
    return row


def _require(by: Actor, customer_id: int | None) -> None:
    owner = customer_id or Customer.objects.filter(is_provider=True).values_list("id", flat=True).first()
    if owner is None or not by.may("calendar.write", owner):
        raise errors.Forbidden(_("To change these business hours you need a role with “calendar.write”."))


def _check_known(fields: Mapping[str, Any]) -> None:
    unknown = sorted(fields.keys() - set(FIELDS))
    if unknown:
        raise errors.Malformed(
            _("A calendar has no such field: %(names)s.") % {"names": ", ".join(unknown)},
            errors={name: [_("There is no such field to change.")] for name in unknown},
        )


def _next_version(
    row: Calendar,
    known: list[CalendarVersion],
    values: Mapping[str, Any],
    *,
    at: dt.datetime,
    valid_from: dt.date | None,
    reason: str,
) -> CalendarVersion:
    today = _local_day(at, values["time_zone"])
    if valid_from is not None and valid_from < today:
        raise errors.required(
            "valid_from", _("New hours apply from today on: the past stays as it was judged.")
        )
    return CalendarVersion(
        customer_id=row.customer_id,
        calendar=row,
        number=known[-1].number + 1,
        valid_from=valid_from or today,
        reason=reason,
        created_at=at,
        **{name: values[name] for name in HOURS},
    )


def _local_day(at: dt.datetime, time_zone: object) -> dt.date:
    try:
        return at.astimezone(zoneinfo.ZoneInfo(str(time_zone))).date()
    except (LookupError, OSError, ValueError) as error:
        sentence = _("There is no time zone “%(name)s”: use a name such as Europe/Berlin.") % {
            "name": time_zone
        }
        raise errors.required("time_zone", sentence) from error


def _check_hours(rows: Sequence[CalendarVersion]) -> None:
    try:
        versions.combine(tuple(versions.hours(row) for row in rows))
    except (WorkTimeError, TypeError) as error:
        raise errors.Invalid(str(error), errors={"week": [str(error)]}) from error


def _save(calendar: Calendar) -> None:
    try:
        with transaction.atomic():
            calendar.save()
    except IntegrityError as error:
        raise errors.Conflict(
            _("There is a calendar “%(name)s” already: choose another name.") % {"name": calendar}
        ) from error
