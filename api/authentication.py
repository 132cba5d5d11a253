"""Who calls: found by the scope middleware from a token or a session; here the session also proves it meant to."""

from dataclasses import dataclass

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from core.actor import Actor


@dataclass(frozen=True)
class SignedIn:
    """What the framework wants to know about a caller; the rest of the house reads `request.actor`."""

    actor: Actor
    is_authenticated: bool = True
    is_active: bool = True

    @property
    def pk(self) -> str:
        return self.actor.key


class Caller(BaseAuthentication):
    """A bearer token, or the browser's session with its CSRF token. Cookies never count beside a token."""

    def authenticate(self, request: Request) -> tuple[SignedIn, None] | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            return None
        if not request.headers.get("Authorization"):  # an empty one is no token either
            SessionAuthentication().enforce_csrf(request)
        return SignedIn(actor), None

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says about how to sign in."""
        return 'Bearer realm="api"'
