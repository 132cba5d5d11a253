"""Publishing: the words on a disturbance become rows, one per customer concerned, that no other customer can read."""

import datetime as dt
import uuid
from collections.abc import Iterable

from cmdb.models import Subscription
from incidents.choices import NoticeAudience
from incidents.models import NoticeService, StatusNotice


def publish(
    *,
    thread: uuid.UUID,
    title: str,
    state: str,
    text: str,
    at: dt.datetime,
    customers: Iterable[int] | None,
    services: Iterable[int] = (),
    next_update_at: dt.datetime | None = None,
) -> list[StatusNotice]:
    """Put a word out to these customers, a row each; None = to everybody, signed in or not, as one row.

    A customer's row names those of the services that he takes. Not an action: it checks and records nothing.
    """
    readers: list[int | None] = [None] if customers is None else list(dict.fromkeys(customers))
    audience = NoticeAudience.WORLD if customers is None else NoticeAudience.CUSTOMERS
    notices = StatusNotice.objects.bulk_create(
        StatusNotice(
            customer_id=reader, thread=thread, title=title, state=state, text=text, audience=audience,
            next_update_at=next_update_at, published_at=at,
        )
        for reader in readers
    )  # fmt: skip
    wanted = set(services)
    taken = _taken(notices, wanted) if wanted else {}
    NoticeService.objects.bulk_create(
        NoticeService(customer_id=one.customer_id, notice=one, service_id=service)
        for one in notices
        for service in sorted(
            wanted if one.customer_id is None else wanted & taken.get(one.customer_id, set())
        )
    )
    return notices


def _taken(notices: list[StatusNotice], services: set[int]) -> dict[int, set[int]]:
    """Which of the services each customer takes: {customer id: {service id}}."""
    found: dict[int, set[int]] = {}
    rows = Subscription.objects.filter(
        service_id__in=services, customer_id__in=[one.customer_id for one in notices if one.customer_id]
    )
    for customer_id, service_id in rows.values_list("customer_id", "service_id"):
        found.setdefault(customer_id, set()).add(service_id)
    return found
