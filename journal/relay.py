"""Takes what is owed to readers, with SKIP LOCKED and a lease, and parks what keeps failing where it can be seen."""

import datetime as dt
import logging
import uuid

from django.db import connection
from django.db.models import F, Q

from core.actor import Actor
from customers import scoping
from journal.models import Delivery, DeliveryState, Entry
from journal.recording import wiring

logger = logging.getLogger(__name__)

LEASE = dt.timedelta(minutes=2)
BACK_OFF_SECONDS = (15, 60, 300, 1800, 7200, 21600, 86400)


def claim(by: Actor, *, limit: int = 50) -> list[tuple[int, uuid.UUID]]:
    """Lease due deliveries, the longest due first. Returns (id, token)."""
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        due = Q(available_at__lte=here.at) & (Q(lease_until=None) | Q(lease_until__lt=here.at))
        rows = Delivery.objects.filter(due, state=DeliveryState.OPEN).order_by("available_at", "id")
        ids = list(rows.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
        token = uuid.uuid4()
        # attempts count before the work: a delivery that kills its worker is parked like any other
        Delivery.objects.filter(id__in=ids).update(
            lease_until=here.at + LEASE, lease_token=token, attempts=F("attempts") + 1
        )
    return [(one, token) for one in ids]


def work_off(by: Actor, *, limit: int = 50) -> int:
    """Claim and hand over; each delivery in a transaction of its own. Returns how many were tried."""
    claimed = claim(by, limit=limit)
    for delivery_id, token in claimed:
        hand_over(by, delivery_id, token)
    return len(claimed)


def hand_over(by: Actor, delivery_id: int, token: uuid.UUID) -> None:
    """Give one leased delivery to its reader. The token fences: a row taken over meanwhile is left alone."""
    try:
        with scoping.scope(by.customers, compartments=by.compartments):
            mine = (
                Delivery.objects.select_for_update()
                .filter(id=delivery_id, lease_token=token, state="open")
                .first()
            )
            if mine is None:
                return
            wiring.readers[mine.reader](Entry.objects.get(id=mine.entry_id))
            mine.state, mine.lease_until, mine.last_error = DeliveryState.DONE, None, ""
            mine.save(update_fields=["state", "lease_until", "last_error"])
    except Exception as error:
        logger.exception("delivery %s failed", delivery_id)
        _put_back(by, delivery_id, token, error)


def _put_back(by: Actor, delivery_id: int, token: uuid.UUID, error: Exception) -> None:
    connection.close_if_unusable_or_obsolete()
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        mine = Delivery.objects.select_for_update().filter(id=delivery_id, lease_token=token).first()
        if mine is None:
            return
        tried = mine.attempts
        mine.state = DeliveryState.DEAD if tried > len(BACK_OFF_SECONDS) else DeliveryState.OPEN
        mine.available_at = here.at + dt.timedelta(
            seconds=BACK_OFF_SECONDS[min(tried, len(BACK_OFF_SECONDS)) - 1]
        )
        mine.lease_until, mine.last_error = None, f"{type(error).__name__}: {error}"[:2000]
        mine.save()


def retry(delivery: Delivery, *, at: dt.datetime) -> None:
    """Take a dead delivery up again, from the first attempt."""
    Delivery.objects.filter(id=delivery.id, state=DeliveryState.DEAD).update(
        state=DeliveryState.OPEN, attempts=0, available_at=at, lease_until=None
    )
