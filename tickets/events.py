"""What can happen to any ticket. Processes subclass these; lower rooms subscribe to these, and know no process."""

import dataclasses
from typing import Any, ClassVar

from journal.events import Audience, Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class TicketEvent(Event):
    """Anything about a ticket; `subject` is the Ticket row as it stands after the action."""

    audience: ClassVar[Audience] = Audience.PUBLIC


@dataclasses.dataclass(frozen=True, kw_only=True)
class Opened(TicketEvent):
    """A ticket came into being. `opening` is its first message, from whose receipt its clocks run."""

    past: ClassVar[str] = "opened"
    channel: str
    opening: Any = None

    def payload(self) -> dict[str, Any]:
        return {"channel": self.channel, "priority": self.subject.priority, "title": self.subject.title}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Moved(TicketEvent):
    """A ticket went from one state to another; the subclasses say by which verb."""

    past: ClassVar[str] = "moved"
    from_state: str
    to_state: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Accepted(Moved):
    past: ClassVar[str] = "accepted"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Held(Moved):
    """The ticket waits. `kind` decides which clocks pause; `until` is set for scheduled holds."""

    past: ClassVar[str] = "held"
    kind: str
    reason: str
    until: Any = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Resumed(Moved):
    """The wait is over. `cause`: `answer`, `until`, `agent` or `not_waiting` (said by the customer)."""

    past: ClassVar[str] = "resumed"
    cause: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Resolved(Moved):
    """Service is restored (8.6.1); stops the resolution clock. `code` is None where the process has no codes."""

    past: ClassVar[str] = "resolved"
    code: str | None = None
    note: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Closed(Moved):
    past: ClassVar[str] = "closed"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reopened(Moved):
    """The solution did not hold; the gap since it was resolved is a paused segment of the clock."""

    past: ClassVar[str] = "reopened"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cancelled(Moved):
    past: ClassVar[str] = "cancelled"
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Assigned(TicketEvent):
    """Team or assignee changed; labels before and after, `None` = nobody. Ids are for readers inside. `together`: the
    numbers that went to the same login in one deed, where there were several."""

    past: ClassVar[str] = "assigned"
    audience: ClassVar[Audience] = Audience.DESK
    team: str | None = None
    assignee: str | None = None
    was_team: str | None = None
    was_assignee: str | None = None
    assignee_id: int | None = None
    team_id: int | None = None
    together: list[str] | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Replied(TicketEvent):
    """A public message was added. `is_from_customer` and `is_human` decide what it does to clocks and holds."""

    past: ClassVar[str] = "replied"
    message: Any
    is_from_customer: bool
    is_human: bool

    def payload(self) -> dict[str, Any]:
        return {"message": self.message.pk, "from_customer": self.is_from_customer, "is_human": self.is_human}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Noted(TicketEvent):
    """An internal note was added; its text stays in the message. `mentions` are ids of the logins it names."""

    past: ClassVar[str] = "noted"
    audience: ClassVar[Audience] = Audience.DESK
    message: Any
    mentions: list[int] = dataclasses.field(default_factory=list)

    def payload(self) -> dict[str, Any]:
        named = {"mentions": self.mentions} if self.mentions else {}
        return {"message": self.message.pk, "audience": self.message.audience, **named}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Changed(TicketEvent):
    """Plain fields changed: `changes` maps a field's name to [before, after]. `reason` for a priority by hand."""

    past: ClassVar[str] = "changed"
    audience: ClassVar[Audience] = Audience.DESK
    changes: dict[str, list[Any]]
    reason: str | None = None

    @property
    def moves_clocks(self) -> bool:
        """Whether another agreement or target may now apply (clocks.md, Moves)."""
        return bool({"priority", "service", "category", "site", "configuration_items"} & self.changes.keys())


