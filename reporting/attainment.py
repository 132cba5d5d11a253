"""What customers' clocks came to in a period: one aggregate in SQL, with the keys behind every number.

A clock counts once, in the period of its verdict (docs/clocks.md). Restricted tickets are counted for nobody: a report
is the same for whoever makes it, and says how many clocks it leaves out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from accounts import actors
from calendars.versions import BusinessTime
from core.actor import NORMAL
from customers import scoping
from slas import filters
from slas import queries as clocks
from slas.choices import STAYS, AgreementKind, SegmentKind, TimerState, Verdict
from slas.models import Correction, Segment, Timer

MOST_EXCLUSIONS = 1_000

# As slas.models.timers.verdict_at has it, word for word: the index is found by it.
_VERDICT = "CASE WHEN m.breached_at IS NOT NULL THEN m.breached_at ELSE m.stopped_at END"
_LINES = """
    SELECT t.service_id, m.agreement_id, m.metric, t.priority,
           array_agg(DISTINCT m.agreement_version), array_agg(DISTINCT m.target_seconds),
           count(*) FILTER (WHERE t.phase <> 'closed'),
           count(*) FILTER (
               WHERE m.breached_at IS NULL AND m.used_seconds + coalesce(e.seconds, 0) <= m.target_seconds),
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY m.used_seconds::float8)
               FILTER (WHERE m.state = 'stopped'),
           percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY m.used_seconds::float8 + coalesce(e.seconds, 0))
               FILTER (WHERE m.state = 'stopped'),
           count(*) FILTER (WHERE m.state = 'stopped'),
           coalesce(array_agg(m.id ORDER BY m.id) FILTER (WHERE m.breached_at IS NULL), '{}'),
           coalesce(array_agg(m.id ORDER BY m.id) FILTER (WHERE m.breached_at IS NOT NULL), '{}'),
           coalesce(array_agg(m.id ORDER BY m.id)
               FILTER (WHERE m.breached_at IS NOT NULL AND m.state IN ('running', 'paused')), '{}'),
           count(DISTINCT m.ticket_id) FILTER (WHERE m.breached_at IS NOT NULL)
      FROM slas_timer m
      JOIN tickets_ticket t ON t.id = m.ticket_id AND t.customer_id = m.customer_id
      LEFT JOIN unnest(%(held)s::bigint[], %(seconds)s::float8[]) e (id, seconds) ON e.id = m.id
     WHERE m.customer_id = %(customer)s AND m.kind = 'sla' AND m.compartment = 0
       AND (m.breached_at IS NOT NULL OR m.stopped_at IS NOT NULL)
       AND VERDICT >= %(from)s AND VERDICT < %(to)s
     GROUP BY t.service_id, m.agreement_id, m.metric, t.priority
""".replace("VERDICT", _VERDICT)

_MONTHS = """
    SELECT date_trunc('month', VERDICT AT TIME ZONE %(zone)s)::date, m.metric,
           count(*), count(*) FILTER (WHERE m.breached_at IS NULL)
      FROM slas_timer m JOIN slas_agreement a ON a.id = m.agreement_id AND NOT a.is_default
     WHERE m.customer_id = %(customer)s AND m.kind = 'sla' AND m.compartment = 0
       AND (m.breached_at IS NOT NULL OR m.stopped_at IS NOT NULL)
       AND VERDICT >= %(from)s AND VERDICT < %(to)s
     GROUP BY 1, 2
