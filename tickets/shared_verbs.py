"""Verbs that a process takes over whole: what is beside a ticket's life is the same everywhere.

A workflow table names its own states and stars these rows in; a process adds `ACTIONS` to its own.
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets import actions, fields, guards, handovers
from tickets.actions import tasks, timing, verifying
from tickets.choices import TimeKind, VerifyBy
from tickets.engine import Field, Transition

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


def working(unclosed: frozenset[str], closed: frozenset[str]) -> tuple[Transition, ...]:
    """The rows of the workflow: tasks while there is work, time also afterwards. `closed`: the ended states."""
    return (
        Transition("add_task", _("Add a task"), unclosed, None, "ticket.work", fields=ADD_TASK),
        Transition("log_time", _("Log time"), unclosed | closed, None, "ticket.work", fields=LOG_TIME),
        Transition("verify_caller", _("Verify the caller"), unclosed, None, "ticket.work", fields=VERIFY),
        Transition("send_code", _("Send a code to the caller"), unclosed, None, "ticket.work"),
    )


def restricting(states: frozenset[str]) -> tuple[Transition, ...]:
    """Closing a ticket to all but a list of people, and opening it again."""
    return (
        Transition("restrict", _("Restrict"), states, None, "ticket.restrict", fields=fields.RESTRICT),
        Transition(
            "lift_restriction",
            _("Lift the restriction"),
            states,
            None,
            "ticket.restrict",
            fields=fields.REASON,
            guard=guards.is_restricted,
            is_offered=guards.is_closed_list,
        ),
    )


def handing(states: frozenset[str]) -> tuple[Transition, ...]:
    """Giving a ticket to a supplier and taking it back; and what he does with it (8.3.4)."""

    def theirs(verb: str, label: object, offered: object, **more: object) -> Transition:
        return Transition(
            verb, label, states, None, "handover.work",
            supplier=True, guard=guards.is_handed_over, is_offered=offered, **more,
        )  # fmt: skip

    return (
        Transition("hand_over", _("Hand over"), states, None, "ticket.work", fields=fields.HAND_OVER),
        Transition(
            "take_back",
            _("Take back"),
            states,
            None,
            "ticket.work",
            fields=fields.REASON,
            guard=guards.is_handed_over,
            is_offered=handovers.is_open,
        ),
        theirs("accept_handover", _("Accept"), handovers.is_unaccepted, fields=fields.THEIR_REFERENCE),
        theirs("ask_back", _("Ask the desk"), handovers.is_open, fields=fields.WORDS),
        theirs("hand_back", _("Done"), handovers.is_open, fields=fields.WORDS),
    )


ACTIONS: dict[str, Callable[..., Any]] = {
    "add_task": tasks.add_task,
    "log_time": timing.log_time,
    "verify_caller": verifying.verify_caller,
    "send_code": verifying.send_code,
    "restrict": actions.restrict,
    "lift_restriction": actions.lift_restriction,
    "hand_over": actions.hand_over,
    "take_back": actions.take_back,
    "accept_handover": actions.accept_handover,
    "ask_back": actions.ask_back,
    "hand_back": actions.hand_back,
}
