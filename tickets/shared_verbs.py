"""Verbs that a process takes over whole, in one line: what is beside a ticket's life is the same everywhere."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets.actions import tasks, timing, verifying
from tickets.choices import TimeKind, VerifyBy
from tickets.engine import Field, Guard, Transition
from tickets.models import Ticket

ADD_TASK = (
    Field("title", "line", _("What is to be done"), required=True),
    Field("assignee", "user", _("Assignee")),
    Field("team", "team", _("Team")),
    Field("due_at", "instant", _("Due")),
)
LOG_TIME = (
    Field(
        "seconds",
        "duration",
        _("Time spent"),
        required=True,
        help=_("Minutes, or hours and minutes: 45, 1:30."),
    ),
    Field("kind", "choice", _("Spent on"), choices=lambda: list(TimeKind.choices)),
    Field("note", "line", _("Note")),
    Field("is_billable", "flag", _("Billable")),
    Field("started_at", "instant", _("Started"), help=_("Empty: it ended just now.")),
    Field("user", "user", _("Who"), help=_("Empty: you.")),
)

VERIFY = (
    Field("method", "choice", _("How?"), required=True, choices=lambda: list(VerifyBy.choices)),
    Field("code", "line", _("Code"), help=_("Only where a code was sent: what the caller reads out.")),
    Field("note", "line", _("Note")),
)


def transitions(unclosed: frozenset[str], closed: frozenset[str]) -> tuple[Transition, ...]:
    """The rows of the workflow: tasks while there is work, time also afterwards. `closed`: the ended states."""
    return (
        Transition("add_task", _("Add a task"), unclosed, None, "ticket.work", fields=ADD_TASK),
        Transition("log_time", _("Log time"), unclosed | closed, None, "ticket.work", fields=LOG_TIME),
        Transition("verify_caller", _("Verify the caller"), unclosed, None, "ticket.work", fields=VERIFY),
        Transition("send_code", _("Send a code to the caller"), unclosed, None, "ticket.work"),
    )


ACTIONS: dict[str, Callable[..., Any]] = {
    "add_task": tasks.add_task,
    "log_time": timing.log_time,
    "verify_caller": verifying.verify_caller,
    "send_code": verifying.send_code,
}


def first_of(*guards: Guard) -> Guard:
    """One guard from several: the first sentence that any of them says."""

    def check(ticket: Ticket) -> str | None:
        return next((sentence for guard in guards if (sentence := guard(ticket))), None)

    return check


def no_open_tasks(ticket: Ticket) -> str | None:
    """Open tasks keep a ticket from being closed."""
    left = ticket.tasks.filter(customer_id=ticket.customer_id, state="open").count()
    if not left:
        return None
    return str(_("%(number)s still has open tasks: %(left)s. Finish or cancel them first.")) % {
        "number": ticket.number,
        "left": left,
    }
