"""How lists of tickets are narrowed by customers' clocks; put beside the other filters by the wiring.

A range is one filter, because both its ends must hold for one and the same clock: `now..now+2h`, `2026-11-24T00:00Z..`.
"""

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.actor import Actor
from slas.choices import AgreementKind, TimerState
from slas.models import Timer
from slas.models.timers import verdict_at
from tickets import filters

Range = tuple[dt.datetime | None, dt.datetime | None]


def judged(rows: "QuerySet[Timer]", first: dt.datetime | None, last: dt.datetime | None) -> "QuerySet[Timer]":
    """Those with a verdict in the period; said so that the index on verdicts is seen to hold them all."""
    known = rows.filter(Q(breached_at__isnull=False) | Q(stopped_at__isnull=False))
    known = known.annotate(verdict_at=verdict_at())
    known = known.filter(verdict_at__gte=first) if first else known
    return known.filter(verdict_at__lt=last) if last else known


def breached(period: Range, actor: Actor) -> "QuerySet[Timer]":
    """Customers' clocks that were breached in the period."""
    return judged(_visible(actor).filter(breached_at__isnull=False), *period)


def due(period: Range, actor: Actor) -> "QuerySet[Timer]":
    """Customers' clocks that run, were not breached, and are due in the period."""
    first, last = period
    rows = _visible(actor).filter(state=TimerState.RUNNING, breached_at=None)
    rows = rows.filter(due_at__gte=first) if first else rows
    # What is due before a moment is owed to the sweep before it too, and that has an index.
    return rows.filter(due_at__lt=last, next_at__lt=last) if last else rows


def _visible(actor: Actor) -> "QuerySet[Timer]":
    found: QuerySet[Timer] = Timer.objects.visible_to(actor).filter(kind=AgreementKind.SLA)
    return found


def _period(value: str) -> Range:
    first, dots, last = value.partition("..")
    if not dots or not (first or last):
        raise ValueError(_("Write a period as from..to, like now..now+2h; one end may be left out."))
    return filters.read_instant(first) if first else None, filters.read_instant(last) if last else None


def _sla_breached(value: str, actor: Actor) -> Q:
    return Q(id__in=breached(_period(value), actor).values("ticket_id"))


def _sla_due(value: str, actor: Actor) -> Q:
    return Q(id__in=due(_period(value), actor).values("ticket_id"))


FILTERS: dict[str, filters.Build] = {"sla_breached": _sla_breached, "sla_due": _sla_due}
