"""Celery's door to jobs: work on one, and the sweep that takes up what a dead worker has left."""

import logging

from celery import shared_task

from accounts import actors
from core import errors
from core.actor import Actor
from customers import scoping
from jobs import actions, callers, runners
from jobs.models import Job
from journal import nudges

logger = logging.getLogger(__name__)


@shared_task(queue="bulk")
def work(job_id: int, caller: str) -> None:
    """Work on one job until it is done, fails, is cancelled or taken over. Running twice at once does no harm."""
    by = callers.find_actor(caller)
    with scoping.scope(by.customers if by else (), caller=caller) as here:
        job = actions.claim(job_id, at=here.at)
        if job is not None and by is None:
            actions.fail(job, at=here.at, error="Its caller can no longer sign in.", is_final=True)
    if job is not None and by is not None:
        _run(job, by)


@shared_task(queue="bulk")
def sweep() -> None:
    """Offer every open job that nobody works on to a worker again."""
    with scoping.scope(actors.system("jobs").customers):
        for job_id, caller in actions.stale():
            nudges.nudge(work, job_id, caller)


def _run(job: Job, by: Actor) -> None:
    try:
        result = runners.of(job.kind)(job, by)
    except actions.TakenOver:
        logger.warning("job %s was taken over by another worker", job.pk)
    except actions.Cancelled:
        with scoping.scope(by.customers, caller=job.caller) as here:
            actions.stop(job, at=here.at)
    except errors.Refused as refusal:
        _fail(job, by, refusal.detail, is_final=True)
    except Exception as error:
        logger.exception("job %s failed", job.pk)
        _fail(job, by, f"{type(error).__name__}: {error}", is_final=False)
    else:
        with scoping.scope(by.customers, caller=job.caller) as here:
            actions.finish(job, at=here.at, result=result)


def _fail(job: Job, by: Actor, error: str, *, is_final: bool) -> None:
    with scoping.scope(by.customers, caller=job.caller) as here:
        actions.fail(job, at=here.at, error=error, is_final=is_final)
