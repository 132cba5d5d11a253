"""A form that is sent twice counts once: its first answer is kept with what it changed, and given again."""

import hashlib
import uuid
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import errors
from journal.models import IdempotencyKey

FIELD = "once"
_KEPT_HEADERS = ("Location", "HX-Redirect", "HX-Refresh")
_IGNORED = frozenset({"csrfmiddlewaretoken", FIELD})


def new_key() -> str:
    """A key for one form: nobody guesses it, and no two forms share it."""
    return uuid.uuid4().hex


def keep(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of this POST, or the one already given under its key.

    Raises Conflict while the first one still runs, Invalid where the key came with other content before.
    Must run inside the actor's scope: the answer is kept in the same transaction as what it changed.
    """
    key = request.POST.get(FIELD, "")[:255] if request.method == "POST" else ""
    if not key:
        return answer()
    named = {"caller": request.actor.key, "method": "POST", "path": request.path[:500], "key": key}
    _lock(named)
    fingerprint = _fingerprint(request)
    kept = IdempotencyKey.objects.filter(**named).first()
    if kept is not None:
        return _again(kept, fingerprint)
    response = answer()
    if response.status_code in (204, 302):  # what changed something answers with a way on
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        IdempotencyKey.objects.create(
            **named, fingerprint=fingerprint, status=response.status_code, headers=headers, body=b""
        )
    return response


def _lock(named: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", ["\n".join(named.values())]
        )
        if not cursor.fetchone()[0]:
            raise errors.Conflict(
                _("This was sent twice, and the first one still runs: wait a moment, then look again.")
            )


def _again(kept: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if kept.fingerprint != fingerprint:
        raise errors.Invalid(_("This form was sent before with other content: open it again, then repeat."))
    return HttpResponse(status=kept.status, headers=kept.headers)


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256()
    for name in sorted(request.POST.keys() - _IGNORED):
        digest.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for one in request.FILES.getlist(name):
            digest.update(repr((name, one.name, one.size)).encode())
    return digest.hexdigest()
