"""After a commit: tell open pages which tickets changed. Best effort; with Redis gone, pages ask every 20 s instead."""

import functools
import time
from collections.abc import Iterable

import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

from journal.models import Entry
from live.news import KEPT, LOG, News
from tickets import processes

log = structlog.get_logger(__name__)

MANY = 20  # more tickets than this in one transaction are told as "many"
PATIENCE_SECONDS = 5.0
_retry_after = 0.0


def publish(entries: list[Entry]) -> None:
    """Tell of these entries. A failure is a log line, and for some seconds nobody tries again."""
    global _retry_after  # noqa: PLW0603 - one per process, like the connection
    news = _news(entries)
    if not news or time.monotonic() < _retry_after:
        return
    try:
        with _client(settings.CACHE_URL).pipeline(transaction=False) as pipe:
            for one in news:
                pipe.xadd(LOG, {"news": one.to_json()}, maxlen=KEPT, approximate=True)
            pipe.execute()
    except (RedisError, OSError) as error:
        _retry_after = time.monotonic() + PATIENCE_SECONDS
        log.warning("live.unreachable", error=str(error))


@functools.lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)


def _news(entries: Iterable[Entry]) -> list[News]:
    kinds = {one.kind for one in processes.every()}
    told = dict.fromkeys(found for one in entries if (found := _of(one, kinds)))
    tickets = [one for one in told if one.user_id is None]
    if len(tickets) <= MANY:
        return list(told)
    places = dict.fromkeys((one.customer_id, one.compartment) for one in tickets)
    return [News(customer_id=customer, compartment=compartment) for customer, compartment in places]


def _of(entry: Entry, kinds: set[str]) -> News | None:
    if entry.subject_kind in kinds:
        return News(entry.subject_label, entry.customer_id, entry.compartment)
    return News(user_id=entry.subject_id) if entry.subject_kind == "user" else None
