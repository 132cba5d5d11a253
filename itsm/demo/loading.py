"""The demo as a job: an administrator's button loads what `manage.py demo` loads, and the page says how far it is.

All of it is one transaction, so how far it is goes over a connection of its own, under the job's lease.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from core import time
from core.actor import Actor
from customers import scoping
from incidents import sample
from itsm.demo import people, stage
from jobs import actions as jobs
from jobs import runners
from jobs.models import Job

SEED = 8
BESIDE = "progress"
EVERY = 25  # steps between two words about progress


def run(job: Job, by: Actor) -> dict[str, Any]:
    """Load it, unless it is there already or a customer was made meanwhile: a second try finds the first one's work."""
    share = float(job.arguments.get("share", 1.0))
    with scoping.scope(by.customers, caller=job.caller):
        if not sample.is_empty():
            return {"people": ""}
    with _telling(job) as tell:
        cast, password = stage.play(SEED, share=share, tell=tell)
    path = Path(settings.LOCAL_DIR) / people.FILE
    people.write_private(path, people.of(cast, password))
    return {"people": path.name}


@contextlib.contextmanager
def _telling(job: Job) -> Iterator[stage.Tell]:
    connections.databases[BESIDE] = {**connections["default"].settings_dict}
    total = job.total or sample.STEPS

    def tell(done: int) -> None:
        if done % EVERY:
            return
        with transaction.atomic(using=BESIDE), connections[BESIDE].cursor() as cursor:
            cursor.execute("SELECT set_config('itsm.caller', %s, true)", [job.caller])
            cursor.execute(
                "UPDATE jobs_job SET done = %s, lease_until = %s WHERE id = %s AND lease_token = %s",
                [
                    min(done, total),
                    (time.pinned() or dt.datetime.now(dt.UTC)) + jobs.LEASE,
                    job.pk,
                    job.lease_token,
                ],
            )

    try:
        yield tell
    finally:
        connections[BESIDE].close()
        del connections[BESIDE]
        del connections.databases[BESIDE]


RUNNERS: Mapping[str, runners.Runner] = {sample.KIND: run}
