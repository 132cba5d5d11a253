"""Who is at a ticket right now: in Redis alone, gone after 40 s of silence, and nobody where Redis is gone.

One hash per ticket: a login's id -> what he does, his name, and when he last said so. Never a write to the database.
"""

import functools
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass

import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

GONE_AFTER_SECONDS = 40
KINDS = ("viewing", "reply", "note")  # looks, writes a reply, writes a note
PATIENCE_SECONDS = 5.0
_retry_after = 0.0


@dataclass(frozen=True)
class Present:
    """One login at a ticket. `kind`: viewing, reply or note."""

    user_id: int
    name: str
    kind: str


def say(ticket_id: int, user_id: int, name: str, kind: str) -> list[Present]:
    """This login is here and does this; `gone` takes him away. Returns who else is here."""
    if _is_resting():
        return []
    key = _key(ticket_id)
    try:
        with _client(settings.CACHE_URL).pipeline(transaction=False) as pipe:
            if kind in KINDS:
                pipe.hset(key, str(user_id), json.dumps([kind, name, time.time()]))
                pipe.expire(key, GONE_AFTER_SECONDS)
            else:
                pipe.hdel(key, str(user_id))
            pipe.hgetall(key)
            found = _read(pipe.execute()[-1])
    except (RedisError, OSError) as error:
        return _rest(error)
    return [one for one in found if one.user_id != user_id]


def at(ticket_ids: Iterable[int], but: int = 0) -> dict[int, list[Present]]:
    """Who is at each of these tickets, without the login `but`; tickets with nobody are left out."""
    ids = list(ticket_ids)
    if _is_resting() or not ids:
        return {}
    try:
        with _client(settings.CACHE_URL).pipeline(transaction=False) as pipe:
            for one in ids:
                pipe.hgetall(_key(one))
            answers = pipe.execute()
    except (RedisError, OSError) as error:
        _rest(error)
        return {}
    here = {
        one: [who for who in _read(raw) if who.user_id != but] for one, raw in zip(ids, answers, strict=True)
    }
    return {one: people for one, people in here.items() if people}


def _read(raw: dict[bytes, bytes]) -> list[Present]:
    """Those who spoke in the last 40 s, writers first."""
    found, since = [], time.time() - GONE_AFTER_SECONDS
    for user_id, value in raw.items():
        kind, name, said_at = json.loads(value)
        if said_at >= since:
            found.append(Present(int(user_id), name, kind))
    return sorted(found, key=lambda one: (one.kind == "viewing", one.name))


def _key(ticket_id: int) -> str:
    return f"itsm:presence:{ticket_id}"


def _is_resting() -> bool:
    return time.monotonic() < _retry_after


def _rest(error: Exception) -> list[Present]:
    global _retry_after  # noqa: PLW0603 - one per process, like the connection
    _retry_after = time.monotonic() + PATIENCE_SECONDS
    log.warning("presence.unreachable", error=str(error))
    return []


@functools.lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
