"""What happens when nobody answers: reminders, giving up, and resolved tickets that close themselves."""

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from journal import recording
from tickets import events, life, locking, processes, timekeeping, writing
from tickets.choices import HoldKind, Phase
from tickets.models import Ticket


def chase(ticket: Ticket, *, by: Actor, at: dt.datetime) -> bool:
    """Do what a ticket owes at this instant because nobody did anything: remind the customer, resolve it as
    unanswered, or close it. Does nothing where somebody was faster. Whether something was done.

    What may not end yet (no category, open children, tasks, a review that is owed) is marked, so that the desk has it
    on a list, said once to whoever has it in hand, and looked at again a working day later, or when its fields change.
    Records `<kind>.chased`, `resolved`, `closed` or `end_blocked`.
    """
    with locking.locked(ticket) as row:
        if row.chase_at is None or row.chase_at > at:
            return False
        if row.phase == Phase.RESOLVED:
            return _close(row, by, at)
        if row.phase == Phase.WAITING and row.hold_kind == HoldKind.CUSTOMER:
            return _remind(row, by, at)
        writing.touch(row, at=row.updated_at, chase_at=None, chase_count=0)
    return False


def _remind(row: Ticket, by: Actor, at: dt.datetime) -> bool:
    rule = life.rule_of(row)
    if not life.is_chased(row, rule):  # its priority was raised meanwhile
        writing.touch(row, at=row.updated_at, chase_at=None)
        return False
    if row.chase_count >= life.REMINDERS:
        return _give_up(row, by, at)
    row.chase_count += 1
    coming = life.next_chase(row, rule)
    while coming <= at and row.chase_count < life.REMINDERS:  # after an outage: one reminder, not all at once
        row.chase_at, row.chase_count = coming, row.chase_count + 1
        coming = life.next_chase(row, rule)
    coming = max(coming, timekeeping.after_days(row, at, 1))
    writing.touch(row, at=at, chase_at=coming, chase_count=row.chase_count)
    recording.record(events.Chased(subject=row, by=by, at=at, reminder=row.chase_count))
    return True


def _give_up(row: Ticket, by: Actor, at: dt.datetime) -> bool:
    process = processes.of(row)
    person = row.requester
    language = (person.language if person else "") or row.customer.language
    with translation.override(language):
        note = _(
            "We have not heard from you, so we take this as settled. Answer within a few days to open it again."
        )
    return _try(row, "resolve", by, at, note=note, **process.unanswered)


def _close(row: Ticket, by: Actor, at: dt.datetime) -> bool:
    blocked = next((said for guard in processes.of(row).close_guards if (said := guard(row))), None)
    if blocked:
        _look_again(row, by, at, blocked)
        return False
    return _try(row, "close", by, at)


def _try(row: Ticket, verb: str, by: Actor, at: dt.datetime, **given: object) -> bool:
    """Carry out a verb of the process; where a rule refuses, look again a working day later."""
    flow = processes.of(row).workflow
    try:
        flow.check(row, verb, **given)
    except errors.Refused as refusal:
        _look_again(row, by, at, str(refusal.detail))
        return False
    processes.of(row).actions[verb](row, by=by, at=at, **given)
    return True


def _look_again(row: Ticket, by: Actor, at: dt.datetime, reason: str) -> None:
    is_news = row.blocked_at is None
    coming = timekeeping.after_days(row, at, 1)
    writing.touch(row, at=row.updated_at, chase_at=coming, blocked_at=row.blocked_at or at)
    if is_news:
        recording.record(events.EndBlocked(subject=row, by=by, at=at, reason=reason))
