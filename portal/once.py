"""A form that arrives twice (double click, slow line, back button) does its work once and leads to the same place."""

from collections.abc import Callable

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import errors
from journal.models import IdempotencyKey


def run(request: HttpRequest, key: str, work: Callable[[], str]) -> str:
    """The address that `work()` answered the first time this caller sent `key` to this path.

    A second one waits for the first, at most as long as the database lets anybody wait. Raises Conflict then.
    """
    named = {"caller": request.actor.key, "method": "POST", "path": request.path[:500], "key": key}
    _wait_for_turn(named)
    before = IdempotencyKey.objects.filter(**named).first()
    if before is not None:
        return before.headers["Location"]
    address = work()
    IdempotencyKey.objects.create(
        **named, fingerprint="", status=302, headers={"Location": address}, body=b""
    )
    return address


def _wait_for_turn(named: dict[str, str]) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["\n".join(named.values())]
            )
    except OperationalError as error:
        raise errors.Conflict(
            _("The same form is still being worked on: wait a moment, then look at your requests.")
        ) from error
