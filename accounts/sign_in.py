"""What is written down about signing in: every failure as a log line, those of known logins also in the journal.

Sign-in runs outside the scope of requests, so each entry opens one of its own and survives the refusal.
"""

import dataclasses
from typing import ClassVar

import structlog
from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts import events
from accounts.models import User, email_key
from core import actor
from core.actor import ALL
from customers import scoping
from customers.models import Customer
from journal import recording

log = structlog.get_logger(__name__)


@dataclasses.dataclass(frozen=True, kw_only=True)
class SignInFailed(events.SettingEvent):
    """Somebody tried to sign in as this login and could not. `method`: password, code, passkey or inactive."""

    past: ClassVar[str] = "sign_in_failed"
    method: str
    address: str


def note_failure(request: HttpRequest, email: str, method: str) -> None:
    """Log a failed sign-in; for a known login also record user.sign_in_failed in the provider's journal."""
    address = _address(request)
    log.warning("sign_in.failed", email=email_key(email), method=method, address=address)
    user = User.objects.filter(email=email_key(email)).first()
    if user is None:
        return
    recording.request_id.set(getattr(request, "request_id", ""))
    with scoping.scope(ALL) as here:
        owner = Customer.objects.filter(is_provider=True).values_list("id", flat=True).first()
        if owner is not None:
            by = actor.system("sign-in")
            event = SignInFailed(
                subject=user, by=by, at=here.at, owner_id=owner, method=method, address=address
            )
            recording.record(event)


def _address(request: HttpRequest) -> str:
    try:
        return get_adapter().get_client_ip(request)
    except PermissionDenied:
        return ""
