"""The life of a job. No entry is recorded: what a job does says so itself, and how far it is, is no history."""

import datetime as dt
import uuid
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from jobs import runners
from jobs.choices import OPEN, State
from jobs.models import Job

LEASE = dt.timedelta(minutes=2)
MOST_ATTEMPTS = 3


class Cancelled(Exception):
    """The caller has asked to stop: what was done stays done, the rest is left."""


class TakenOver(Exception):
    """Another worker goes on with this job: this one lets go without a further word."""


def start(
    kind: str, *, by: Actor, at: dt.datetime, arguments: dict[str, Any], total: int | None = None
) -> Job:
    """Write down a piece of work for this caller; the door nudges `jobs.tasks.work` with its id. Raises NotFound."""
    runners.of(kind)
    return Job.objects.create(caller=by.key, kind=kind, arguments=arguments, total=total, created_at=at)


def claim(job_id: int, *, at: dt.datetime) -> Job | None:
    """Lease an open job that nobody works on; None where there is none. After three tries it is failed for good."""
    free = Q(lease_until=None) | Q(lease_until__lt=at)
    job = Job.objects.select_for_update(skip_locked=True).filter(free, pk=job_id, state__in=OPEN).first()
    if job is None:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        _end(job, State.FAILED, at=at, error=job.error or _("Its worker died three times: it was given up."))
        return None
    if job.is_cancel_requested:
        _end(job, State.CANCELLED, at=at)
        return None
    job.state, job.started_at = State.RUNNING, job.started_at or at
    # attempts count before the work: a job that kills its worker is given up like any other
    job.attempts, job.lease_token, job.lease_until = job.attempts + 1, uuid.uuid4(), at + LEASE
    job.save()
    return job


def advance(job: Job, *, at: dt.datetime, done: int, total: int | None = None, cursor: Any = None) -> None:
    """After each step, in its transaction: how far it is, and where the next step goes on. Renews the lease.

    A step that got through starts the count of tries anew. Raises Cancelled, TakenOver.
    """
    row = _mine(job)
    if row.is_cancel_requested:
        raise Cancelled
    row.done, row.total, row.cursor = done, total if total is not None else row.total, cursor
    row.attempts, row.lease_until = 1, at + LEASE
    row.save()


def finish(job: Job, *, at: dt.datetime, result: dict[str, Any]) -> None:
    """It is done. Raises TakenOver."""
    row = _mine(job)
    row.result = result
    _end(row, State.DONE, at=at)


def fail(job: Job, *, at: dt.datetime, error: str, is_final: bool) -> None:
    """It went wrong: for good, or to be tried again. Raises TakenOver."""
    row = _mine(job)
    if is_final or row.attempts >= MOST_ATTEMPTS:
        _end(row, State.FAILED, at=at, error=error)
    else:
        row.error, row.lease_until, row.lease_token = error[:2000], at + LEASE, None
        row.save()


def stop(job: Job, *, at: dt.datetime) -> None:
    """The worker has seen the wish to cancel. Raises TakenOver."""
    _end(_mine(job), State.CANCELLED, at=at)


def cancel(job: Job, *, by: Actor, at: dt.datetime) -> Job:
    """Ask a job to stop: at once where nobody has begun, else after the step under way. Raises NotFound, NotAllowed."""
    row = Job.objects.select_for_update().filter(pk=job.pk, caller=by.key).first()
    if row is None:
        raise errors.NotFound(_("There is no such job."))
    if not row.is_open:
        sentence = _("This job is over (%(state)s): there is nothing left to cancel.")
        raise errors.NotAllowed(sentence % {"state": row.get_state_display()})
    row.is_cancel_requested = True
    if row.state == State.QUEUED:
        _end(row, State.CANCELLED, at=at)
    row.save()
    return row


def stale() -> list[tuple[int, str]]:
    """(id, caller) of open jobs that nobody works on, whoever started them; no more than that is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT job_id, job_caller FROM itsm_stale_jobs()")
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _mine(job: Job) -> Job:
    rows = Job.objects.select_for_update().defer(
        "arguments"
    )  # however long they are, a step never writes them again
    row = rows.filter(pk=job.pk, lease_token=job.lease_token).first()
    if row is None:
        raise TakenOver
    return row


def _end(row: Job, state: State, *, at: dt.datetime, error: str = "") -> None:
    row.state, row.ended_at, row.error = state, at, error[:2000]
    row.lease_until, row.lease_token = None, None
    row.save()
