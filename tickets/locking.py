"""Reading a ticket in order to write it: the row is locked, and the version that the caller saw must still stand."""

import contextlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from core import errors
from tickets.models import Ticket


@contextlib.contextmanager
def locked(ticket: Ticket, version: int | None = None) -> Iterator[Ticket]:
    """The same ticket, freshly read and locked until the transaction ends. Raises Stale, NotFound."""
    rows = Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket.pk, customer_id=ticket.customer_id)
    row = rows.first()
    if row is None:
        raise errors.NotFound(_("There is no such ticket."))
    if version is not None and row.version != version:
        raise errors.Stale(
            _("%(number)s has changed since you read it: look at it again, then repeat.")
            % {"number": row.number},
            record=row,
        )
    yield row
