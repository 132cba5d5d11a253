"""What happens to a major incident. The customer reads what is published, never these entries."""

import dataclasses
from typing import Any, ClassVar

from journal.events import Audience
from tickets import events


@dataclasses.dataclass(frozen=True, kw_only=True)
class MajorDeclared(events.UpdatePromised):
    """An incident became a major one, by this version of criteria and procedure."""

    past: ClassVar[str] = "major_declared"
    title: str
    procedure_version: int
    lead: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class UpdatePosted(events.UpdatePromised):
    """News was given to these audiences. `told` counts customers' people, `children` the linked tickets that got it."""

    past: ClassVar[str] = "update_posted"
    audiences: list[str]
    stage: str
    told: int = 0
    children: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True)
class MajorWithdrawn(events.PromiseEnded):
    """It is no major incident (any more), and why."""

    past: ClassVar[str] = "major_withdrawn"


@dataclasses.dataclass(frozen=True, kw_only=True)
class RolesGiven(events.TicketEvent):
    """Who leads, who speaks, who repairs; None = nobody. Ids are for readers inside."""

    past: ClassVar[str] = "major_roles_given"
    audience: ClassVar[Audience] = Audience.DESK
    lead: str | None = None
    communications: str | None = None
    technical: str | None = None
    new_ids: list[int] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Decided(events.TicketEvent):
    past: ClassVar[str] = "major_decided"
    audience: ClassVar[Audience] = Audience.DESK
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class LeadMissing(events.TicketEvent):
    """Nobody but the resolver leads it, when somebody should: dated at that moment, said once."""

    past: ClassVar[str] = "major_lead_missing"
    audience: ClassVar[Audience] = Audience.DESK
    late_seconds: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class UpdateOverdue(events.TicketEvent):
    """News was promised for this moment, and none came: dated at that moment, said once for a promise."""

    past: ClassVar[str] = "update_overdue"
    audience: ClassVar[Audience] = Audience.DESK
    due_at: Any
    late_seconds: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class MajorReported(events.TicketEvent):
    past: ClassVar[str] = "major_reported"
    audience: ClassVar[Audience] = Audience.DESK


@dataclasses.dataclass(frozen=True, kw_only=True)
class MajorReviewed(events.TicketEvent):
    past: ClassVar[str] = "major_reviewed"
    audience: ClassVar[Audience] = Audience.DESK
    reviewer: str
