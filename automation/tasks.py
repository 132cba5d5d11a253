"""The Celery door: a tick of the beat, every minute. A lost or doubled tick does no harm."""

import logging

from celery import shared_task

from accounts import actors
from automation import recurring
from customers import scoping

logger = logging.getLogger(__name__)


@shared_task(name="automation.tasks.open_recurring")
def open_recurring() -> int:
    """Open the recurring tickets whose time has come, schedule by schedule. Returns how many."""
    by = actors.system("Recurring tickets")
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        due = recurring.due_ids(here.at)
    opened = 0
    for customer_id, schedule_id in due:
        try:
            with scoping.scope(by.customers, compartments=by.compartments) as here:
                opened += recurring.work_off_one(customer_id, schedule_id, by=by, at=here.at)
        except Exception:
            logger.exception("schedule %s could not be worked off, the next tick tries again", schedule_id)
    return opened
