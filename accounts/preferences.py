"""Pages in the language and time zone that the person chose, and when a device was last used."""

import datetime as dt
import zoneinfo
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.models import User

Handler = Callable[[HttpRequest], HttpResponse]
SEEN_EVERY_SECONDS = 300


class PreferencesMiddleware:
    """Activates a signed-in person's language and time zone for the length of the request."""

    def __init__(self, get_response: Handler):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if request.user.language in dict(settings.LANGUAGES):
            translation.activate(request.user.language)
        note_use(request)
        with timezone.override(find_zone(request.user)):
            return self.get_response(request)


def find_zone(user: User) -> dt.tzinfo | None:
    """The time zone that this person chose, or None."""
    try:
        return zoneinfo.ZoneInfo(user.time_zone) if user.time_zone else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return None


def note_use(request: HttpRequest) -> None:
    """Remember, every five minutes at most, that this device is in use: a write per request would be too many."""
    key = request.session.session_key
    if key and cache.add(f"seen:{key}", 1, SEEN_EVERY_SECONDS):
        UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
