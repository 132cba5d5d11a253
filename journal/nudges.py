"""Wake-up calls to Celery: never the record of work, so every failure is swallowed and the sweep takes over."""

import logging

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def nudge(task: Task, *args: object) -> None:
    """Send `task` after commit, without retry. Redis gone = a log line; the 15 s sweep does the work."""
    transaction.on_commit(lambda: _send(task, args), robust=True)


def nudge_in(seconds: float, task: Task, *args: object) -> None:
    """Send `task` so many seconds after commit: a hint for punctuality. The sweep keeps the promise."""
    transaction.on_commit(lambda: _send(task, args, seconds), robust=True)


def _send(task: Task, args: tuple, seconds: float = 0) -> None:
    try:
        task.apply_async(args, retry=False, countdown=seconds or None)
    except (BrokerError, RedisError, OSError) as error:
        logger.warning("nudge of %s failed, the sweep will do it: %s", task.name, error)
