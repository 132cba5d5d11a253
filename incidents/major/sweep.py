"""The watch: a major incident without a lead, or without the news that was promised, is said exactly once.

Any number of watches may run: each alarm is written on the locked row in the transaction that says it. Where an
agreement has a target for the next update, its clock says so, and this watch does not repeat it.
"""

import datetime as dt
import logging

from django.db.models import F, Q

from core.actor import Actor
from customers import scoping
from incidents.choices import WORKING
from incidents.major import events
from incidents.models import MajorIncident
from journal import recording
from slas.choices import LEFT, Metric
from slas.models import Timer
from tickets import locking, writing
from tickets.models import Ticket

logger = logging.getLogger(__name__)


def watch(by: Actor) -> int:
    """Raise the alarms that are due, each ticket in a transaction of its own. Opens its own scopes."""
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        ids = list(_due(here.at).order_by("declared_at").values_list("ticket_id", flat=True))
    return sum(_watch_one(by, one) for one in ids)


def _due(at: dt.datetime):
    leads = Q(alarmed_at=None, lead_due_at__lt=at) & (Q(lead=None) | Q(lead=F("ticket__assignee")))
    news = Q(ticket__update_due_at__lt=at) & (
        Q(overdue_at=None) | Q(overdue_at__lt=F("ticket__update_due_at"))
    )
    return MajorIncident.objects.filter(stage__in=WORKING, withdrawn_at=None).filter(leads | news)


def _watch_one(by: Actor, ticket_id: int) -> int:
    """How many alarms were raised here. One that cannot be raised must not keep the others quiet."""
    try:
        with scoping.scope(by.customers, compartments=by.compartments) as here:
            return _watch_ticket(by, Ticket.objects.get(pk=ticket_id), here.at)
    except Exception:
        logger.exception("major incident %s could not be watched, the next tick tries again", ticket_id)
        return 0


def _watch_ticket(by: Actor, ticket: Ticket, at: dt.datetime) -> int:
    with locking.locked(ticket) as row:
        major = _due(at).filter(pk=row.pk).first()
        if major is None:
            return 0
        raised = _alarm_lead(row, major, by, at) + _alarm_news(row, major, by, at)
        writing.dated(major, by=by, at=at, verb="watch_major")
        major.save()
    return raised


def _alarm_lead(row: Ticket, major: MajorIncident, by: Actor, at: dt.datetime) -> int:
    is_led = major.lead_id is not None and major.lead_id != row.assignee_id
    if is_led or major.alarmed_at is not None or major.lead_due_at >= at:
        return 0
    major.alarmed_at = at
    late = int((at - major.lead_due_at).total_seconds())
    recording.record(events.LeadMissing(subject=row, by=by, at=major.lead_due_at, late_seconds=late))
    return 1


def _alarm_news(row: Ticket, major: MajorIncident, by: Actor, at: dt.datetime) -> int:
    due = row.update_due_at
    if due is None or due >= at or (major.overdue_at is not None and major.overdue_at >= due):
        return 0
    major.overdue_at = due
    if Timer.objects.filter(
        customer_id=row.customer_id, ticket=row, metric=Metric.NEXT_UPDATE, state__in=LEFT
    ).exists():
        return 0
    late = int((at - due).total_seconds())
    recording.record(events.UpdateOverdue(subject=row, by=by, at=due, due_at=due, late_seconds=late))
    return 1
