"""What happens beside a ticket's life: its tasks, the time spent on it, and who its caller turned out to be."""

import dataclasses
from typing import Any, ClassVar

from journal.events import Audience
from tickets.events import TicketEvent


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskEvent(TicketEvent):
    """Something about one task of the ticket, which `task_id` and `task` (its title) name."""

    audience: ClassVar[Audience] = Audience.DESK
    task_id: int
    task: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskAdded(TaskEvent):
    """A task was added. Ids are for readers inside; `None` = nobody."""

    past: ClassVar[str] = "task_added"
    assignee: str | None = None
    team: str | None = None
    assignee_id: int | None = None
    team_id: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskAssigned(TaskEvent):
    """A task went to other hands; labels before and after."""

    past: ClassVar[str] = "task_assigned"
    assignee: str | None = None
    team: str | None = None
    was_assignee: str | None = None
    was_team: str | None = None
    assignee_id: int | None = None
    team_id: int | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskChanged(TaskEvent):
    """Title, due time, place or blocker changed: `changes` maps a field's name to [before, after]."""

    past: ClassVar[str] = "task_changed"
    changes: dict[str, list[Any]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskDone(TaskEvent):
    past: ClassVar[str] = "task_done"


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskReopened(TaskEvent):
    past: ClassVar[str] = "task_reopened"


@dataclasses.dataclass(frozen=True, kw_only=True)
class TaskCancelled(TaskEvent):
    past: ClassVar[str] = "task_cancelled"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ItemAdded(TaskEvent):
    past: ClassVar[str] = "task_item_added"
    item: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class ItemTicked(TaskEvent):
    """A line of the checklist was ticked (`is_done`) or unticked."""

    past: ClassVar[str] = "task_item_ticked"
    item: str
    is_done: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class TimeLogged(TicketEvent):
    """Time was spent. `kind` is what on."""

    past: ClassVar[str] = "time_logged"
    audience: ClassVar[Audience] = Audience.PROVIDER
    entry_id: int
    person: str
    started_at: Any
    seconds: int
    kind: str
    is_billable: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class TimeCorrected(TimeLogged):
    """A new entry took the place of another; `changes` maps a field's name to [before, after]."""

    past: ClassVar[str] = "time_corrected"
    supersedes: int
    changes: dict[str, list[Any]]
    reason: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class CodeSent(TicketEvent):
    """A one-time code goes to the requester's address. The code itself is in no entry."""

    past: ClassVar[str] = "code_sent"
    audience: ClassVar[Audience] = Audience.DESK
    person: str
    code_id: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class CallerVerified(TicketEvent):
    """Somebody made sure of the requester, by `method`."""

    past: ClassVar[str] = "caller_verified"
    audience: ClassVar[Audience] = Audience.DESK
    person: str
    method: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class CallerNotVerified(CallerVerified):
    """A wrong code was given."""

    past: ClassVar[str] = "caller_not_verified"
