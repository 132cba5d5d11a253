"""Entries about clocks. Their subject is the ticket, their name begins with `sla.`; never for the customer's eyes."""

import dataclasses
from typing import Any, ClassVar

from journal.events import Audience, Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class ClockEvent(Event):
    """Anything about a clock of the ticket `subject`, dated at the moment it was due, however late it was noticed.

    `late_seconds`: how long after that moment it was recorded.
    """

    audience: ClassVar[Audience] = Audience.PROVIDER
    timer_id: int
    metric: str
    agreement: str
    due_at: Any
    late_seconds: int

    @property
    def name(self) -> str:
        return f"sla.{self.past}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Breached(ClockEvent):
    """A target was missed. Said once for a clock, whatever happens to it later."""

    past: ClassVar[str] = "breached"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Escalated(ClockEvent):
    """A step of a target was due: `notify` lists whom to tell (`assignee`, `team`, `lead`, or a role).

    `team` is the team that the ticket was given to, `refused` why it could not be.
    """

    past: ClassVar[str] = "escalated"
    step: str
    percent: int | None = None
    offset_seconds: int | None = None
    notify: list[str]
    team: str | None = None
    refused: str | None = None
