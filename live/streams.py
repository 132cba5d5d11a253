"""The ASGI application of the small process behind /live/: server-sent events, and not one database connection held.

`GET /live/queue/` answers `text/event-stream`: event `change` with `{"number": "INC-1001", "customer": 3}` for every
ticket of the login's customers that changed (an empty number: look at everything), a comment every 15 s. Places of
the log are the ids: who reconnects with `Last-Event-ID` misses nothing. 503 with Retry-After while Redis is gone.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings

from core import errors
from live import waiting, watching
from live.hub import GoneError, Hearing, Hub, Queue
from live.news import News, Watcher

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = "/live/queue/"
HEARTBEAT_SECONDS = 15.0
GATHER_SECONDS = 0.3  # one deed writes several entries: they are told as one change
RETRY_MS = 3000
RETRY_AFTER_SECONDS = 20
_LOOK_AT_ALL = 'event: change\ndata: {"number": "", "customer": 0}\n\n'
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
]


class Streams:
    """The application: one hub for all its streams."""

    def __init__(self) -> None:
        self._hub: Hub | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == waiting.PATH:
            self._hub = self._hub or Hub()
            await waiting.answer(self._hub, scope, receive, send)
        elif scope["path"] != PATH:
            await _refuse(send, 404, "Nothing is here.")
        elif scope["method"] != "GET":
            await _refuse(send, 405, "Read this with GET.", [(b"allow", b"GET")])
        else:
            await self._open(_session_key(scope), _last_heard(scope), receive, send)

    async def _open(self, session_key: str, since: str, receive: Receive, send: Send) -> None:
        self._hub = self._hub or Hub()
        try:
            watcher = await watching.get_watcher(session_key)
            async with self._hub.listening(since) as hearing:
                await _tell(hearing, watcher, session_key, receive, send)
        except errors.Refused as refusal:
            await _refuse(send, refusal.status, refusal.detail)
        except GoneError:
            later = [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())]
            await _refuse(send, 503, "Live changes are not available now.", later)


async def _tell(hearing: Hearing, watcher: Watcher, session_key: str, receive: Receive, send: Send) -> None:
    """The life of one stream: until the page goes, its login may no longer look, or the source ends."""
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    missed = [_LOOK_AT_ALL] if hearing.missed is None else _changes(hearing.missed, watcher)
    await _write(send, f"retry: {RETRY_MS}\n\n{''.join(missed)}{_id(hearing.place)}")
    gone = asyncio.create_task(_until_gone(receive))
    try:
        while True:
            batch = await _gather(hearing.queue, gone)
            if gone.done() or None in batch:
                break
            if not batch or any(one.user_id == watcher.user_id for one in batch if one):
                found = await _look_again(session_key)
                if found is None:
                    break
                watcher = found
            await _write(send, _events(batch, watcher))
    finally:
        gone.cancel()
    if not gone.done() or gone.cancelled():
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _look_again(session_key: str) -> Watcher | None:
    """The same login as it stands now, or None where it may no longer look: signed out, switched off, off the desk."""
    try:
        return await watching.get_watcher(session_key)
    except errors.Refused:
        return None


async def _gather(queue: Queue, gone: asyncio.Task[None]) -> list[News | None]:
    """What is told next, with all that follows at once; nothing after a heartbeat's time."""
    first = asyncio.ensure_future(queue.get())
    done, _pending = await asyncio.wait(
        {first, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    if first not in done:
        first.cancel()
        return []
    batch = [first.result()]
    await asyncio.sleep(GATHER_SECONDS)
    while not queue.empty():
        batch.append(queue.get_nowait())
    return batch


def _events(batch: list[News | None], watcher: Watcher) -> str:
    """What a batch tells this login, and up to which place it has heard now; a sign of life where it tells nothing."""
    told = [one for one in batch if one is not None]
    place = _id(told[-1].place) if told else ""
    return "".join(_changes(told, watcher)) + place or ": here\n\n"


def _changes(told: list[News], watcher: Watcher) -> list[str]:
    return [
        f"event: change\ndata: {json.dumps({'number': one.number, 'customer': one.customer_id})}\n\n"
        for one in dict.fromkeys(one for one in told if watcher.hears(one))
    ]


def _id(place: str) -> str:
    """A block without data: it is no event, and what a browser sends as Last-Event-ID when it comes back."""
    return f"id: {place}\n\n"


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(
    send: Send, status: int, sentence: str, more: list[tuple[bytes, bytes]] | None = None
) -> None:
    body = sentence.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send(
        {"type": "http.response.start", "status": status, "headers": [*headers, *_HEADERS, *(more or [])]}
    )
    await send({"type": "http.response.body", "body": body})


def _last_heard(scope: Message) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), "")


def _session_key(scope: Message) -> str:
    raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(raw.decode("latin-1"))
    except CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


application = Streams()