""".replace("VERDICT", _VERDICT)


@dataclass(frozen=True)
class Spread:
    """Median and p90, in whole seconds, of `n` clocks that have ended; None where none has."""

    n: int
    median: int | None
    p90: int | None


@dataclass(frozen=True)
class Line:
    """One target of one service: the keys of its clocks by verdict. `as_if_held` = met had pauses counted too."""

    service_id: int | None
    agreement_id: int
    metric: str
    priority: int | None
    versions: list[int]
    targets: list[int]
    provisional: int
    as_if_held: int
    used: Spread
    used_with_pauses: Spread
    met: list[int]
    breached: list[int]
    open: list[int]
    tickets_breached: int


@dataclass(frozen=True)
class Exclusion:
    """One clock that ended without a verdict, and why."""

    number: str
    metric: str
    cause: str
    reason: str
    at: dt.datetime


def lines(customer_id: int, first: dt.datetime, last: dt.datetime, at: dt.datetime) -> list[Line]:
    """Every target with a verdict in the period. `at` is until when a pause that goes on is counted."""
    held = _held(customer_id, first, last, at)
    values = {
        "customer": customer_id, "from": first, "to": last, "held": list(held), "seconds": list(held.values()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LINES, values)
        return [_line(row) for row in cursor.fetchall()]


def by_month(
    customer_id: int, first: dt.datetime, last: dt.datetime, zone: str
) -> dict[dt.date, dict[str, tuple[int, int]]]:
    """{first day of the month: {metric: (counted, met)}} of what was agreed on, best effort left out."""
    found: dict[dt.date, dict[str, tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"customer": customer_id, "from": first, "to": last, "zone": zone})
        for month, metric, counted, met in cursor.fetchall():
            found.setdefault(month, {})[metric] = (counted, met)
    return found


def exclusions(customer_id: int, first: dt.datetime, last: dt.datetime) -> list[Exclusion]:
    """The clocks that were cancelled in the period and had not been breached, oldest first, a thousand at most."""
    ends = Segment.objects.filter(customer_id=customer_id, timer_id=OuterRef("pk")).order_by("-id")
    rows = _excluded(customer_id, first, last).annotate(
        why=Subquery(ends.values("cause")[:1]), words=Subquery(ends.values("reason")[:1])
    )
    named = rows.order_by("used_at", "id").values_list("ticket__number", "metric", "why", "words", "used_at")
    return [Exclusion(*one) for one in named[:MOST_EXCLUSIONS]]


@dataclass(frozen=True)
class Corrected:
    """One approved correction of a clock that is counted: business time that a second person agreed to leave out."""

    number: str
    metric: str
    seconds: int
    reason: str
    at: dt.datetime


def corrections(customer_id: int, first: dt.datetime, last: dt.datetime) -> list[Corrected]:
    """The approved corrections of the clocks with a verdict in the period, oldest first: the figures follow them."""
    judged = _judged(customer_id, first, last).filter(compartment=NORMAL).values("pk")
    rows = Correction.objects.filter(
        customer_id=customer_id, compartment=NORMAL, verdict=Verdict.APPROVED, timer_id__in=judged
    )
    names = ("timer__ticket__number", "timer__metric", "seconds", "reason", "decided_at")
    return [Corrected(*one) for one in rows.order_by("decided_at", "id").values_list(*names)]


def count_exclusions(customer_id: int, first: dt.datetime, last: dt.datetime) -> int:
    """How many there are of them."""
    return _excluded(customer_id, first, last).count()


def count_restricted(customer_id: int, first: dt.datetime, last: dt.datetime) -> int:
    """How many clocks with a verdict belong to restricted tickets: their number, and nothing else of them."""
    every = actors.system("Count of restricted clocks").compartments
    with scoping.scope([customer_id], compartments=every, caller=scoping.current().caller):
        return _judged(customer_id, first, last).exclude(compartment=NORMAL).count()


def _excluded(customer_id: int, first: dt.datetime, last: dt.datetime) -> "QuerySet[Timer]":
    found: QuerySet[Timer] = Timer.objects.filter(
        customer_id=customer_id, kind=AgreementKind.SLA, compartment=NORMAL, state=TimerState.CANCELLED,
        breached_at=None, used_at__gte=first, used_at__lt=last,
    )  # fmt: skip
    return found


def _judged(customer_id: int, first: dt.datetime, last: dt.datetime) -> "QuerySet[Timer]":
    return filters.judged(Timer.objects.filter(customer_id=customer_id, kind=AgreementKind.SLA), first, last)


def _held(customer_id: int, first: dt.datetime, last: dt.datetime, at: dt.datetime) -> dict[int, float]:
    """Business seconds in which clocks were paused, {timer id: seconds}, of those that ever were."""
    own = Segment.objects.filter(customer_id=customer_id).order_by("id")
    paused = own.filter(timer_id=OuterRef("pk"), kind=SegmentKind.PAUSED)
    rows = _judged(customer_id, first, last).filter(Exists(paused), compartment=NORMAL)
    marks = own.exclude(kind=SegmentKind.CORRECTED)  # leaves out what had counted, and begins no stretch
    timers = list(rows.prefetch_related(Prefetch("segments", marks)))
    hours = clocks.hours_of(timers)
    return {one.pk: _paused_seconds(list(one.segments.all()), hours[one.pk], at) for one in timers}


def _paused_seconds(segments: Sequence[Segment], hours: BusinessTime, at: dt.datetime) -> float:
    """Between the marks on which a hold began and ended; the time between resolved and reopened is no hold."""
    seconds, is_held = 0.0, False
    ends = [one.from_at for one in segments[1:]] + [at]
    for mark, end in zip(segments, ends, strict=True):
        if mark.kind not in STAYS:
            is_held = mark.kind == SegmentKind.PAUSED
        if is_held and end > mark.from_at:
            seconds += hours.between(mark.from_at, end).total_seconds()
    return seconds


def _line(row: Sequence[Any]) -> Line:
    used, longer, ended = row[8], row[9], row[10]
    return Line(*row[:8], _spread(ended, used), _spread(ended, longer), *row[11:])


def _spread(ended: int, found: list[float] | None) -> Spread:
    median, p90 = found or (None, None)
    return Spread(ended, *(None if one is None else round(one) for one in (median, p90)))
