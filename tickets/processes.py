"""What a process is to the rest of the house: one object, listed in the wiring. A new ticket type is a new leaf."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from core import errors
from tickets.engine import Workflow
from tickets.models import Ticket

Action = Callable[..., Ticket]


@dataclass(frozen=True)
class Process:
    """One process. `kind` is stored on its tickets; `slug` is its place in addresses (`incidents`).

    `actions` maps each verb of the workflow to its action; `open` makes a ticket. `detail` is the model that
    holds what only this process knows, `detail_fields` its names in the API.
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
