"""Whether this process answers, and whether the installation can take work. For balancers and supervisors."""

import functools
from typing import Any

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse

_WRITE_NOTHING = (
    "UPDATE django_session SET session_key = session_key WHERE false"  # refused by a read-only server
)


def live(_request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return _answer({"status": "ok"}, 200)


def ready(_request: HttpRequest) -> JsonResponse:
    """200 while the database takes writes and is at head; Redis gone is `degraded`, still 200; otherwise 503."""
    checks = {"database": _database(), "migrations": "unknown", "cache": _redis(settings.CACHE_URL)}
    checks["broker"] = _redis(settings.CELERY_BROKER_URL)
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    if checks["database"] != "ok" or checks["migrations"] != "ok":
        return _answer({"status": "unavailable", "checks": checks}, 503)
    is_whole = checks["cache"] == checks["broker"] == "ok"
    return _answer({"status": "ok" if is_whole else "degraded", "checks": checks}, 200)


def _answer(body: dict[str, Any], status: int) -> JsonResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE_NOTHING)
    except Error:
        connection.close()
        return "unavailable"
    return "ok"


@functools.cache
def _known() -> frozenset[tuple[str, str]]:
    """Every migration of this code."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return "ok" if _known() <= applied else "behind"


def _redis(url: str) -> str:
    try:
        with redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5) as server:
            server.ping()
    except (redis.RedisError, OSError):
        return "unavailable"
    return "ok"
