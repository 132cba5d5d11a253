"""Following the status by mail: begin and stop. Addresses are asked twice before the first row is written."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from accounts import events
from accounts.models import Person, email_key
from core.actor import Actor
from customers.models import Customer
from incidents.choices import NoticeAudience
from incidents.models import StatusNotice, StatusSubscription
from journal import recording


def follow(
    customer: Customer,
    email: str,
    *,
    by: Actor,
    at: dt.datetime,
    language: str = "en",
    person: Person | None = None,
) -> StatusSubscription:
    """Tell this address of what is wrong from now on; once, however often it is asked. Records
    status_subscription.created."""
    last = StatusNotice.objects.order_by("-id").values_list("id", flat=True).first() or 0
    row, is_new = StatusSubscription.objects.get_or_create(
        customer=customer, email_key=email_key(email),
        defaults={"email": email, "language": language, "person": person, "created_at": at, "told_id": last},
    )  # fmt: skip
    if is_new:
        values = {"email": email, "person": person}
        recording.record(
            events.Created(subject=row, by=by, at=at, owner_id=customer.pk, values=values, reason="")
        )
    elif person is not None and row.person_id is None:
        row.person = person
        row.save()
    return row


def stop(row: StatusSubscription, *, by: Actor, at: dt.datetime) -> None:
    """Tell this address no more. Records status_subscription.changed."""
    changes = {"following": [True, False]}
    recording.record(
        events.Changed(subject=row, by=by, at=at, owner_id=row.customer_id, changes=changes, reason="")
    )
    row.delete()


def find(customer_id: int, email: str) -> StatusSubscription | None:
    """The subscription of this address at this customer, if there is one."""
    return StatusSubscription.objects.filter(customer_id=customer_id, email_key=email_key(email)).first()


def untold(row: StatusSubscription, at: dt.datetime) -> Iterator[StatusNotice]:
    """The published notices that this address has not been told, oldest first."""
    own = Q(customer=None, audience=NoticeAudience.WORLD)
    if row.person_id:
        own = Q(customer=None) | Q(customer_id=row.customer_id)
    rows = StatusNotice.objects.filter(own, id__gt=row.told_id, published_at__lte=at)
    yield from rows.order_by("id")[:20]
