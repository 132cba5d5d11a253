"""Who opens a stream: the session's login, found in a moment of synchronous work that leaves no connection behind."""

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpRequest

from accounts import actors
from core import errors
from live.news import Watcher


async def get_watcher(session_key: str) -> Watcher:
    """What the login of this session may hear of. Raises SignInNeeded, Forbidden."""
    return await sync_to_async(_get_watcher, thread_sensitive=True)(session_key)


def _get_watcher(session_key: str) -> Watcher:
    try:
        return _find(session_key)
    finally:
        connections.close_all()


def _find(session_key: str) -> Watcher:
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        raise errors.SignInNeeded("Sign in first.")
    actor = actors.of_user(user)
    if not actor.is_desk:
        raise errors.Forbidden("Live changes are for the people of the desk.")
    return Watcher(user.pk, actor.customers, actor.compartments)
