"""What stands beside every list and may be some seconds old: counters, places, how long a view is.

Kept per actor and what he may see, so that nobody reads another's; with the cache gone, each process keeps its own.
"""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache

from core.actor import ALL, Actor


def kept(actor: Actor, name: str, make: Callable[[], Any]) -> Any:
    """The value made for this actor at most COUNTERS_SECONDS ago, else a new one."""
    if not settings.COUNTERS_SECONDS:
        return make()
    key, turn = _key(actor, name), _turn(actor)
    found = cache.get_many([key, turn])
    since = found.get(turn)
    if key in found and found[key][0] == since:
        return found[key][1]
    made = make()
    cache.set(key, (since, made), settings.COUNTERS_SECONDS)
    return made


def touch(actor: Actor) -> None:
    """He has done something: all of his is made anew the next time."""
    if settings.COUNTERS_SECONDS:
        cache.set(_turn(actor), uuid.uuid4().hex, settings.COUNTERS_SECONDS)


def _turn(actor: Actor) -> str:
    return f"desk:{actor.key}:turn"


def _key(actor: Actor, name: str) -> str:
    customers = "all" if actor.customers is ALL else sorted(actor.customers)
    sight = f"{customers}|{sorted(actor.compartments)}|{sorted(actor.teams)}|{actor.side}|{name}"
    return f"desk:{actor.key}:{hashlib.sha256(sight.encode()).hexdigest()[:32]}"
