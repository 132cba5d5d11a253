"""The journal of a record as its source tells it: one entry or more for each row, in the source's order and time."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from core.actor import ActorKind
from imports.directory import Directory
from imports.records import Record, Step
from journal.events import Audience
from tickets import events
from tickets.models import Ticket

COLUMNS = (
    "customer_id", "compartment", "name", "version", "audience", "at", "actor_kind", "actor_label", "subject_kind",
    "subject_id", "subject_label", "data", "request_id",
)  # fmt: skip
Told = tuple[Any, ...]  # the values of one entry, in the order of COLUMNS
_SYSTEM = ActorKind.SYSTEM.value
_PAST = {
    "resolved": events.Resolved,
    "closed": events.Closed,
    "cancelled": events.Cancelled,
    "on_hold": events.Held,
}
_LABELS = ("team", "assignee")
_PLAIN = ("impact", "urgency", "priority", "category", "subcategory", "service", "site")
_ENDED = ("resolved", "closed", "cancelled")


def opening(ticket: Ticket, record: Record) -> Told:
    """The record came into being."""
    data = {"channel": record.channel, "priority": record.steps[0].priority, "title": record.title}
    by = record.opened_by or record.steps[0].by
    return _entry(ticket, events.Opened, record.opened_at, by, data | {"row": record.steps[0].line})


def steps(ticket: Ticket, before: Step | None, following: list[Step], directory: Directory) -> Iterator[Told]:
    """What each step changed. A step that changes nothing we keep is told as `updated`: no row goes without a trace."""
    for step in following:
        at = step.at or ticket.opened_at
        told = list(_differences(before, step, directory))
        for event, data in told:
            yield _entry(ticket, event, at, step.by, data | {"row": step.line})
        if not told and before is not None:
            yield _named(ticket, "updated", Audience.PROVIDER, at, step.by, {"row": step.line})
        before = step


def correction(ticket: Ticket, changes: dict[str, list[Any]], at: dt.datetime, by: str) -> Told:
    """The source corrected what does not depend on its steps."""
    return _entry(ticket, events.Changed, at, by, {"changes": changes})


def _differences(
    before: Step | None, step: Step, directory: Directory
) -> Iterator[tuple[type, dict[str, Any]]]:
    was = before or Step(line=0, at=None, by="", state="new")
    if (was.state, was.hold) != (step.state, step.hold):
        yield _move(was, step), _moved(was, step)
    if (was.team, was.assignee) != (step.team, step.assignee):
        yield events.Assigned, _assigned(was, step, directory)
    if before is not None:
        changes = {
            name: [getattr(was, name), getattr(step, name)]
            for name in _PLAIN
            if getattr(was, name) != getattr(step, name)
        }
        if changes:
            yield events.Changed, {"changes": changes}


def _move(was: Step, step: Step) -> type:
    if step.state in _PAST:
        return _PAST[step.state]
    if was.state in _ENDED:
        return events.Reopened
    if was.state == "on_hold":
        return events.Resumed
    return events.Accepted if was.state == "new" else events.Moved


def _moved(was: Step, step: Step) -> dict[str, Any]:
    return {"from_state": was.state, "to_state": step.state} | ({"kind": step.hold} if step.hold else {})


def _assigned(was: Step, step: Step, directory: Directory) -> dict[str, Any]:
    team, assignee = directory.teams.get(step.team or ""), directory.users.get(step.assignee or "")
    data = {
        "team": team.name if team else None,
        "assignee": assignee.name if assignee else None,
        "was_team": _known(directory.teams.get(was.team or ""), was.team),
        "was_assignee": _known(directory.users.get(was.assignee or ""), was.assignee),
        "team_id": team.pk if team else None,
        "assignee_id": assignee.pk if assignee else None,
    }
    return {name: value for name, value in data.items() if value is not None}


def _known(row: Any, name: str | None) -> str | None:
    return row.name if row else name


def _entry(
    ticket: Ticket, event: type[events.TicketEvent], at: dt.datetime, by: str, data: dict[str, Any]
) -> Told:
    return _named(ticket, event.past, event.audience, at, by, data)


def _named(
    ticket: Ticket, past: str, audience: Audience, at: dt.datetime, by: str, data: dict[str, Any]
) -> Told:
    return (
        ticket.customer_id, ticket.compartment, f"{ticket.kind}.{past}", 1, audience.value, at, _SYSTEM, by[:200],
        ticket.kind, ticket.pk, ticket.number, data, "",
    )  # fmt: skip
