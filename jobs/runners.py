"""Which function does the work of a kind of job. Filled by the wiring; a kind is a leaf's word, `tickets.bulk`."""

from collections.abc import Callable, Mapping
from typing import Any

from core import errors
from core.actor import Actor
from jobs.models import Job

# Works in short steps, each in a scope of its own, with `actions.advance` after each; returns the job's result.
Runner = Callable[[Job, Actor], dict[str, Any]]

_runners: dict[str, Runner] = {}


def register(runners: Mapping[str, Runner]) -> None:
    """Make these the kinds of jobs of the house. Called by the wiring, once."""
    _runners.clear()
    _runners.update(runners)


def of(kind: str) -> Runner:
    """The runner of a kind. Raises NotFound."""
    if kind not in _runners:
        raise errors.NotFound(f"There is no work of the kind “{kind}” in this installation.")
    return _runners[kind]
