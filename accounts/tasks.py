"""Celery's door to what is owed by the journal. It stands here, one floor above the journal, because the relay acts as
the system with every compartment, and only this room knows them."""

from celery import shared_task

from accounts import actors
from journal import nudges, positions, relay
from journal.models import Entry

ROUNDS = 20  # a run ends well within its time limit; the next tick goes on


@shared_task(queue="realtime")
def relay_entries() -> None:
    """Give new entries their places in the feed; hand due deliveries to their readers, batch after batch.

    Running twice at once does no harm: places are given under a lock, and rows are leased.
    """
    by = actors.system("relay")
    positions.place(by)
    for _ in range(ROUNDS):
        if not relay.work_off(by):
            return


@shared_task(queue="bulk")
def drop_old_positions() -> None:
    """Keep 90 days of the feed for programs, no more."""
    by = actors.system("feed")
    for _ in range(ROUNDS):
        if not positions.drop_old(by):
            return


def wake_relay(_entries: list[Entry]) -> None:
    """After a commit: there may be something to deliver."""
    nudges.nudge(relay_entries)
