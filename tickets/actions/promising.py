"""Promise: the clocks tell the queue what is due. No new version, no history row: it is derived."""

import datetime as dt

from tickets.models import Ticket


def promise(
    ticket: Ticket, *, due_at: dt.datetime | None, due_metric: str = "", clock_from: dt.datetime | None = None
) -> None:
    """Write the earliest due moment of the clocks that run, which metric it is, and since when that clock runs."""
    columns = {"due_at": due_at, "due_metric": due_metric, "clock_from": clock_from}
    Ticket.objects.filter(pk=ticket.pk, customer_id=ticket.customer_id).update(**columns)
    for name, value in columns.items():
        setattr(ticket, name, value)
