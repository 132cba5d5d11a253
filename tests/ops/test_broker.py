"""With the broker gone a request does not wait for it: the nudge is given up at once, and the sweep does the work."""

import time

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError

from itsm import celery_app, env


def test_a_nudge_without_a_broker_is_given_up_at_once() -> None:
    options = celery_app.conf.broker_transport_options
    began = time.monotonic()
    with (
        Connection(f"redis://{env.NOWHERE}/0", transport_options=options) as gone,
        pytest.raises(OperationalError),
    ):
        celery_app.send_task("tickets.tasks.wake", queue="timers", retry=False, connection=gone)
    assert time.monotonic() - began < 1.5


def test_nothing_is_delayed_inside_the_broker_longer_than_it_waits_for_an_answer() -> None:
    longest = max(
        line["schedule"].run_every.total_seconds() for line in celery_app.conf.beat_schedule.values()
    )
    assert longest <= 3_600
    assert celery_app.conf.broker_transport_options["visibility_timeout"] > celery_app.conf.task_time_limit


def test_a_task_is_acknowledged_when_it_is_done_and_taken_one_at_a_time() -> None:
    conf = celery_app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_ignore_result
    assert conf.accept_content == ["json"]


def test_every_line_of_the_beat_names_a_task_that_exists() -> None:
    celery_app.loader.import_default_modules()
    missing = [
        line["task"]
        for line in celery_app.conf.beat_schedule.values()
        if line["task"] not in celery_app.tasks
    ]
    assert missing == []


def test_a_tick_outlives_clocks_that_are_ten_minutes_apart() -> None:
    for line in celery_app.conf.beat_schedule.values():
        assert line["options"]["expires"] >= line["schedule"].run_every.total_seconds() + 600
