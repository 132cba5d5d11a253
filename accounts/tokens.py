"""API tokens: made once, shown once, stored hashed; with scopes and an end."""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import actors
from accounts.models import ServiceAccount, Token, User
from core import errors
from core.actor import Actor

BUNDLES = ("read", "write", "admin")
LONGEST = dt.timedelta(days=366)
MARK = "c8_"
_TOUCH_EVERY = dt.timedelta(minutes=1)


def issue(
    holder: User | ServiceAccount, *, name: str, scopes: Iterable[str], at: dt.datetime, days: int = 90
) -> tuple[Token, str]:
    """Make a token. Returns the row and the secret, which is never to be had again.

    Raises Invalid: no scope, over a year, a third valid token of a service account.
    """
    scopes = sorted(set(scopes))
    _check(holder, scopes, days, at)
    prefix, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    text = f"{MARK}{prefix}_{secret}"
    owner = {"user": holder} if isinstance(holder, User) else {"service_account": holder}
    row = Token.objects.create(
        prefix=prefix, digest=_digest(text), name=name, scopes=scopes, created_at=at,
        expires_at=at + dt.timedelta(days=days), **owner,
    )  # fmt: skip
    return row, text


def revoke(token: Token, *, at: dt.datetime) -> None:
    """End a token now."""
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def valid(holder: User | ServiceAccount, *, at: dt.datetime):
    """The holder's tokens that still work."""
    owner = Q(user=holder) if isinstance(holder, User) else Q(service_account=holder)
    return Token.objects.filter(owner, revoked_at=None, expires_at__gt=at)


def actor_of(header: str) -> Actor:
    """The actor behind an `Authorization: Bearer …` header. Raises SignInNeeded."""
    scheme, _space, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.startswith(MARK):
        raise errors.SignInNeeded(_("Send a token as “Authorization: Bearer c8_…”."))
    prefix = text.removeprefix(MARK).partition("_")[0]
    row = Token.objects.select_related("user", "service_account__owner").filter(prefix=prefix).first()
    now = dt.datetime.now(dt.UTC)
    if row is None or not hmac.compare_digest(row.digest, _digest(text)) or not _works(row, now):
        raise errors.SignInNeeded(
            _("This token is unknown, revoked or expired: make a new one in your profile.")
        )
    _touch(row, now)
    scopes = frozenset(row.scopes)
    if row.user:
        return actors.of_user(row.user, scopes=scopes)
    return actors.of_service_account(row.service_account, scopes=scopes)


def _works(row: Token, now: dt.datetime) -> bool:
    holder_is_active = row.user.is_active if row.user else row.service_account.is_active
    return holder_is_active and row.revoked_at is None and row.expires_at > now


def _touch(row: Token, now: dt.datetime) -> None:
    """Last use, to the minute: a write per request would serialise a busy program."""
    if row.last_used_at is None or now - row.last_used_at > _TOUCH_EVERY:
        Token.objects.filter(pk=row.pk).update(last_used_at=now)


def _check(holder: User | ServiceAccount, scopes: list[str], days: int, at: dt.datetime) -> None:
    if not scopes:
        raise errors.required("scopes", _("Choose at least one scope."))
    if not 1 <= days <= LONGEST.days:
        raise errors.required(
            "days", _("A token lives between 1 and %(most)s days.") % {"most": LONGEST.days}
        )
    if isinstance(holder, ServiceAccount) and valid(holder, at=at).count() >= 2:
        raise errors.required("name", _("A service account has two valid tokens at most: revoke one first."))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
