"""A cache that is never a reason to fail: with Redis gone or slow, this process remembers for itself.

Throttles and sign-in limits then count per process instead of per installation, which is the lesser evil.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 5.0


class FailSafeCache(RedisCache):
    """Redis, and memory of this process for some seconds after each failure of Redis."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        plain = {name: value for name, value in params.items() if name != "OPTIONS"}
        self._memory = LocMemCache("itsm-failsafe", plain)
        self._retry_after = 0.0

    def _try(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._retry_after:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError as error:
                self._retry_after = time.monotonic() + PATIENCE_SECONDS
                log.warning("cache.unreachable", error=str(error))
        return getattr(self._memory, name)(*args, **kwargs)

    def _count(self, key: str, timeout: int) -> int:
        made = self.make_and_validate_key(key)
        with self._cache.get_client(made, write=True).pipeline(transaction=False) as pipe:
            pipe.incr(made)
            pipe.expire(made, timeout)
            return int(pipe.execute()[0])

    def count(self, key: str, timeout: int) -> int:
        """Count one more under this key, from 1, in one round trip; forgotten `timeout` seconds after the last."""
        if time.monotonic() >= self._retry_after:
            try:
                return self._count(key, timeout)
            except RedisError as error:
                self._retry_after = time.monotonic() + PATIENCE_SECONDS
                log.warning("cache.unreachable", error=str(error))
        self._memory.add(key, 0, timeout)
        return int(self._memory.incr(key))


def _forward(name: str) -> Callable[..., Any]:
    def method(self: FailSafeCache, *args: Any, **kwargs: Any) -> Any:
        return self._try(name, *args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear",
):  # fmt: skip
    setattr(FailSafeCache, _name, _forward(_name))
