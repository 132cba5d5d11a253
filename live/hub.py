"""One subscription to Redis per process, handed on to every open stream: streams cost memory, not connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import redis.asyncio
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from live.news import CHANNEL, News

log = structlog.get_logger(__name__)

MOST_WAITING = 200  # a page that reads slower than this loses its stream and asks again
Queue = asyncio.Queue[News | None]  # None = the stream ends here


class GoneError(Exception):
    """Redis does not answer: there are no live changes now."""


class Hub:
    """The listeners of this process, and the task that feeds them while there are any."""

    def __init__(self) -> None:
        self._queues: set[Queue] = set()
        self._feeding: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Queue]:
        """A queue of what is told from now on. Raises GoneError."""
        queue: Queue = asyncio.Queue(MOST_WAITING)
        self._queues.add(queue)
        try:
            await self._start()
            yield queue
        finally:
            self._queues.discard(queue)
            if not self._queues and self._feeding is not None:
                self._feeding.cancel()
                self._feeding = None

    async def _start(self) -> None:
        async with self._starting:
            if self._feeding is not None and not self._feeding.done():
                return
            client = redis.asyncio.from_url(
                settings.CACHE_URL, socket_connect_timeout=1, health_check_interval=15, retry=None
            )
            pubsub = client.pubsub(ignore_subscribe_messages=True)
            try:
                await pubsub.subscribe(CHANNEL)
            except (RedisError, OSError) as error:
                await client.aclose()
                log.warning("live.unreachable", error=str(error))
                raise GoneError(str(error)) from error
            self._feeding = asyncio.create_task(self._feed(client, pubsub))

    async def _feed(self, client: redis.asyncio.Redis, pubsub: redis.asyncio.client.PubSub) -> None:
        try:
            async for message in pubsub.listen():
                self._hand_on(message["data"])
        except (RedisError, OSError) as error:
            log.warning("live.lost", error=str(error))
            for queue in list(self._queues):
                _put(queue, None)
        finally:
            await pubsub.aclose()
            await client.aclose()

    def _hand_on(self, data: bytes) -> None:
        try:
            news = News.from_json(data)
        except (ValueError, TypeError) as error:
            log.warning("live.unreadable", error=str(error))
            return
        for queue in list(self._queues):
            _put(queue, news)


def _put(queue: Queue, news: News | None) -> None:
    """Hand on, or end a stream that cannot keep up."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        news = None
    queue.put_nowait(news)
