"""Counting what was used on which service, and the login behind an actor."""

import datetime as dt

from django.db import connection

from accounts.models import User
from automation.models import Macro
from core.actor import Actor
from tickets.models import Ticket

_COUNT = """
INSERT INTO automation_macrouse (customer_id, macro_id, service_id, uses, last_at) VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (customer_id, macro_id, service_id) DO UPDATE
SET uses = automation_macrouse.uses + 1, last_at = EXCLUDED.last_at
"""


def count(macro: Macro, ticket: Ticket, *, at: dt.datetime) -> None:
    """One more use of this macro on this ticket's service. Two at once are counted twice."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [ticket.customer_id, macro.pk, ticket.service_id, at])


def login(by: Actor) -> User | None:
    """The row of the login that acts, or None."""
    return User.objects.filter(pk=by.user_id).first() if by.user_id else None
