"""By when a report that comes now is answered first, as the agreement and its calendar say: never a hope."""

import datetime as dt

from calendars import queries as calendars
from customers.models import Customer
from slas import matching
from slas.choices import Metric
from tickets.choices import Level
from tickets.models import Ticket

LEAST_URGENT = 4


def first_answer_by(customer: Customer, kind: str, at: dt.datetime) -> dt.datetime | None:
    """The latest moment of the first answer to the least urgent report of this kind; None where nothing is agreed."""
    imagined = Ticket(
        customer=customer, kind=kind, priority=LEAST_URGENT, impact=Level.LOW, urgency=Level.LOW, opened_at=at
    )
    choice = matching.choose(imagined, at).get(Metric.FIRST_RESPONSE.value)
    if choice is None:
        return None
    hours = calendars.business_time(choice.calendar)
    return hours.add(at, dt.timedelta(seconds=choice.target.seconds))
