"""Periods of reports: a month by the customer's calendar, with its edges as instants. Pure."""

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import errors

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
FIRST_YEAR, LAST_YEAR = 2000, 2999


@dataclass(frozen=True)
class Month:
    """One month in one zone: from its first local midnight up to, and without, the next month's."""

    first: dt.date
    time_zone: str

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.after().first - dt.timedelta(days=1)

    @property
    def from_at(self) -> dt.datetime:
        """Its first instant, in UTC."""
        return _midnight(self.first, self.time_zone)

    @property
    def to_at(self) -> dt.datetime:
        """The first instant after it, in UTC."""
        return _midnight(self.after().first, self.time_zone)

    @property
    def name(self) -> str:
        """`2026-10`."""
        return f"{self.first:%Y-%m}"

    def after(self, count: int = 1) -> "Month":
        """The month so many later (or, below 0, earlier)."""
        number = self.first.year * 12 + self.first.month - 1 + count
        return Month(dt.date(number // 12, number % 12 + 1, 1), self.time_zone)

    def is_over(self, at: dt.datetime) -> bool:
        return self.to_at <= at


def read(text: str, time_zone: str) -> Month:
    """The month that `2026-10` names. Raises Invalid at the field `month`."""
    found = _MONTH.fullmatch(text.strip())
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise errors.required("month", _("Write the month as year and month, like 2026-10."))
    return Month(dt.date(int(found[1]), int(found[2]), 1), time_zone)


def around(at: dt.datetime, time_zone: str) -> Month:
    """The month in which an instant lies."""
    return Month(at.astimezone(_zone(time_zone)).date().replace(day=1), time_zone)


def _midnight(day: dt.date, time_zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=_zone(time_zone)).astimezone(dt.UTC)


def _zone(name: str) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC
