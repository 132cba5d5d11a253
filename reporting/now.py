"""Where promises to customers stand now: counts of tickets, each said as the filter that lists exactly these.

A count and its list are made by the same filters (`tickets.filters`), so they cannot tell different things.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from core import time
from core.actor import Actor
from reporting import policy, sight
from tickets import filters, standing
from tickets.models import Ticket

NONE = "none"
SOON, SOON_IN = "now..now+2h", dt.timedelta(hours=2)
MEASURES = ("breached", "breached_open", "due", "overdue")


@dataclass
class Place:
    """A service or a team with its counts, {measure: tickets}; `slug` is `none` for tickets without one."""

    slug: str
    name: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0))


@dataclass(frozen=True)
class Now:
    """All counts of one moment; `params` are the filters of each measure, as the queue's address has them."""

    at: dt.datetime
    params: dict[str, dict[str, str]]
    totals: dict[str, int]
    services: list[Place]
    teams: list[Place]


def read(actor: Actor, at: dt.datetime) -> Now:
    """Breached today (by the reader's day), of these still open, due within two hours, overdue. Raises Forbidden."""
    policy.require(actor, None, sight.READ)
    params = measures(at)
    totals = dict.fromkeys(MEASURES, 0)
    by: dict[str, dict[str, Place]] = {"service": {}, "team": {}}
    for name, wanted in params.items():
        for row in _counted(actor, wanted):
            totals[name] += row["count"]
            for of, places in by.items():
                slug = row[f"{of}__slug"] or NONE
                place = places.setdefault(slug, Place(slug, row[f"{of}__name"] or ""))
                place.counts[name] += row["count"]
    services, teams = (sorted(places.values(), key=_worst_first) for places in by.values())
    return Now(at, params, totals, services, teams)


def measures(at: dt.datetime) -> dict[str, dict[str, str]]:
    """What each measure is, as filters."""
    local = timezone.localtime(at)
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    since = f"{time.iso(today)}.."
    return {
        "breached": {"sla_breached": since},
        "breached_open": {"sla_breached": since, "phase": standing.OPEN},
        "due": {"sla_due": SOON},
        "overdue": {"due_before": "now"},
    }


def tickets(actor: Actor, params: Mapping[str, str]) -> "QuerySet[Ticket]":
    """The tickets of one measure, as the queue lists them."""
    visible = Ticket.objects.visible_to(actor)
    rows = visible if standing.BEYOND & params.keys() else visible.open()
    found: QuerySet[Ticket] = filters.apply(rows, params, actor)
    return found


def _counted(actor: Actor, params: Mapping[str, str]) -> Any:
    rows = tickets(actor, params).order_by()
    return rows.values("service__slug", "service__name", "team__slug", "team__name").annotate(
        count=Count("id")
    )


def _worst_first(place: Place) -> tuple[Any, ...]:
    return (*(-place.counts[one] for one in MEASURES), place.slug == NONE, place.name.casefold())
