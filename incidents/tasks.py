"""The Celery door of incidents: ticks of the beat. A lost or doubled tick does no harm."""

from celery import shared_task

from accounts import actors
from incidents.major import sweep


@shared_task(name="incidents.tasks.watch_major")
def watch_major() -> int:
    """Say where a major incident lacks its lead or the news that was promised. Returns how many alarms it raised."""
    return sweep.watch(actors.system("Major incident"))
