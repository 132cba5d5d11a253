"""What a process lets agreements measure on its tickets, beside the answers that every customer is owed."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tickets import events


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One metric: what it is called in an agreement, and from when to when its clock runs.

    `name`: up to 24 letters, as agreements and the API have it. `starts`: the event from which it runs; an opening
    counts from the receipt, any other event from its moment, a cycle each. `stops`: the events that end it; closing
    always does, cancelling ends it without a verdict. `can_pause`: whether a target may name holds that pause it.
    """

    name: str
    label: Any
    starts: type[events.TicketEvent] = events.Opened
    stops: tuple[type[events.TicketEvent], ...] = (events.Resolved,)
    can_pause: bool = True

    @property
    def is_from_receipt(self) -> bool:
        return issubclass(self.starts, events.Opened)


RESOLUTION = Measured(name="resolution", label=_("Resolution"))
