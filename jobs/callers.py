"""From a caller's key, `user:7`, back to who he is now: a job acts with the rights its caller has today."""

from accounts import actors
from accounts.models import ServiceAccount, User
from core.actor import Actor, ActorKind


def find_actor(key: str) -> Actor | None:
    """The actor behind a key, or None where the login or program is gone or switched off."""
    kind, _colon, number = key.partition(":")
    if not number.isdecimal():
        return None
    if kind == ActorKind.USER:
        user = User.objects.filter(pk=number, is_active=True).first()
        return actors.of_user(user) if user else None
    if kind == ActorKind.SERVICE_ACCOUNT:
        account = ServiceAccount.objects.filter(pk=number, is_active=True).first()
        return actors.of_service_account(account) if account else None
    return actors.system("jobs") if kind == ActorKind.SYSTEM else None
