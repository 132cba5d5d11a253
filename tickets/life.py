"""What a ticket owes when nobody does anything: reminders, giving up, closing itself; how long it may be reopened."""

import datetime as dt

from django.db.models import F, QuerySet

from customers import prepared
from tickets import timekeeping
from tickets.choices import HoldKind, Origin, Phase
from tickets.models import LifeRule, Ticket

REMINDERS = 2


def rule_of(ticket: Ticket) -> LifeRule:
    """The customer's own deadlines, else the installation's."""
    return _OWN_FIRST.read(customer=ticket.customer_id)[0]


def _own_first(customer: int) -> QuerySet:
    rows = LifeRule.objects.filter(customer_id=customer) | LifeRule.objects.filter(customer=None)
    return rows.order_by(F("customer_id").asc(nulls_last=True))


_OWN_FIRST = prepared.Statement(_own_first)


def plan(ticket: Ticket, at: dt.datetime) -> None:
    """Put on a ticket (not yet saved) when it is next owed a reminder or closes itself, as it stands at `at`."""
    ticket.chase_count = 0
    ticket.chase_at = ticket.blocked_at = None
    if ticket.origin == Origin.IMPORT:
        return
    if ticket.phase == Phase.RESOLVED:
        ticket.chase_at = timekeeping.after_days(ticket, at, rule_of(ticket).close_days)
    elif ticket.phase == Phase.WAITING and ticket.hold_kind == HoldKind.CUSTOMER:
        rule = rule_of(ticket)
        if is_chased(ticket, rule):
            ticket.chase_at = timekeeping.after_days(ticket, at, rule.first_reminder_days)


def is_chased(ticket: Ticket, rule: LifeRule) -> bool:
    """Whether the customer is reminded of this ticket at all: never of the highest priorities."""
    return ticket.priority > rule.never_chased_levels


def next_chase(ticket: Ticket, rule: LifeRule) -> dt.datetime:
    """When the next step comes after a reminder that was due at `chase_at`."""
    days = (rule.first_reminder_days, rule.second_reminder_days, rule.give_up_days)
    assert ticket.chase_at is not None
    return timekeeping.after_days(
        ticket, ticket.chase_at, days[ticket.chase_count] - days[ticket.chase_count - 1]
    )


def may_reopen(ticket: Ticket, at: dt.datetime) -> bool:
    """Whether an answer at this instant still opens a resolved ticket again."""
    if ticket.resolved_at is None:
        return False
    return at <= timekeeping.after_days(ticket, ticket.resolved_at, rule_of(ticket).reopen_days)
