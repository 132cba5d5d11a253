"""How much of their tickets' time agents let wait: elapsed time paused, of all elapsed time, by assignee."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, QuerySet, Window
from django.db.models.functions import Lead

from core.actor import Actor
from slas.choices import LEFT, STAYS, AgreementKind, Metric, SegmentKind
from slas.models import Segment
from tickets.models import Ticket

_ZERO = dt.timedelta(0)
ENDS = (SegmentKind.STOPPED, SegmentKind.CANCELLED)


@dataclass
class Share:
    """One ticket's part in a period: elapsed time, and how much of it was paused."""

    ticket_id: int
    assignee_id: int | None
    paused: dt.timedelta = _ZERO
    total: dt.timedelta = _ZERO

    @property
    def percent(self) -> int:
        """The share that was paused, in whole per cent."""
        return round(self.paused / self.total * 100) if self.total else 0


def shares(actor: Actor, since: dt.datetime, until: dt.datetime) -> list[Share]:
    """The tickets whose resolution clock was alive in the period, as far as the actor sees them, by ticket."""
    visible = Ticket.objects.visible_to(actor)
    rows = Segment.objects.filter(
        timer__ticket__in=visible, timer__kind=AgreementKind.SLA, timer__metric=Metric.RESOLUTION,
        timer__started_at__lt=until,
    )  # fmt: skip
    alive = rows.filter(timer__state__in=LEFT) | rows.filter(timer__used_at__gte=since)
    ends = Window(Lead("from_at"), partition_by="timer_id", order_by=F("id").asc())
    stretches = alive.annotate(to_at=ends).order_by("timer_id", "id")
    return _added(stretches, since, until)


def _added(stretches: QuerySet, since: dt.datetime, until: dt.datetime) -> list[Share]:
    found: dict[int, Share] = {}
    kind, timer = "", None
    names = ("timer_id", "kind", "from_at", "to_at", "timer__ticket_id", "timer__ticket__assignee_id")
    for timer_id, own, begin, end, ticket_id, assignee_id in stretches.values_list(*names):
        kind = kind if timer_id == timer and own in STAYS else own
        timer = timer_id
        length = min(end or until, until) - max(begin, since)
        if kind in ENDS or length <= _ZERO:
            continue
        share = found.setdefault(ticket_id, Share(ticket_id, assignee_id))
        share.total += length
        share.paused += length if kind == SegmentKind.PAUSED else _ZERO
    return list(found.values())
