"""One connection to Redis per process, handed on to every open stream: streams cost memory, not connections.

News lie in a log in Redis, each at a place that only grows. A page that comes back says up to which place it has
heard, and is told what came since; where the log no longer reaches back so far, it is told to look at everything.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import redis.asyncio
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from live.news import KEPT, LOG, News

log = structlog.get_logger(__name__)

WAIT_MS = 15_000  # then asked again: a connection that died silently is noticed
MOST_WAITING = 200  # a page that reads slower than this loses its stream and asks again
Queue = asyncio.Queue[News | None]  # None = the stream ends here


class GoneError(Exception):
    """Redis does not answer: there are no live changes now."""


@dataclass
class Hearing:
    """One open stream: what is told from now on, from which place, and what it missed (None: nobody can say)."""

    queue: Queue = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    place: str = ""
    missed: list[News] | None = field(default_factory=list)


class Hub:
    """The listeners of this process, and the task that feeds them while there are any."""

    def __init__(self) -> None:
        self._queues: set[Queue] = set()
        self._feeding: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._place = ""

    @contextlib.asynccontextmanager
    async def listening(self, since: str = "") -> AsyncIterator[Hearing]:
        """What is told from now on, and since the place `since`. Raises GoneError."""
        hearing = Hearing()
        self._queues.add(hearing.queue)
        try:
            await self._start()
            hearing.place = self._place
            if since:
                hearing.missed = await _since(since)
            yield hearing
        finally:
            self._queues.discard(hearing.queue)
            if not self._queues and self._feeding is not None:
                self._feeding.cancel()
                self._feeding = None

    async def _start(self) -> None:
        async with self._starting:
            if self._feeding is not None and not self._feeding.done():
                return
            client = _client()
            try:
                self._place = await _newest(client)
            except (RedisError, OSError) as error:
                await client.aclose()
                raise _gone(error) from error
            self._feeding = asyncio.create_task(self._feed(client))

    async def _feed(self, client: redis.asyncio.Redis) -> None:
        try:
            while True:
                for _name, entries in await client.xread({LOG: self._place}, block=WAIT_MS) or ():
                    self._place = entries[-1][0].decode()
                    for news in _read(entries):
                        for queue in list(self._queues):
                            _put(queue, news)
        except (RedisError, OSError) as error:
            log.warning("live.lost", error=str(error))
            for queue in list(self._queues):
                _put(queue, None)
        finally:
            await client.aclose()


def _client() -> redis.asyncio.Redis:
    patience = WAIT_MS / 1000 + 5  # longer than Redis is asked to wait: silence is no failure
    return redis.asyncio.from_url(
        settings.CACHE_URL, socket_connect_timeout=1, socket_timeout=patience, retry=None
    )


def _gone(error: Exception) -> GoneError:
    log.warning("live.unreachable", error=str(error))
    return GoneError(str(error))


async def _newest(client: redis.asyncio.Redis) -> str:
    """The last place of the log, or the one before any."""
    entries = await client.xrevrange(LOG, count=1)
    return entries[0][0].decode() if entries else "0-0"


async def _since(place: str) -> list[News] | None:
    """What came after `place`; None where the log begins later, is gone, or never had such a place."""
    client = _client()
    try:
        first = await client.xrange(LOG, count=1)
        if not first or not _is_place(place) or _order(place) < _order(first[0][0].decode()):
            return [] if place == "0-0" and not first else None
        return list(_read(await client.xrange(LOG, min=f"({place}", count=KEPT)))
    except (RedisError, OSError) as error:
        raise _gone(error) from error
    finally:
        await client.aclose()


def _is_place(text: str) -> bool:
    before, dash, after = text.partition("-")
    return bool(dash) and all(one.isascii() and one.isdecimal() and len(one) < 20 for one in (before, after))


def _order(place: str) -> tuple[int, ...]:
    return tuple(int(one) for one in place.split("-"))


def _read(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> list[News]:
    """The news of entries of the log; what cannot be read is passed over."""
    found = []
    for place, fields in entries:
        try:
            found.append(News.from_json(fields[b"news"], place.decode()))
        except (ValueError, TypeError, KeyError) as error:
            log.warning("live.unreadable", error=str(error))
    return found


def _put(queue: Queue, news: News | None) -> None:
    """Hand on, or end a stream that cannot keep up."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        news = None
    queue.put_nowait(news)