@dataclasses.dataclass(frozen=True, kw_only=True)
class UpdatePromised(TicketEvent):
    """News was given to those who wait, and the next was promised; `next_update_at` is None after the last."""

    past: ClassVar[str] = "update_promised"
    audience: ClassVar[Audience] = Audience.DESK
    next_update_at: Any = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class PromiseEnded(TicketEvent):
    """No more news is owed, and why."""

    past: ClassVar[str] = "promise_ended"
    audience: ClassVar[Audience] = Audience.DESK
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Restricted(TicketEvent):
    """The ticket was closed to all but these people, or the list changed."""

    past: ClassVar[str] = "restricted"
    audience: ClassVar[Audience] = Audience.DESK
    reason: str
    members: list[str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RestrictionLifted(TicketEvent):
    past: ClassVar[str] = "restriction_lifted"
    audience: ClassVar[Audience] = Audience.DESK
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class GlassBroken(TicketEvent):
    """Somebody who is not on the list looked at a restricted ticket, and may until `until`."""

    past: ClassVar[str] = "glass_broken"
    audience: ClassVar[Audience] = Audience.DESK
    reason: str
    until: Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class HandedOver(TicketEvent):
    """A supplier has it in hand from now on; `reference` is his own number, where he gave one."""

    past: ClassVar[str] = "handed_over"
    audience: ClassVar[Audience] = Audience.PROVIDER
    supplier: str
    reference: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class HandoverAccepted(TicketEvent):
    past: ClassVar[str] = "handover_accepted"
    audience: ClassVar[Audience] = Audience.PROVIDER
    supplier: str
    reference: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class HandoverEnded(TicketEvent):
    """The supplier has it no longer. `cause`: `handed_back` by him, `taken_back`, `given_on` to another, `merged`,
    `resumed`."""

    past: ClassVar[str] = "handover_ended"
    audience: ClassVar[Audience] = Audience.PROVIDER
    supplier: str
    cause: str
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class SupplierReplied(TicketEvent):
    """Words between the desk and the supplier: no answer to the customer, so no clock and no mail of his hears it."""

    past: ClassVar[str] = "supplier_replied"
    audience: ClassVar[Audience] = Audience.PROVIDER
    message: Any
    is_from_supplier: bool

    def payload(self) -> dict[str, Any]:
        return {"message": self.message.pk, "from_supplier": self.is_from_supplier}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Linked(TicketEvent):
    past: ClassVar[str] = "linked"
    audience: ClassVar[Audience] = Audience.DESK
    kind: str
    other: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Unlinked(TicketEvent):
    past: ClassVar[str] = "unlinked"
    audience: ClassVar[Audience] = Audience.DESK
    kind: str
    other: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class EscalatedTo(TicketEvent):
    """Somebody asked for more hands or for a decision. `kind` functional: `team` has it now; hierarchical: `notify`
    names who was called, a role or `user:<id>`."""

    past: ClassVar[str] = "escalated_to"
    audience: ClassVar[Audience] = Audience.DESK
    kind: str
    to: str
    reason: str
    notify: list[str]
    team_id: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Merged(Moved):
    """A duplicate went into another ticket of the same customer; its clocks end, its breaches stay."""

    past: ClassVar[str] = "merged"
    into: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Absorbed(TicketEvent):
    """A duplicate came into this ticket. `since`: the earliest receipt of all that is in it now."""

    past: ClassVar[str] = "absorbed"
    audience: ClassVar[Audience] = Audience.DESK
    other: str
    since: Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Unmerged(Moved):
    """A merge was undone: state and clocks are as they were. `merged_at` is when they were stored."""

    past: ClassVar[str] = "unmerged"
    into: str
    merged_at: Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Released(TicketEvent):
    """A duplicate was taken out of this ticket again. `since`: the earliest receipt of what is left in it."""

    past: ClassVar[str] = "released"
    audience: ClassVar[Audience] = Audience.DESK
    other: str
    since: Any


@dataclasses.dataclass(frozen=True, kw_only=True)
class Split(TicketEvent):
    """Messages were copied into a ticket of their own; they stay here too."""

    past: ClassVar[str] = "split"
    audience: ClassVar[Audience] = Audience.DESK
    other: str
    messages: list[int]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Misfiled(Cancelled):
    """It was filed under the wrong customer and goes on elsewhere. Names no customer: this one reads it."""

    past: ClassVar[str] = "misfiled"


@dataclasses.dataclass(frozen=True, kw_only=True)
class FollowedUp(TicketEvent):
    """What was resolved or closed came back too late to be reopened: it goes on in another ticket."""

    past: ClassVar[str] = "followed_up"
    other: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class WatchChanged(TicketEvent):
    """A login of the desk began or ceased to follow the ticket."""

    past: ClassVar[str] = "watch_changed"
    audience: ClassVar[Audience] = Audience.PROVIDER
    is_watching: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class ParticipantAdded(TicketEvent):
    past: ClassVar[str] = "participant_added"
    audience: ClassVar[Audience] = Audience.DESK
    person: str
    person_id: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class ParticipantRemoved(TicketEvent):
    past: ClassVar[str] = "participant_removed"
    audience: ClassVar[Audience] = Audience.DESK
    person: str
    person_id: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class Thanked(TicketEvent):
    """The customer's answer to a solution was a word of thanks: nothing is reopened."""

    past: ClassVar[str] = "thanked"
    audience: ClassVar[Audience] = Audience.DESK


@dataclasses.dataclass(frozen=True, kw_only=True)
class Chased(TicketEvent):
    """We reminded the customer that we wait for an answer; `reminder` counts from 1."""

    past: ClassVar[str] = "chased"
    reminder: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class EndBlocked(TicketEvent):
    """It would have ended by itself, and a rule does not let it: `reason` is its sentence. Said once."""

    past: ClassVar[str] = "end_blocked"
    audience: ClassVar[Audience] = Audience.PROVIDER
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class PriorityLowered(TicketEvent):
    """The priority was lowered when half or more of the time was used; for the service level manager."""

    past: ClassVar[str] = "priority_lowered"
    audience: ClassVar[Audience] = Audience.PROVIDER
    from_priority: int
    to_priority: int
    used_percent: int
    reason: str
