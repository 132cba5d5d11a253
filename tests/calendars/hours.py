"""Opening hours and moments that the tests of business time speak of."""

import zoneinfo
from datetime import UTC, datetime, timedelta

from calendars import worktime

OFFICE = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day: [("00:00", "24:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
NIGHTS = {day: [("22:00", "06:00")] for day in ALWAYS}
HOUR = timedelta(hours=1)


def calendar(week, zone="Europe/Berlin", holidays=(), special_days=None):
    return worktime.WorkCalendar(zone, week, list(holidays), special_days or {})


def local(text, zone="Europe/Berlin", fold=0):
    """The instant of a wall-clock time, in UTC: two moments of different zones compare by the instant alone."""
    return datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=fold).astimezone(UTC)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
