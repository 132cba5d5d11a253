"""What the ticket core asks about time and leaves to the room of clocks above it: by which hours a ticket lives, and
how much of its time is used. The wiring says who answers; without an answer, days are calendar days."""

import datetime as dt
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from calendars.versions import BusinessTime
from calendars.worktime import NeverOpens
from tickets.models import Ticket

_DAY = dt.timedelta(days=1)
_INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True)
class Keeper:
    """Who answers. `hours` gives a ticket's business time or None, `used_share` how much of its resolution time is
    used at an instant (1.0 = all of it), None where no clock is left."""

    hours: Callable[[Ticket, dt.datetime], BusinessTime | None]
    used_share: Callable[[Ticket, dt.datetime], float | None]


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    """Make this the one who answers. Called by the wiring, once."""
    _keepers[:] = [keeper]


def used_share(ticket: Ticket, at: dt.datetime) -> float | None:
    """How much of the ticket's time is used, 1.0 = all of it; None where no clock of it is left."""
    return _keepers[0].used_share(ticket, at) if _keepers else None


def after_days(ticket: Ticket, start: dt.datetime, days: int) -> dt.datetime:
    """The same time of day, `days` working days after `start`, as the ticket's customer counts them; where that is
    outside its hours, the next opening. Days on which nothing opens do not count."""
    hours = _keepers[0].hours(ticket, start) if _keepers else None
    zone = zoneinfo.ZoneInfo(ticket.customer.time_zone)
    if hours is None:
        return _same_time(start.astimezone(zone), start.astimezone(zone).date() + days * _DAY)
    try:
        day = start.astimezone(zone).date()
        for _count in range(days):
            day = _next_working_day(hours, day, zone)
        wanted = _same_time(start.astimezone(zone), day)
        return wanted if hours.is_open(wanted) else hours.next_opening(wanted)
    except NeverOpens:
        return start + days * _DAY


def _next_working_day(hours: BusinessTime, day: dt.date, zone: dt.tzinfo) -> dt.date:
    midnight = dt.datetime.combine(day + _DAY, dt.time(), zone)
    if hours.is_open(midnight):
        return day + _DAY
    return hours.next_opening(midnight - _INSTANT).astimezone(zone).date()


def _same_time(local: dt.datetime, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, local.time(), local.tzinfo).astimezone(dt.UTC)
