"""Celery's door to the outgoing mail: a nudge after a commit, and the sweep that takes what no nudge reached."""

from celery import shared_task

from accounts import actors
from notifications import digests, sending

ROUNDS = 20  # a run ends well within its time limit; the next tick goes on


@shared_task(queue="mail_out")
def sweep() -> None:
    """Send what is due, batch after batch. Running twice at once does no harm: rows are leased."""
    by = actors.system("mail")
    for _ in range(ROUNDS):
        if not sending.work_off(by):
            return


@shared_task(queue="mail_out")
def digest() -> None:
    """Make the daily mails that are due and let go what quiet hours held back, then send. Running twice does no harm:
    a day of a person is one row."""
    digests.work_off(actors.system("mail"))
