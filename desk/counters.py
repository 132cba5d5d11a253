"""What stands beside every list and may be some seconds old: counters, places, how long a view is.

Kept per actor and what he may see, so that nobody reads another's; with the cache gone, each process keeps its own.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache

from core.actor import ALL, Actor


def kept(actor: Actor, name: str, make: Callable[[], Any]) -> Any:
    """The value made for this actor at most COUNTERS_SECONDS ago, else a new one."""
    if not settings.COUNTERS_SECONDS:
        return make()
    key = _key(actor, name)
    found = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, settings.COUNTERS_SECONDS)
    return found


def forget(actor: Actor, name: str) -> None:
    """Make it anew the next time: what he changed himself is seen at once."""
    if settings.COUNTERS_SECONDS:
        cache.delete(_key(actor, name))


def _key(actor: Actor, name: str) -> str:
    customers = "all" if actor.customers is ALL else sorted(actor.customers)
    sight = f"{customers}|{sorted(actor.compartments)}|{sorted(actor.teams)}|{actor.side}|{name}"
    return f"desk:{actor.key}:{hashlib.sha256(sight.encode()).hexdigest()[:32]}"
