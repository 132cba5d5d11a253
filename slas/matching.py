"""Which agreement, which target, which calendar: the most specific wins, and the clock keeps the reason."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Site
from calendars.models import Calendar
from slas.choices import LIVE, AgreementKind, CalendarSource
from slas.models import AgreementService, Target
from tickets.models import Ticket

# The dimensions of specificity, the weightiest first.
DIMENSIONS = ("customer", "service", "ticket_kind", "priority", "category")


@dataclass(frozen=True)
class Choice:
    """The target chosen for one metric of one ticket, and by which calendar it runs."""

    metric: str
    target: Target
    calendar: Calendar
    source: CalendarSource
    matched: dict[str, Any]

    def reason(self) -> dict[str, Any]:
        """What the timer stores: the names that were in force when the choice was made."""
        return {
            "agreement": self.target.agreement.name,
            "agreement_version": self.target.agreement.version,
            "is_default": self.target.agreement.is_default,
            "matched": self.matched,
            "calendar": self.calendar.name,
            "calendar_source": self.source.value,
        }


def choose(ticket: Ticket, at: dt.datetime, metrics: Iterable[str] = LIVE) -> dict[str, Choice]:
    """The target in force for each of these metrics, as the ticket stands at `at`: {metric: choice}."""
    found: dict[str, Target] = {}
    for target in _fitting(ticket, metrics):
        best = found.get(target.metric)
        if _is_valid(target, at) and (best is None or _rank(target) > _rank(best)):
            found[target.metric] = target
    if not found:
        return {}
    site_calendar = _site_calendar(ticket)
    return {metric: _chosen(ticket, target, site_calendar) for metric, target in found.items()}


def specificity(target: Target) -> tuple[bool, ...]:
    """How specific a target is, by the dimensions in their order: compare the tuples."""
    return (
        target.agreement.customer_id is not None,
        not target.agreement.covers_all,
        bool(target.ticket_kind),
        target.priority is not None,
        target.category_id is not None,
    )


def _rank(target: Target) -> tuple[tuple[bool, ...], int]:
    return specificity(target), -target.pk  # saving refuses ties; should one exist, the older target stands


def _fitting(ticket: Ticket, metrics: Iterable[str]) -> Iterable[Target]:
    """The targets whose every condition the ticket meets, in one query; their period is judged by `_is_valid`."""
    listed = AgreementService.objects.filter(agreement=OuterRef("agreement"), service_id=ticket.service_id)
    return (
        Target.objects.filter(
            metric__in=list(metrics),
            version=F("agreement__version"),
            agreement__kind=AgreementKind.SLA,
        )
        .filter(Q(agreement__customer_id=ticket.customer_id) | Q(agreement__customer=None))
        .filter(Q(agreement__covers_all=True) | Exists(listed))
        .filter(Q(ticket_kind="") | Q(ticket_kind=ticket.kind))
        .filter(Q(priority=None) | Q(priority=ticket.priority))
        .filter(Q(category=None) | Q(category_id=ticket.category_id))
        .select_related("agreement__customer", "agreement__calendar", "calendar", "category")
    )


def _is_valid(target: Target, at: dt.datetime) -> bool:
    agreement = target.agreement
    zone = agreement.customer.time_zone if agreement.customer else agreement.calendar.time_zone
    day = at.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return (agreement.valid_from or day) <= day <= (agreement.valid_to or day)


def _site_calendar(ticket: Ticket) -> Calendar | None:
    if ticket.site_id is None:
        return None
    site = (
        Site.objects.filter(pk=ticket.site_id, customer_id=ticket.customer_id)
        .select_related("calendar")
        .first()
    )
    return site.calendar if site else None


def _chosen(ticket: Ticket, target: Target, site_calendar: Calendar | None) -> Choice:
    if target.calendar is not None:
        calendar, source = target.calendar, CalendarSource.TARGET
    elif site_calendar is not None:
        calendar, source = site_calendar, CalendarSource.SITE
    else:
        calendar, source = target.agreement.calendar, CalendarSource.AGREEMENT
    values = (
        target.agreement.customer.name if target.agreement.customer else None,
        ticket.service.name if ticket.service and not target.agreement.covers_all else None,
        target.ticket_kind or None,
        target.priority,
        target.category.name if target.category else None,
    )
    matched = {name: value for name, value in zip(DIMENSIONS, values, strict=True) if value is not None}
    return Choice(target.metric, target, calendar, source, matched)
