"""How often strangers may ask for something: counted in the cache, per key and window; without it, per process."""

import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def allow(name: str, key: str, *, most: int, seconds: int) -> bool:
    """Count one try of `key` in the present window; whether it was one of the first `most`."""
    place = f"limit:{name}:{key}:{int(time.time() // seconds)}"
    cache.add(place, 0, timeout=2 * seconds)
    try:
        return int(cache.incr(place)) <= most
    except ValueError:  # the cache lost it between the two calls: it starts again
        return True


def address_of(request: HttpRequest) -> str:
    """The caller's network address, behind as many proxies as the settings say are ours."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    told = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    if proxies and len(told) >= proxies:
        return told[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
