"""Entries about clocks. Their subject is the ticket, their name begins with `sla.`; never for the customer's eyes."""

import dataclasses
from typing import Any, ClassVar

from accounts.events import SettingEvent
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
    """A step of a target was due: `notify` lists whom to tell (`assignee`, `team`, `lead`, `on_call`, or a role).

    `team` is the team that the ticket was given to, `refused` why it could not be. `on_call` names who was on call
    when it fired; where it was nobody, `gap` says why (accounts.choices.Gap) and `missing` whose turn it was.
    """

    past: ClassVar[str] = "escalated"
    step: str
    percent: int | None = None
    offset_seconds: int | None = None
    notify: list[str]
    team: str | None = None
    refused: str | None = None
    on_call: list[str] | None = None
    on_call_ids: list[int] | None = None
    gap: str | None = None
    missing: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementEvent(SettingEvent):
    """Anything both sides say about version `document` of the agreement `subject`."""

    document: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementOffered(AgreementEvent):
    """Both sides are asked to approve."""

    past: ClassVar[str] = "offered"


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementApproved(AgreementEvent):
    """One side approved; `evidence` where it did so on paper."""

    past: ClassVar[str] = "approved"
    side: str
    person: str
    comment: str = ""
    evidence: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementDeclined(AgreementApproved):
    """One side declined, and said why."""

    past: ClassVar[str] = "declined"


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementAgreed(AgreementEvent):
    """The last side approved: it holds on these days (None: open)."""

    past: ClassVar[str] = "agreed"
    valid_from: Any = None
    valid_to: Any = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementWithdrawn(AgreementEvent):
    """The draft or offer was given up."""

    past: ClassVar[str] = "withdrawn"
    reason: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class AgreementEnded(AgreementEvent):
    """The agreement ends after the day `last`."""

    past: ClassVar[str] = "ended"
    last: Any
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Afterwards(Event):
    """Anything that people say about a clock of the ticket `subject` afterwards, dated when they say it."""

    audience: ClassVar[Audience] = Audience.PROVIDER
    timer_id: int
    metric: str

    @property
    def name(self) -> str:
        return f"sla.{self.past}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class BreachExplained(Afterwards):
    """Why a target was missed. `is_disputed`: somebody does not agree that it was."""

    past: ClassVar[str] = "breach_explained"
    cause: str
    category: str
    is_disputed: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectionAsked(Afterwards):
    """A stretch of a clock's time shall not count, if a second person agrees."""

    past: ClassVar[str] = "correction_asked"
    from_at: Any
    to_at: Any
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class CorrectionDeclined(Afterwards):
    """The second person did not agree: everything counts as it did."""

    past: ClassVar[str] = "correction_declined"
    asked_by: str
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Corrected(Afterwards):
    """A stretch was left out by agreement of two: `seconds` of business time. The breach before and after it, None
    where there is none: a correction is the one thing that takes a breach away."""

    past: ClassVar[str] = "corrected"
    asked_by: str
    from_at: Any
    to_at: Any
    seconds: int
    reason: str
    breached_before: Any = None
    breached_after: Any = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GapEvent(Event):
    """Anything about the gap `subject`: the agreement with the customer, the inner one, how much it is over."""

    audience: ClassVar[Audience] = Audience.PROVIDER
    outer: str
    inner: str
    over_seconds: int
    owner: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class GapFound(GapEvent):
    """Inner agreements do not fit into what the customer was promised, or by more than was accepted."""

    past: ClassVar[str] = "found"


@dataclasses.dataclass(frozen=True, kw_only=True)
class GapDecided(GapEvent):
    """Somebody owns it and said what is done about it; `is_accepted`: it stays as it is."""

    past: ClassVar[str] = "decided"
    decision: str
    is_accepted: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class GapClosed(GapEvent):
    """The agreements fit again."""

    past: ClassVar[str] = "closed"
