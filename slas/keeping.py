"""What the clocks answer to the ticket core: by which hours a ticket lives, and how much of its time is used."""

import datetime as dt

from calendars import versions
from calendars.versions import BusinessTime
from slas import clocks, matching, metrics, reckoning
from slas.choices import LEFT, AgreementKind
from slas.models import Timer
from tickets.models import Ticket


def hours(ticket: Ticket, at: dt.datetime) -> BusinessTime | None:
    """The business time of the clock of the work itself (of an incident: its resolution); where it has none, that of
    the agreement that fits now."""
    timer = _of_work(ticket)
    if timer is not None:
        return versions.of([timer.calendar_id])[timer.calendar_id][timer.calendar_version]
    choice = matching.choose(ticket, at).get(metrics.main(ticket.kind))
    if choice is None:
        return None
    return versions.of([choice.calendar.pk])[choice.calendar.pk][choice.calendar.version]


def used_share(ticket: Ticket, at: dt.datetime) -> float | None:
    """How much of the time for the work itself is used at `at`, 1.0 = all of it; None where that clock is over or was
    none."""
    timer = _of_work(ticket)
    if timer is None or timer.state not in LEFT:
        return None
    known = versions.of([timer.calendar_id])[timer.calendar_id][timer.calendar_version]
    used = reckoning.used_by(clocks.reading_of(timer, known), at)
    return used.total_seconds() / timer.target_seconds


def _of_work(ticket: Ticket) -> Timer | None:
    rows = Timer.objects.filter(customer_id=ticket.customer_id, ticket_id=ticket.pk, kind=AgreementKind.SLA)
    rows = rows.filter(metric=metrics.main(ticket.kind))
    return rows.order_by("-cycle", "-id").first()
