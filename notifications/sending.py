"""Sends what is owed: claimed with SKIP LOCKED and a lease, marked before and after, so that a crash shows.

A row is `sending` from just before the mail server hears of it until just after it has answered. Found in that state
with an expired lease it may or may not have left: it is sent once more under the same Message-ID, and then no more.
"""

import datetime as dt
import logging
import uuid

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.actor import Actor
from customers import scoping
from notifications import envelope, storms
from notifications.choices import State
from notifications.errors import NotSentError, RefusedError, UncertainError
from notifications.models import Message
from notifications.wire import Wire

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)
BACK_OFF_SECONDS = (15, 60, 300, 1800, 7200, 21600, 86400)
BATCH = 50
_INTERRUPTED = "Interrupted twice while it was being sent: ask whether it arrived, then retry."


def work_off(by: Actor, *, limit: int = BATCH) -> int:
    """Claim one batch and send it over one connection. Returns how many were tried."""
    claimed = claim(by, limit=limit)
    wire = Wire()
    try:
        for message_id, token in claimed:
            _send(by, message_id, token, wire)
    finally:
        wire.close()
    return len(claimed)


def claim(by: Actor, *, limit: int = BATCH) -> list[tuple[int, uuid.UUID]]:
    """Lease due messages: [(id, token)], oldest first, of one thread only the oldest for each recipient."""
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        rows = list(_due(here.at).select_for_update(skip_locked=True, of=("self",))[:limit])
        _note_crashes(rows)
        ids = [one.pk for one in storms.calm([one for one in rows if one.state != State.DEAD], at=here.at)]
        token = uuid.uuid4()
        # attempts count before the work: a mail that kills its worker is given up like any other
        Message.objects.filter(id__in=ids).update(
            lease_until=here.at + LEASE, lease_token=token, attempts=F("attempts") + 1
        )
    return [(one, token) for one in sorted(ids)]


def _due(at: dt.datetime) -> QuerySet:
    older = Message.objects.owed().filter(
        customer_id=OuterRef("customer_id"),
        topic=OuterRef("topic"),
        recipient=OuterRef("recipient"),
        id__lt=OuterRef("id"),
    )
    is_free = Q(lease_until=None) | Q(lease_until__lt=at)
    return (
        Message.objects.owed()
        .filter(is_free, ~Exists(older), available_at__lte=at)
        .order_by("available_at", "id")
    )


def _note_crashes(rows: list[Message]) -> None:
    """A row still `sending` after its lease was being sent when its worker died."""
    for row in rows:
        if row.state == State.SENDING:
            row.state = State.DEAD if row.was_resent else State.UNCERTAIN
            row.last_error = _INTERRUPTED if row.was_resent else row.last_error
            row.lease_until = None
            row.save(update_fields=["state", "last_error", "lease_until"])


def _send(by: Actor, message_id: int, token: uuid.UUID, wire: Wire) -> None:
    """Send one leased message, and write down how it went."""
    try:
        wire.open()
        message = _begin(by, message_id, token)
        if message is not None:
            wire.hand_over(envelope.pack(message))
            _finish(by, message_id, token, state=State.SENT)
    except NotSentError as error:
        _put_back(by, message_id, token, State.QUEUED, error)
    except UncertainError as error:
        _put_back(by, message_id, token, State.UNCERTAIN, error)
    except RefusedError as error:
        _finish(by, message_id, token, state=State.DEAD, error=error)


def _begin(by: Actor, message_id: int, token: uuid.UUID) -> Message | None:
    """Mark it as being sent, with a fresh lease; None where somebody else has taken it over."""
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        mine = _mine(message_id, token)
        if mine is None:
            return None
        mine.was_resent = mine.state == State.UNCERTAIN
        mine.state, mine.lease_until = State.SENDING, here.at + LEASE
        mine.save(update_fields=["state", "lease_until", "was_resent"])
    return mine


def _mine(message_id: int, token: uuid.UUID) -> Message | None:
    return Message.objects.select_for_update().filter(id=message_id, lease_token=token).first()


def _finish(
    by: Actor, message_id: int, token: uuid.UUID, *, state: State, error: Exception | None = None
) -> None:
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        mine = _mine(message_id, token)
        if mine is not None:
            mine.state, mine.lease_until, mine.lease_token = state, None, None
            mine.sent_at = here.at if state == State.SENT else None
            mine.last_error = str(error or "")[:2000]
            mine.save(update_fields=["state", "lease_until", "lease_token", "sent_at", "last_error"])


def _put_back(by: Actor, message_id: int, token: uuid.UUID, state: State, error: Exception) -> None:
    """Try again later; give up after the last wait, and after a second time of not knowing."""
    logger.warning("message %s was not sent: %s", message_id, error)
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        mine = _mine(message_id, token)
        if mine is None:
            return
        is_over = mine.attempts > len(BACK_OFF_SECONDS) or (state == State.UNCERTAIN and mine.was_resent)
        was_uncertain = mine.state == State.UNCERTAIN or mine.was_resent
        mine.state = State.DEAD if is_over else State.UNCERTAIN if was_uncertain else state
        wait = BACK_OFF_SECONDS[min(mine.attempts, len(BACK_OFF_SECONDS)) - 1]
        mine.available_at = here.at + dt.timedelta(seconds=wait)
        mine.was_resent, mine.lease_until, mine.lease_token = False, None, None
        mine.last_error = str(error)[:2000]
        mine.save()
