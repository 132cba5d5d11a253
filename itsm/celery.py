"""The Celery application: queues, the promises a task makes to the broker, and the beat.

Redis is a wake-up call, never the record of work: every task claims what is due from the database, so a lost or a
doubled message does no harm. Beat ticks in UTC; what is due is decided by the database's clock.
"""

import os

from celery import Celery
from celery.schedules import schedule
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")

QUEUES = ("realtime", "timers", "mail_out", "bulk")
# A tick expires by the clocks of two machines, the beat's and the worker's: with a narrow term a worker whose clock is
# ahead would throw every tick away. What piles up meanwhile finds nothing to do.
CLOCKS_APART_SECONDS = 900


def every(seconds: float, task: str, queue: str) -> dict[str, object]:
    """One line of the beat. A tick that nobody took long after its period expires: a later one does its work."""
    options = {"queue": queue, "expires": seconds + CLOCKS_APART_SECONDS}
    return {"task": task, "schedule": schedule(seconds), "options": options}


app = Celery("itsm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="realtime",
    task_create_missing_queues=False,
    beat_schedule={
        "sweep clocks": every(15, "slas.tasks.sweep", "timers"),
        "check the fit of agreements": every(3_600, "slas.tasks.check_fit", "bulk"),
        "watch major incidents": every(15, "incidents.tasks.watch_major", "timers"),
        "empty the outbox": every(3, "tickets.tasks.empty_outbox", "realtime"),
        "wake scheduled holds": every(15, "tickets.tasks.wake", "timers"),
        "chase what nobody answers": every(60, "tickets.tasks.chase", "timers"),
        "relay entries": every(15, "accounts.tasks.relay_entries", "realtime"),
        "send messages": every(15, "notifications.tasks.sweep", "mail_out"),
        "make the daily mails": every(60, "notifications.tasks.digest", "mail_out"),
        "open recurring tickets": every(60, "automation.tasks.open_recurring", "timers"),
        "write status pages": every(60, "portal.tasks.write_status", "bulk"),
        "tell followers of the status": every(30, "portal.tasks.tell_followers", "mail_out"),
        "forget unconfirmed guests": every(3600, "portal.tasks.forget_guests", "bulk"),
        "drop the end of the feed": every(3600, "accounts.tasks.drop_old_positions", "bulk"),
        "continue jobs": every(60, "jobs.tasks.sweep", "bulk"),
        "drop unclaimed uploads": every(3600, "tickets.tasks.drop_unclaimed_uploads", "bulk"),
    },
)
app.autodiscover_tasks()
