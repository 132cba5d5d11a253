"""The Celery door: ticks of the beat. A lost or doubled tick does no harm."""

from celery import shared_task

from accounts import actors
from customers import scoping
from slas import fitting
from slas import sweep as sweeping

ACTOR = "Clock sweep"


@shared_task(name="slas.tasks.sweep")
def sweep() -> dict[str, int]:
    """Stamp what is breached and fire what is due. Returns counts."""
    return vars(sweeping.sweep(actors.system(ACTOR)))


@shared_task(name="slas.tasks.check_fit")
def check_fit() -> int:
    """Look whether all agreements still fit into each other: days pass, calendars change. Returns how many do not."""
    by = actors.system("Fit of agreements")
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        return fitting.check_all(by=by, at=here.at)
