"""What this room does to tickets: a rule or a team's turn placed one, a macro was applied to one."""

import dataclasses
from typing import Any, ClassVar

from journal.events import Audience
from tickets.events import TicketEvent


@dataclasses.dataclass(frozen=True, kw_only=True)
class Routed(TicketEvent):
    """A new ticket was placed by a rule (the actor, then) or by its team's way of sharing work."""

    past: ClassVar[str] = "routed"
    audience: ClassVar[Audience] = Audience.DESK
    team: str | None = None
    assignee: str | None = None
    priority: int | None = None
    rule: str | None = None
    rule_id: int | None = None
    distribution: str | None = None
    assignee_id: int | None = None
    team_id: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class MacroApplied(TicketEvent):
    """A macro was carried out in one step; the entries of what it did stand before this one."""

    past: ClassVar[str] = "macro_applied"
    audience: ClassVar[Audience] = Audience.DESK
    macro: str
    macro_id: int

    def payload(self) -> dict[str, Any]:
        return {"macro": self.macro, "macro_id": self.macro_id}
