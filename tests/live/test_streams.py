"""Open pages hear which tickets of their customers changed; nothing else, nobody else, and no connection is held."""

import contextlib
import json
import queue
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from django.conf import settings
from django.db import connection

from accounts import settings as reference
from core.actor import ALL
from customers import scoping
from live import publishing
from tests.live.conftest import Streams
from tests.places import World, report
from tickets import verbs
from tickets.models import Ticket

pytestmark = pytest.mark.committing


class Listener:
    """What one open stream has told so far, read in a thread of its own."""

    def __init__(self, answer: httpx.Response):
        self.lines: queue.Queue[str] = queue.Queue()
        self.ended = threading.Event()
        self._answer = answer
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
            for line in self._answer.iter_lines():
                self.lines.put(line)
        self.ended.set()

    def place(self, seconds: float) -> str:
        """The place that the next block names."""
        while not (line := self.lines.get(timeout=seconds)).startswith("id: "):
            pass
        return line.removeprefix("id: ")

    def changes(self, seconds: float, most: int = 1_000) -> list[dict]:
        """The data of every change told within this time, or of the first `most`."""
        until, found = time.monotonic() + seconds, []
        while len(found) < most and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                line = self.lines.get(timeout=left)
                if line.startswith("data: "):
                    found.append(json.loads(line.removeprefix("data: ")))
        return found


@contextlib.contextmanager
def listening(streams: Streams, key: str, heard: str = "") -> Iterator[Listener]:
    with streams.open(key, heard) as answer:
        assert answer.status_code == 200
        listener = Listener(answer)
        assert listener.lines.get(timeout=5) == "retry: 3000"
        yield listener


def new_incident(world: World, side: str) -> Ticket:
    with scoping.scope(ALL) as here:
        return report(getattr(world, side), at=here.at)


def connections_of_others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def test_an_agent_hears_of_a_change_of_every_customer_and_of_nothing_but_number_and_customer(
    town, session_of, streams
):
    with listening(streams, session_of(town.agent)) as listener:
        ticket = new_incident(town, "acme")
        assert listener.changes(2) == [{"number": ticket.number, "customer": town.acme.customer.pk}]


def test_a_customers_own_agent_hears_of_his_customer_only(town, session_of, streams):
    with listening(streams, session_of(town.acme.agent)) as listener:
        new_incident(town, "beta")
        ours = new_incident(town, "acme")
        assert [one["number"] for one in listener.changes(2)] == [ours.number]


def test_a_deed_of_several_entries_is_told_once(town, session_of, streams):
    ticket = new_incident(town, "acme")
    with listening(streams, session_of(town.agent)) as listener:
        with scoping.scope(ALL) as here:
            verbs.run(ticket, "reply", {"body": "On it."}, by=town.actor(town.agent), at=here.at)
        assert [one["number"] for one in listener.changes(2)] == [ticket.number]


def test_who_comes_back_hears_what_he_missed_of_his_customer_and_nothing_twice(town, session_of, streams):
    key = session_of(town.acme.agent)
    with listening(streams, key) as listener:
        first = new_incident(town, "acme")
        assert [one["number"] for one in listener.changes(5, most=1)] == [first.number]
        place = listener.place(5)
    new_incident(town, "beta")
    missed = [new_incident(town, "acme").number for _ in range(2)]
    with listening(streams, key, place) as listener:
        assert [one["number"] for one in listener.changes(2)] == missed


@pytest.mark.parametrize("place", ["1-1", "nonsense"])
def test_who_was_away_too_long_is_told_to_look_at_everything(town, session_of, streams, place):
    new_incident(town, "beta")
    with listening(streams, session_of(town.acme.agent), place) as listener:
        assert listener.changes(2) == [{"number": "", "customer": 0}]


def test_who_is_not_signed_in_or_not_of_the_desk_gets_no_stream(town, session_of, streams):
    for key, status in (("", 401), ("nonsense", 401), (session_of(town.acme.requester), 403)):
        with streams.open(key) as answer:
            assert (answer.status_code, "event-stream" in answer.headers["content-type"]) == (status, False)


def test_other_addresses_and_methods_are_refused(streams):
    assert httpx.get(f"{streams.url}/live/else/").status_code == 404
    assert httpx.post(f"{streams.url}/live/queue/").status_code == 405


def test_a_login_that_is_switched_off_loses_its_stream_at_once(town, session_of, streams):
    with listening(streams, session_of(town.agent)) as listener:
        with scoping.scope(ALL) as here:
            reference.change(
                town.agent, by=town.actor(town.administrator), at=here.at, fields={"is_active": False}
            )
        assert listener.ended.wait(4)


def test_without_redis_a_stream_is_refused_for_a_while_and_publishing_hurts_nobody(
    town, session_of, streams_without_redis, monkeypatch
):
    with streams_without_redis.open(session_of(town.agent)) as answer:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "20")
    monkeypatch.setattr(settings, "CACHE_URL", "redis://127.0.0.1:9/1")
    monkeypatch.setattr(publishing, "_retry_after", 0.0)
    assert new_incident(town, "acme").pk
    assert publishing._retry_after > time.monotonic()


def test_fifty_streams_under_load_hold_no_connection_to_the_database(town, session_of, streams):
    key = session_of(town.agent)
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(listening(streams, key)) for _ in range(50)]
        numbers = [new_incident(town, "acme").number for _ in range(5)]
        heard = [[one["number"] for one in listener.changes(30, most=5)] for listener in listeners]
        assert heard == [numbers] * 50
        assert connections_of_others() == 0
