"""Reading a ticket in order to write it: the row is locked, and the version that the caller saw must still stand."""

import contextlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from core import errors
from customers import prepared
from tickets.models import Ticket

_FRESH = prepared.Statement(
    lambda ticket, customer: Ticket.objects.select_for_update(of=("self",)).filter(
        pk=ticket, customer_id=customer
    )
)


@contextlib.contextmanager
def locked(ticket: Ticket, version: int | None = None) -> Iterator[Ticket]:
    """The same ticket, freshly read and locked until the transaction ends. Raises Stale, NotFound."""
    found = _FRESH.read(ticket=ticket.pk, customer=ticket.customer_id)
    if not found:
        raise errors.NotFound(_("There is no such ticket."))
    row = found[0]
    if version is not None and row.version != version:
        raise errors.Stale(
            _("%(number)s has changed since you read it: look at it again, then repeat.")
            % {"number": row.number},
            record=row,
        )
    yield row
