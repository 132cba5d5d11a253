"""The metrics that a process declares, as a replay hears them: by names of entries in place of classes of events."""

import functools
from typing import NamedTuple

from journal.events import Event
from slas import metrics
from tickets.measures import Measured


class Course(NamedTuple):
    """What starts a clock of a declared metric (nothing: the receipt), what stops it, whether a hold may pause it."""

    starts: frozenset[str]
    stops: frozenset[str]
    can_pause: bool


def of(kind: str) -> dict[str, Course]:
    """The declared metrics of a process: {metric: course}."""
    return _courses(tuple(metrics.declared(kind).values()))


@functools.lru_cache(maxsize=32)
def _courses(declared: tuple[Measured, ...]) -> dict[str, Course]:
    return {
        one.name: Course(
            frozenset() if one.is_from_receipt else _pasts(one.starts),
            frozenset().union(*(_pasts(stop) for stop in one.stops)),
            one.can_pause,
        )
        for one in declared
    }


def _pasts(event: type[Event]) -> frozenset[str]:
    """The past of an event, and of all that are of its kind."""
    return frozenset({event.past}).union(*(_pasts(one) for one in event.__subclasses__()))
