"""What a survey leaves in the journal."""

import dataclasses
from typing import ClassVar

from journal.events import Audience
from tickets.events import TicketEvent


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rated(TicketEvent):
    """The customer said how it went: 1 (bad) to 5. `is_low`: so bad that the team's leads are told."""

    past: ClassVar[str] = "rated"
    audience: ClassVar[Audience] = Audience.DESK
    score: int
    is_low: bool
