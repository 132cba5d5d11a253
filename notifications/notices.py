"""What stands in whose Inbox: one table beside that of the mail. Only people of the desk, each for himself, and nobody
who may not see the ticket."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from customers import scoping
from journal.models import Entry
from notifications import people, rules, wishes
from notifications.choices import Reason, Topic
from notifications.models import Notice
from notifications.people import Recipient
from notifications.texts import Case
from tickets.models import TicketTask

To = Callable[[Case], list[Recipient]]


@dataclass(frozen=True)
class Line:
    """One line of the table: the entry's past-tense word, why it concerns somebody, its line in his choices, whom.
    `must`: when it stands there whatever he chose."""

    past: str
    reason: Reason
    topic: Topic
    to: To
    when: rules.When = lambda _case: True
    must: rules.When = lambda _case: False


def _mentioned(case: Case) -> list[Recipient]:
    named = case.data.get("mentions") or []
    return people.of_users(User.objects.filter(pk__in=named).order_by("id"), case.ticket)


def _newly_given(case: Case) -> list[Recipient]:
    data, ticket = case.data, case.ticket
    is_new = data.get("assignee_id") and data.get("assignee") != data.get("was_assignee")
    is_still = ticket.assignee_id == data.get("assignee_id")
    return people.of_users([ticket.assignee], ticket) if is_new and is_still and ticket.assignee else []


def _assignee(case: Case) -> list[Recipient]:
    return people.of_users([case.ticket.assignee], case.ticket) if case.ticket.assignee else []


def _watchers(case: Case) -> list[Recipient]:
    return people.watchers(case.ticket)


def _named(case: Case) -> list[Recipient]:
    """Whom the agreement's step, or who escalated, names; a team with a mailbox hears of it there."""
    return people.told_by_step(case.data, case.ticket)


def _of_task(case: Case) -> list[Recipient]:
    rows = TicketTask.objects.filter(customer_id=case.entry.customer_id, pk=case.data["task_id"])
    task = rows.select_related("assignee").first()
    return people.of_users([task.assignee], case.ticket) if task and task.is_open and task.assignee else []


def _is_from_customer(case: Case) -> bool:
    return bool(case.data.get("from_customer"))


def _is_from_supplier(case: Case) -> bool:
    return bool(case.data.get("from_supplier"))


def _is_due_again(case: Case) -> bool:
    return case.data.get("cause") in ("until", "not_waiting")


def _is_handed_back(case: Case) -> bool:
    return case.data.get("cause") == "handed_back"


LINES = (
    Line("noted", Reason.MENTION, Topic.MENTIONED, _mentioned),
    Line("assigned", Reason.ASSIGNED, Topic.ASSIGNED, _newly_given),
    Line("replied", Reason.REPLY, Topic.REPLIED, _assignee, when=_is_from_customer),
    Line("reopened", Reason.REPLY, Topic.REPLIED, _assignee),
    Line("resumed", Reason.REPLY, Topic.MOVED, _assignee, when=_is_due_again),
    Line("end_blocked", Reason.CLOCK, Topic.MOVED, _assignee),
    Line("supplier_replied", Reason.REPLY, Topic.MOVED, _assignee, when=_is_from_supplier),
    Line("handover_ended", Reason.REPLY, Topic.MOVED, _assignee, when=_is_handed_back),
    Line("task_added", Reason.TASK, Topic.TASK, _of_task),
    Line("task_assigned", Reason.TASK, Topic.TASK, _of_task),
    Line("escalated_to", Reason.CLOCK, Topic.ESCALATED, _named, must=rules.is_highest),
    Line("breached", Reason.CLOCK, Topic.CLOCK, _assignee, must=rules.is_highest),
    Line("escalated", Reason.CLOCK, Topic.CLOCK, _named, must=rules.is_highest),
    Line("replied", Reason.WATCHED, Topic.WATCHED, _watchers),
    Line("resolved", Reason.WATCHED, Topic.WATCHED, _watchers),
)


def made(case: Case) -> list[Notice]:
    """The notices of this entry, unsaved: one per login, with the first reason that fits and that he wants to hear of;
    none for who did it."""
    told = [
        (line, to.user_id) for line in _applying(case) for to in line.to(case) if _is_told(case.entry, to)
    ]
    known = wishes.of({user_id for _line, user_id in told}, case.ticket, scoping.current().at)
    found: dict[int, Reason] = {}
    for line, user_id in told:
        if known.inbox(user_id, line.topic, is_must=line.must(case)):
            found.setdefault(user_id, line.reason)
    entry = case.entry
    return [
        Notice(
            customer_id=entry.customer_id, compartment=entry.compartment, entry=entry, ticket=case.ticket,
            user_id=user_id, reason=reason, at=entry.at,
        )
        for user_id, reason in found.items()
    ]  # fmt: skip


def _applying(case: Case) -> list[Line]:
    past = case.entry.name.split(".")[1]
    return [line for line in LINES if line.past == past and line.when(case)]


def _is_told(entry: Entry, to: Recipient) -> bool:
    """Whether this is a login of the desk, and somebody else did it."""
    did_it_himself = entry.actor_kind == "user" and entry.actor_id == to.user_id
    return bool(to.user_id) and not to.is_customer and not did_it_himself
