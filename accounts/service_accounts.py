"""Programs with a name of their own: they use the API, never a browser, and never count as a human response."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import settings, tokens
from accounts.models import ServiceAccount, Token, User
from core import errors
from core.actor import Actor


def create(name: str, *, owner: User, by: Actor, at: dt.datetime) -> ServiceAccount:
    """Make a service account; a person answers for it. It sees nothing until a role is granted to it.

    Raises Forbidden, Invalid (no name, an owner who cannot sign in), Conflict (name taken).
    Records service_account.created.
    """
    settings.require(by, "user.write")
    if not name.strip():
        raise errors.required("name", _("A name is needed: it stands beside what the program does."))
    if not owner.is_active:
        raise errors.required(
            "owner", _("%(name)s cannot sign in any more: name another owner.") % {"name": owner}
        )
    try:
        with transaction.atomic():
            made = ServiceAccount.objects.create(name=name.strip(), owner=owner, created_at=at)
    except IntegrityError as error:
        raise errors.Conflict(
            _("There is a service account “%(name)s” already.") % {"name": name.strip()}
        ) from error
    settings.note_creation(made, by=by, at=at, values={"name": made.name, "owner": owner.email})
    return made


def disable(account: ServiceAccount, *, by: Actor, at: dt.datetime, reason: str) -> ServiceAccount:
    """Switch a program off: its tokens end at once. Raises Forbidden, Invalid (no reason).
    Records service_account.changed."""
    settings.require(by, "user.write")
    if not reason.strip():
        raise errors.required("reason", _("Say why: it stands in the journal."))
    for token in tokens.valid(account, at=at):
        tokens.revoke(token, at=at)
    return settings.change(account, by=by, at=at, fields={"is_active": False}, reason=reason.strip())


def issue_token(
    account: ServiceAccount, *, by: Actor, at: dt.datetime, name: str, scopes: Iterable[str], days: int = 90
) -> tuple[Token, str]:
    """Make a token; two may be valid at once, so that the new one is in place before the old one ends.

    Returns the row and the secret, never to be had again. Raises Forbidden, Invalid (switched off, scopes, days, a
    third one). Records service_account.changed, never the secret.
    """
    settings.require(by, "user.write")
    if not account.is_active:
        raise errors.Invalid(_("“%(name)s” is switched off: it gets no token.") % {"name": account})
    # Two administrators at once must not make a third token.
    ServiceAccount.objects.select_for_update().get(pk=account.pk)
    row, secret = tokens.issue(account, name=name, scopes=scopes, at=at, days=days)
    settings.note_change(account, by=by, at=at, changes={"tokens": [None, str(row)]})
    return row, secret


def revoke_token(account: ServiceAccount, token_id: int, *, by: Actor, at: dt.datetime) -> None:
    """End one of its tokens now. Raises Forbidden, NotFound. Records service_account.changed."""
    settings.require(by, "user.write")
    found = Token.objects.filter(service_account=account, pk=token_id, revoked_at=None).first()
    if found is None:
        raise errors.NotFound(_("This token has ended already."))
    tokens.revoke(found, at=at)
    settings.note_change(account, by=by, at=at, changes={"tokens": [str(found), None]})
