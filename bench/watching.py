"""Many at once for longer: eight clients on mixed pages, and hundreds of open streams."""

import asyncio
import contextlib
import itertools
import random
import statistics
import threading
import time as clock
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from bench.driving import Call, Clients, Measured, Scenario, quantile, timed
from bench.serving import Serving
from bench.table import Line

PEER_FLOOR_MS, PEER_P95_MS = 14, 300  # p95 under 300 ms where the floor list takes 14
HEARD_WITHIN_SECONDS = 2.0
STREAM_MEGABYTES = 150


def soak(clients: Clients, pages: Sequence[Scenario], floor: Call, *, seconds: float) -> dict[str, Any]:
    """Eight clients, each on pages drawn at random. Milliseconds, and what was answered wrongly."""
    with clients.of_floor("list") as bare:
        floor_ms = statistics.median(timed(floor, bare)[0] for _ in range(15))
    found = Measured(pages[0], [], [])
    until, seeds = clock.perf_counter() + seconds, itertools.count()

    def live() -> None:
        drawn = random.Random(next(seeds))
        with contextlib.ExitStack() as stack:
            own = {who: stack.enter_context(clients.of(who)) for who in clients.cookies}
            while True:
                page = drawn.choice(pages)
                took, answer = timed(page.call, own[page.signed_in])
                found.own.append(took)
                if answer.status_code >= 300:
                    found.failed.append(f"{page.name}: {answer.status_code}")
                if clock.perf_counter() > until:  # at least one each, however slow the machine is
                    break

    threads = [threading.Thread(target=live) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return {
        "seconds": seconds, "pages": len(found.own), "median_ms": round(found.median, 1), "p95_ms": round(found.p95, 1),
        "worst_ms": round(quantile(found.own, 1.0), 1), "floor_ms": round(floor_ms, 1),
        "aim_ms": PEER_P95_MS * floor_ms / PEER_FLOOR_MS, "failed": found.failed[:5],
    }  # fmt: skip


def streams(served: Serving, clients: Clients, *, many: int) -> list[Line]:
    """Open streams: their memory, how soon all hear of a change, what they hold, and what one misses who is away."""
    before = _connections()
    memory_ms = served.memory()["streams"]
    heard, held, missed = asyncio.run(_listen(served, clients, many, before))
    memory = served.memory()["streams"]
    return [
        Line(f"streams: memory of {many} after they were open", memory, "MB", f"≤ {STREAM_MEGABYTES}",
             memory <= STREAM_MEGABYTES),
        Line("streams: memory before", memory_ms, "MB"),
        Line(f"streams: seconds until all {many} heard of a change", heard, "s", "≤ 2", heard <= HEARD_WITHIN_SECONDS),
        Line("streams: connections to the database they hold", held, "", "0", held == 0),
        Line("streams: changes lost over a reconnect", missed, "", "0", missed == 0),
    ]  # fmt: skip


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'streams'")
        return int(cursor.fetchone()[0])


async def _listen(served: Serving, clients: Clients, many: int, before: int) -> tuple[float, float, float]:
    cookie = clients.cookies["everywhere"]["sessionid"]
    opened = [await Stream.open(served.streams, cookie) for _ in range(many)]
    numbers = await asyncio.to_thread(_change, clients)
    began = clock.perf_counter()
    await asyncio.gather(*(one.until(numbers) for one in opened))
    heard = clock.perf_counter() - began
    held = max(0, await asyncio.to_thread(_connections) - before)
    last = opened[0].last_id
    for one in opened:
        one.close()
    numbers = await asyncio.to_thread(_change, clients)  # nobody listens now
    again = await Stream.open(served.streams, cookie, last_id=last)
    try:
        await asyncio.wait_for(again.until(numbers), 3)
        missed = 0
    except TimeoutError:
        missed = 1
    again.close()
    return heard, held, missed


def _change(clients: Clients) -> str:
    """Reply to the newest ticket, by REST; its number."""
    with clients.of("token") as client:
        number = client.get("/api/v1/incidents/?phase=open&page_size=1").json()["results"][0]["number"]
        answer = client.post(f"/api/v1/incidents/{number}/actions/note/", json={"body": "Seen."})
        assert answer.status_code == 200, answer.text
        return number


class Stream:
    """One open stream, read without a thread of its own."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader, self.writer, self.last_id = reader, writer, ""

    @classmethod
    async def open(cls, url: str, cookie: str, last_id: str = "") -> "Stream":
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        again = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
        asked = f"GET /live/queue/ HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={cookie}\r\n{again}\r\n"
        writer.write(asked.encode())
        status = await reader.readline()
        assert b" 200 " in status, status
        while not (await reader.readline()).startswith(b"retry:"):
            pass
        return cls(reader, writer)

    async def until(self, number: str) -> None:
        """Read on until a change of this ticket (or "look again", which covers all of them) is told."""
        is_told = False
        while not (is_told and self.last_id):
            line = (await self.reader.readline()).decode()
            if not line:
                raise ConnectionError("the stream has ended")
            if line.startswith("data: ") and (f'"{number}"' in line or '"number": ""' in line):
                is_told, self.last_id = True, ""
            if line.startswith("id: "):
                self.last_id = line.removeprefix("id: ").strip()

    def close(self) -> None:
        self.writer.close()
