"""Boxes on a page that a higher room fills: the ticket page shows clocks without knowing the room that keeps them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.actor import Actor

Fill = Callable[[Any, Actor], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """One box: a place (`ticket.side`), a template, and a function that fills it or answers None for "not here"."""

    place: str
    name: str
    template: str
    fill: Fill


@dataclass
class _Registry:
    panels: list[Panel] = field(default_factory=list)


_registry = _Registry()


def register(*panels: Panel) -> None:
    """Add boxes, in the order of the wiring."""
    _registry.panels.extend(panels)


def clear() -> None:
    _registry.panels.clear()


def filled(place: str, subject: Any, actor: Actor) -> list[tuple[Panel, dict[str, Any]]]:
    """The boxes of this place that have something to say about `subject`, with their contexts."""
    found = [(one, one.fill(subject, actor)) for one in _registry.panels if one.place == place]
    return [(panel, context) for panel, context in found if context is not None]
