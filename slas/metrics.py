"""What is measured on which tickets: the answers that every customer is owed, and what a process declares of its own.

A metric that a process declares (`tickets.measures.Measured`) has a clock as soon as an agreement has a target for it.
"""

from slas.choices import AGAIN, Metric
from tickets import events, processes
from tickets.measures import Measured
from tickets.models import Ticket

_MAIN = Metric.RESOLUTION.value


def declared(kind: str) -> dict[str, Measured]:
    """The metrics of a process by name, in its order."""
    return {one.name: one for one in processes.of(kind).metrics}


def find(ticket: Ticket, metric: str) -> Measured | None:
    """A metric as this ticket's process declares it; None for the answers that every customer is owed."""
    return declared(ticket.kind).get(metric)


def at_opening(kind: str) -> tuple[str, ...]:
    """What runs from the receipt of a ticket of this kind, once."""
    own = (one.name for one in declared(kind).values() if one.is_from_receipt)
    return (Metric.FIRST_RESPONSE.value, *own)


def live(kind: str) -> tuple[str, ...]:
    """All that can have a clock on a ticket of this kind."""
    return (Metric.FIRST_RESPONSE.value, *(one.value for one in AGAIN), *declared(kind))


def main(kind: str) -> str:
    """The metric of the work itself: the first that the process declares."""
    return next(iter(declared(kind)), _MAIN)


def labels() -> dict[str, str]:
    """Every metric that an agreement may name, with its label in the reader's language."""
    own = {one.name: str(one.label) for process in processes.every() for one in process.metrics}
    return {**{one.value: str(one.label) for one in Metric}, **own}


def label(metric: str) -> str:
    """A metric in words; one that nobody declares any more as it is."""
    return labels().get(metric, metric)


def goes_on(ticket: Ticket, metric: str, event: events.TicketEvent) -> bool:
    """Whether the clock of a declared metric runs on through the solution."""
    own = find(ticket, metric)
    return own is not None and not isinstance(event, own.stops)


def has_own_course(ticket: Ticket, metric: str) -> bool:
    """Whether a clock of this metric starts again, or ends by another event than the solution."""
    own = find(ticket, metric)
    return metric in AGAIN or (
        own is not None and (not own.is_from_receipt or events.Resolved not in own.stops)
    )
