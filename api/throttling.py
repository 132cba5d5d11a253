"""How much one caller, and one address, may ask for in a minute. Counted in the cache; without it, per process."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


class _PerMinute(BaseThrottle):
    """A fixed window: one counter per key and minute, one round trip to the cache."""

    name = ""

    def limit(self) -> int:
        """Requests per minute."""
        return int(settings.API_LIMITS[self.name])

    def key(self, request: Request) -> str | None:
        """What is counted, or None for "not this request"."""
        raise TypeError(f"{type(self).__name__} does not say what it counts.")

    def allow_request(self, request: Request, view: Any) -> bool:
        key = self.key(request)
        return key is None or self._count(key) <= self.limit()

    def wait(self) -> float:
        """Seconds until the next window."""
        return WINDOW_SECONDS - time.time() % WINDOW_SECONDS

    def _count(self, key: str) -> int:
        place = f"api:{self.name}:{key}:{int(time.time() // WINDOW_SECONDS)}"
        return cache.count(place, 2 * WINDOW_SECONDS)


class PerCaller(_PerMinute):
    """One login or service account, whatever its tokens."""

    name = "caller"

    def key(self, request: Request) -> str | None:
        actor = getattr(request, "actor", None)
        return actor.key if actor else None


class PerAddress(_PerMinute):
    """One address, behind as many proxies as the installation has."""

    name = "address"

    def key(self, request: Request) -> str | None:
        return self.get_ident(request)
