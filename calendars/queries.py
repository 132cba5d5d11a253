"""Named reads of business hours."""

import datetime as dt

from calendars import versions
from calendars.models import Calendar, CalendarVersion
from calendars.versions import BusinessTime


def versions_of(calendar: Calendar) -> list[CalendarVersion]:
    """All versions of a calendar, oldest first."""
    return list(CalendarVersion.objects.filter(calendar=calendar).order_by("number"))


def newest_version(calendar: Calendar) -> CalendarVersion:
    """The version written last: what an editor shows. It may be in force from a later day on."""
    return CalendarVersion.objects.get(calendar=calendar, number=calendar.version)


def in_force(calendar: Calendar, on: dt.date) -> CalendarVersion:
    """The version that judges a local day."""
    known = versions_of(calendar)
    return max(
        (one for one in known if one.valid_from is None or one.valid_from <= on), key=lambda one: one.number
    )


def business_time(calendar: Calendar) -> BusinessTime:
    """The calendar's arithmetic, every day judged by the version in force on it."""
    return versions.of([calendar.pk])[calendar.pk][calendar.version]
