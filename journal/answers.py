"""Done once: the answer given under a key is stored with the work it stands for, and given again to who repeats it.

One mechanism for programs (`Idempotency-Key`) and for forms (a hidden key): the lock is an advisory one of the
transaction, so work and answer are committed together or not at all, and a key that led to nothing may be used again.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from core import errors
from journal.models import IdempotencyKey

KEPT = dt.timedelta(hours=24)


@dataclasses.dataclass(frozen=True)
class Place:
    """Whose key it is and where it counts: another caller, method or path is another key."""

    caller: str
    method: str
    path: str
    key: str


def find(place: Place, fingerprint: str, *, wait: bool = False) -> IdempotencyKey | None:
    """The answer already given here, or None: then the caller holds the key until the transaction ends.

    While another request holds it: Conflict at once, or (`wait`) after as long as the database lets anybody wait.
    Other content under the same key: Invalid.
    """
    if not (_wait if wait else _try)(place):
        raise errors.Conflict(_("The first request under this key is still running: ask again in a moment."))
    found = IdempotencyKey.objects.filter(**dataclasses.asdict(place)).first()
    if found is not None and found.fingerprint != fingerprint:
        raise errors.Invalid(_("This key came with other content before: start anew with a new one."))
    return found


def is_used(place: Place) -> bool:
    """Whether an answer was given under this key; waits for a request that is about to give one."""
    _wait(place)
    return IdempotencyKey.objects.filter(**dataclasses.asdict(place)).exists()


def keep(
    place: Place, fingerprint: str, *, status: int, headers: Mapping[str, str], body: bytes = b""
) -> None:
    """Store the answer, in the transaction of the work."""
    IdempotencyKey.objects.create(
        **dataclasses.asdict(place), fingerprint=fingerprint, status=status, headers=dict(headers), body=body
    )


def forget_old(caller: str, *, at: dt.datetime) -> None:
    """Drop this caller's answers of more than 24 hours ago."""
    IdempotencyKey.objects.filter(caller=caller, created_at__lt=at - KEPT).delete()


def _try(place: Place) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_text(place)])
        return cursor.fetchone()[0]


def _wait(place: Place) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_text(place)])
    except OperationalError:
        return False
    return True


def _text(place: Place) -> str:
    return "\n".join(dataclasses.astuple(place))
