"""`GET /api/v1/events/?wait=`: the feed's own view answers; where it has nothing yet, the wait is spent here.

Each look is a moment of synchronous work in a thread that closes its connection behind itself; between two looks
nothing is held but the socket. With Redis gone there is no news to wait for, and the feed is asked every few seconds.
"""

import asyncio
import functools
import io
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import HttpResponse

from live.hub import GoneError, Hub, Queue
from live.news import Watcher

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = "/api/v1/events/"
LONGEST_SECONDS = 25
ASK_AGAIN_SECONDS = 5.0  # without news, and after each piece of them that this caller may not see
SETTLE_SECONDS = 0.3  # one deed writes several entries: they are read together


async def answer(hub: Hub, scope: Message, receive: Receive, send: Send) -> None:
    """Answer one request for the feed, after at most as many seconds as it allows."""
    until = time.monotonic() + _seconds(scope)
    gone = asyncio.create_task(_until_gone(receive))
    try:
        async with _Listening(hub) as queue:
            found, watcher = await _look(scope)
            while _is_empty(found) and not gone.done() and (left := until - time.monotonic()) > 0:
                await _news(queue, watcher, gone, min(left, LONGEST_SECONDS))
                found, watcher = await _look(scope)
    finally:
        gone.cancel()
    await _write(send, found)


class _Listening:
    """The news from now on; a queue that stays silent where Redis is gone."""

    def __init__(self, hub: Hub) -> None:
        self._around = hub.listening()

    async def __aenter__(self) -> Queue | None:
        try:
            return (await self._around.__aenter__()).queue
        except GoneError:
            self._around = None
            return None

    async def __aexit__(self, *error: object) -> None:
        if self._around is not None:
            await self._around.__aexit__(*error)


async def _news(queue: Queue | None, watcher: Watcher | None, gone: asyncio.Task, seconds: float) -> None:
    """Return once there is something that this caller may hear of, the caller is gone, or time is up."""
    if queue is None or watcher is None:
        await asyncio.wait({gone}, timeout=min(seconds, ASK_AGAIN_SECONDS))
        return
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and not gone.done():
        heard = asyncio.ensure_future(queue.get())
        done, _pending = await asyncio.wait({heard, gone}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if heard not in done:
            heard.cancel()
        elif heard.result() is None:
            await asyncio.wait({gone}, timeout=min(left, ASK_AGAIN_SECONDS))  # the source ended
            return
        elif watcher.hears(heard.result()):
            await asyncio.sleep(SETTLE_SECONDS)
            return


async def _look(scope: Message) -> tuple[HttpResponse, Watcher | None]:
    """The feed as it is now, by the whole chain of the product, and whose news it would wait for."""
    watchers: list[Watcher] = []
    found = await asyncio.get_running_loop().run_in_executor(None, _ask, {**scope, "watchers": watchers})
    return found, watchers[0] if watchers else None


def _ask(scope: Message) -> HttpResponse:
    try:
        response = _handler().get_response(ASGIRequest(scope, io.BytesIO()))
        response.close()
        return response
    finally:
        connections.close_all()


@functools.cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _is_empty(found: HttpResponse) -> bool:
    return found.status_code == 200 and not json.loads(found.content)["results"]


def _seconds(scope: Message) -> int:
    """How long this request may wait; what is no such number the view itself refuses."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    given = asked.get("wait", ["0"])[-1]
    if scope["method"] != "GET" or asked.get("after") == [
        "now"
    ]:  # "now" asks for a cursor, which is there at once
        return 0
    is_plain = given.isascii() and given.isdecimal() and len(given) < 3
    return min(int(given), LONGEST_SECONDS) if is_plain else 0


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, found: HttpResponse) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in found.items()]
    body = found.content if not getattr(found, "streaming", False) else b""
    headers = [one for one in headers if one[0] != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": found.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
