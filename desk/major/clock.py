"""The clock to the next update of a major incident."""

import datetime as dt

from django.utils.translation import gettext as _

from core import display
from incidents.models import MajorIncident
from tickets.models import Ticket


def of(ticket: Ticket, major: MajorIncident, now: dt.datetime) -> display.Fuse | None:
    """The time to the promised update, red once it has passed; None where none is owed."""
    due = ticket.update_due_at
    if due is None or not major.is_open:
        return None
    begun = max(major.declared_at, due - dt.timedelta(seconds=major.interval_seconds))
    return display.fuse(_("Next update"), due_at=due, from_at=min(begun, due), now=now)
