"""Long work: step by step, cancelled in between, taken up again, given up after three tries; its caller's own."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from core import errors, time
from core.actor import Actor
from customers import scoping
from jobs import actions, runners, tasks
from jobs.models import Job
from tests.places import NOON, World

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def steps() -> Iterator[list[Any]]:
    """A kind of job, `count`, that notes each step; an exception in the list is raised at its step."""
    seen: list[Any] = []

    def run(job: Job, by: Actor) -> dict[str, Any]:
        for number in range(job.cursor or 0, 3):
            with scoping.scope(by.customers, caller=by.key) as here:
                if seen and isinstance(seen[-1], Exception):
                    raise seen.pop()
                seen.append(number)
                actions.advance(job, at=here.at, done=number + 1, cursor=number + 1)
        return {"counted": 3}

    before = dict(runners._runners)
    runners.register({"count": run})
    yield seen
    runners.register(before)


def start(by: Actor) -> Job:
    with scoping.scope(by.customers, caller=by.key):
        return actions.start("count", by=by, at=NOON, arguments={}, total=3)


def fresh(job: Job) -> Job:
    with scoping.scope((), caller=job.caller):
        return Job.objects.get(pk=job.pk)


def test_a_job_counts_up_to_its_total_and_keeps_its_result(world: World, steps: list[Any]):
    job = start(world.actor(world.agent))
    tasks.work(job.pk, job.caller)
    done = fresh(job)
    assert (done.state, done.done, done.total, done.result) == ("done", 3, 3, {"counted": 3})
    assert steps == [0, 1, 2]
    tasks.work(job.pk, job.caller)
    assert steps == [0, 1, 2]


def test_nobody_but_its_caller_sees_a_job(world: World, steps: list[Any]):
    job = start(world.actor(world.agent))
    administrator = world.actor(world.administrator)
    with scoping.scope(administrator.customers, caller=administrator.key):
        assert not Job.objects.exists()
        with pytest.raises(errors.NotFound):
            actions.cancel(job, by=administrator, at=NOON)
    assert fresh(job).state == "queued"


def test_a_job_that_fails_goes_on_where_it_was(world: World, steps: list[Any]):
    job = start(world.actor(world.agent))
    steps.append(RuntimeError("the network is gone"))
    tasks.work(job.pk, job.caller)
    assert (fresh(job).state, fresh(job).error) == ("running", "RuntimeError: the network is gone")
    with time.frozen(NOON + 3 * MINUTE):
        tasks.work(job.pk, job.caller)
    assert fresh(job).state == "done"


def test_after_three_tries_it_is_given_up(world: World, steps: list[Any]):
    job = start(world.actor(world.agent))
    for number in range(4):
        steps.append(RuntimeError("again"))
        with time.frozen(NOON + number * 3 * MINUTE):
            tasks.work(job.pk, job.caller)
    assert (fresh(job).state, fresh(job).error) == ("failed", "RuntimeError: again")


def test_a_rule_that_refuses_is_final(world: World, steps: list[Any]):
    job = start(world.actor(world.agent))
    steps.append(errors.Forbidden("You may not."))
    tasks.work(job.pk, job.caller)
    assert (fresh(job).state, fresh(job).error) == ("failed", "You may not.")


def test_cancelling_stops_at_once_or_after_the_step_under_way(world: World, steps: list[Any]):
    by = world.actor(world.agent)
    waiting, running = start(by), start(by)
    with scoping.scope(by.customers, caller=by.key):
        assert actions.cancel(waiting, by=by, at=NOON).state == "cancelled"
        actions.claim(running.pk, at=NOON)
        assert actions.cancel(running, by=by, at=NOON).state == "running"
    with time.frozen(NOON + 3 * MINUTE):
        tasks.work(running.pk, running.caller)
    assert (fresh(running).state, steps) == ("cancelled", [])
    with scoping.scope((), caller=by.key), pytest.raises(errors.NotAllowed):
        actions.cancel(running, by=by, at=NOON)


def test_the_sweep_finds_what_nobody_works_on(world: World, steps: list[Any]):
    by = world.actor(world.agent)
    job = start(by)
    assert actions.stale() == [(job.pk, by.key)]
    with time.frozen(dt.datetime.now(dt.UTC)), scoping.scope((), caller=by.key) as here:
        actions.claim(job.pk, at=here.at)
    assert actions.stale() == []


def test_a_worker_whose_lease_was_taken_over_changes_nothing(world: World, steps: list[Any]):
    by = world.actor(world.agent)
    job = start(by)
    with scoping.scope((), caller=by.key):
        first = actions.claim(job.pk, at=NOON)
        actions.claim(job.pk, at=NOON + 3 * MINUTE)
        with pytest.raises(actions.TakenOver):
            actions.finish(first, at=NOON + 4 * MINUTE, result={})
    assert fresh(job).state == "running"


def test_a_caller_who_has_left_ends_his_jobs(world: World, steps: list[Any]):
    job = start(world.actor(world.agent))
    world.agent.is_active = False
    world.agent.save()
    tasks.work(job.pk, job.caller)
    assert (fresh(job).state, steps) == ("failed", [])
