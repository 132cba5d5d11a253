"""The Celery door: a tick of the beat, every 15 seconds. A lost or doubled tick does no harm."""

from celery import shared_task

from accounts import actors
from slas import sweep as sweeping

ACTOR = "Clock sweep"


@shared_task(name="slas.tasks.sweep")
def sweep() -> dict[str, int]:
    """Stamp what is breached and fire what is due. Returns counts."""
    return vars(sweeping.sweep(actors.system(ACTOR)))
