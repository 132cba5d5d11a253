"""What a person changes about his own login: preferences, sessions, tokens. Always his own, whoever he is.

They run in a scope of their own (the pages of one's account stand outside of requests' scopes), so that an entry can
be written into the provider's journal although its author may see one customer only.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

from accounts import settings, tokens
from accounts.models import Token, User
from core import errors
from core.actor import Actor

PREFERENCES = ("language", "time_zone", "theme", "density", "has_keys", "outbox_seconds")


def change_profile(user: User, *, by: Actor, at: dt.datetime, fields: dict[str, Any]) -> User:
    """Set one's name or preferences. Raises Forbidden (another's), Invalid (no name).

    Records user.changed for the name; how pages look is nobody else's business.
    """
    _require_own(user, by)
    unknown = fields.keys() - {"name", *PREFERENCES}
    if unknown:
        raise errors.Malformed(
            _("There is no such preference: %(names)s.") % {"names": ", ".join(sorted(unknown))}
        )
    if "name" in fields and not fields["name"].strip():
        raise errors.required("name", _("A name is needed: it stands beside what you write."))
    if "name" in fields:
        user = settings.change(user, by=by, at=at, fields={"name": fields["name"].strip()})
    preferences = {name: fields[name] for name in PREFERENCES if name in fields}
    for name, value in preferences.items():
        setattr(user, name, value)
    if preferences:
        user.save(update_fields=list(preferences))
    return user


def end_session(user: User, session_id: int, *, by: Actor, at: dt.datetime) -> None:
    """Sign one's other device out. Raises Forbidden, NotFound. Records user.changed."""
    _require_own(user, by)
    found = UserSession.objects.filter(user=user, pk=session_id).first()
    if found is None:
        raise errors.NotFound(_("This device is signed out already."))
    seen = found.user_agent[:200]
    found.end()
    settings.note_change(user, by=by, at=at, changes={"sessions": [seen, None]})


def issue_token(
    user: User, *, by: Actor, at: dt.datetime, name: str, scopes: Iterable[str], days: int
) -> tuple[Token, str]:
    """Make an API token for oneself. Returns the row and the secret, never to be had again.

    Raises Forbidden, Invalid (scopes, days). Records user.changed, never the secret.
    """
    _require_own(user, by)
    row, secret = tokens.issue(user, name=name, scopes=scopes, at=at, days=days)
    settings.note_change(user, by=by, at=at, changes={"tokens": [None, _label(row)]})
    return row, secret


def revoke_token(user: User, token_id: int, *, by: Actor, at: dt.datetime) -> None:
    """End one's own token now. Raises Forbidden, NotFound. Records user.changed."""
    _require_own(user, by)
    found = Token.objects.filter(user=user, pk=token_id, revoked_at=None).first()
    if found is None:
        raise errors.NotFound(_("This token has ended already."))
    tokens.revoke(found, at=at)
    settings.note_change(user, by=by, at=at, changes={"tokens": [_label(found), None]})


def _label(row: Token) -> str:
    return f"{row.name} ({row.prefix}…, {', '.join(row.scopes)})"


def _require_own(user: User, by: Actor) -> None:
    if by.user_id != user.pk or not by.is_human:
        raise errors.Forbidden(_("A login is changed by its own person only; ask an administrator."))
