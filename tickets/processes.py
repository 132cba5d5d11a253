"""What a process is to the rest of the house: one object, listed in the wiring. A new ticket type is a new leaf."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from core import errors
from core.actor import Actor
from tickets import measures
from tickets.engine import Guard, Workflow
from tickets.models import Ticket

Action = Callable[..., Ticket]


def _nothing(_into: Ticket) -> dict[str, Any]:
    return {}


def _nothing_said(_row: Ticket, _reason: str, _by: Actor, _at: dt.datetime) -> None:
    """A process without a place for it."""


@dataclass(frozen=True)
class Process:
    """One process. `kind` is stored on its tickets; `slug` is its place in addresses (`incidents`).

    `actions` maps each verb of the workflow to its action; `open` makes a ticket. `detail` is the model that
    holds what only this process knows, `detail_fields` its names in the API.

    `merged` are the detail's columns that a merge writes: `merged_values(into)` gives what, unmerging puts the stored
    ones back. `note_end(row, reason, by, at)` writes down why a ticket ended without being solved. `unanswered` is
    what resolving takes when a customer never answered. `close_guards`: sentences why a resolved ticket may not close
    itself yet (a review that is owed), or None. `metrics`: what agreements may measure beside the answers that every
    customer is owed, the work itself first.
    """

    kind: str
    label: Any
    label_plural: Any
    slug: str
    prefix: str
    workflow: Workflow
    actions: Mapping[str, Action]
    open: Action
    detail: type[Model] | None = None
    detail_fields: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    merged_values: Callable[[Ticket], dict[str, Any]] = _nothing
    note_end: Callable[..., None] = _nothing_said
    unanswered: Mapping[str, str] = field(default_factory=dict)
    close_guards: tuple[Guard, ...] = ()
    metrics: tuple[measures.Measured, ...] = (measures.RESOLUTION,)
    options: Mapping[str, Any] = field(default_factory=dict)


_registry: dict[str, Process] = {}


def register(processes: Iterable[Process]) -> None:
    """Make these the processes of the house. Called by the wiring, once."""
    _registry.clear()
    _registry.update((one.kind, one) for one in processes)


def every() -> list[Process]:
    """All processes, in the order of the wiring."""
    return list(_registry.values())


def of(ticket: Ticket | str) -> Process:
    """The process of a ticket or a kind. Raises NotFound for a kind that this house does not run."""
    kind = ticket if isinstance(ticket, str) else ticket.kind
    if kind not in _registry:
        raise errors.NotFound(f"There is no process “{kind}” in this installation.")
    return _registry[kind]


def with_slug(slug: str) -> Process:
    """The process at this address, `incidents`. Raises NotFound."""
    for one in _registry.values():
        if one.slug == slug:
            return one
    raise errors.NotFound(f"There is no process “{slug}” in this installation.")
