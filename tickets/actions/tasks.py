"""Tasks of a ticket, of any process: add, give, change, finish, and tick off what is inside. No version is counted."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Team, User
from core import errors
from core.actor import Actor
from journal import recording
from journal.events import plain
from tickets import locking, people, policy, processes, work_events, writing
from tickets.choices import TaskState
from tickets.models import TaskItem, Ticket, TicketTask

VERB = "add_task"  # whoever may add a task may do all that follows
MOST = 200  # tasks of one ticket, and lines of one checklist
FIELDS = ("title", "assignee", "team", "due_at", "position", "blocked_by")


def add_task(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    title: str,
    assignee: User | None = None,
    team: Team | None = None,
    due_at: dt.datetime | None = None,
    blocked_by: TicketTask | None = None,
    version: int | None = None,
) -> Ticket:
    """Add a task at the end of the list. Raises Forbidden, NotAllowed (closed), Invalid (no title, nobody of this
    customer's desk, too many), Stale. Records `<kind>.task_added`."""
    with locking.locked(ticket, version) as row:
        policy.require(by, VERB, row)
        processes.of(row).workflow.check(row, VERB, title=title.strip())
        people.require_worker(assignee, row.customer_id)
        people.require_on_the_list(assignee, row.compartment)
        last = _count_below(row.tasks.filter(customer_id=row.customer_id))
        task = TicketTask(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, title=_line(title, "title"),
            position=last + 1, assignee=assignee, team=team, due_at=due_at, created_at=at, created_by=by.label[:200],
        )  # fmt: skip
        _block(task, blocked_by)
        task.save(force_insert=True)
        writing.touch(row, at=at)
        recording.record(
            work_events.TaskAdded(
                subject=row, by=by, at=at, task_id=task.pk, task=task.title, assignee=_label(assignee),
                team=_label(team), assignee_id=task.assignee_id, team_id=task.team_id,
            )
        )  # fmt: skip
    return row


def change_task(task: TicketTask, *, by: Actor, at: dt.datetime, fields: dict[str, Any]) -> TicketTask:
    """Set `title`, `assignee`, `team`, `due_at`, `position` or `blocked_by` (None = nobody, never, nothing).

    Raises Forbidden, NotAllowed, NotFound, Invalid (no title, a circle of blockers, a task that has ended).
    Records `<kind>.task_assigned` and `<kind>.task_changed`, each where something of it differs.
    """

    def write(one: TicketTask) -> list[work_events.TaskEvent]:
        if not one.is_open:
            raise errors.Invalid(_("“%(task)s” has ended: reopen it first.") % {"task": one.title})
        before = {name: getattr(one, name) for name in fields}
        _put(one, fields)
        changes = {
            name: [plain(before[name]), plain(getattr(one, name))]
            for name in fields
            if before[name] != getattr(one, name)
        }
        one.save()
        return _told(one, by, at, changes)

    return _on(task, by=by, at=at, write=write)


def finish_task(task: TicketTask, *, by: Actor, at: dt.datetime) -> TicketTask:
    """Say that a task is done. Raises Forbidden, NotAllowed, NotFound, Invalid (another task must come first, or lines
    of its checklist are open). Records `<kind>.task_done`; nothing where it is done already."""

    def write(one: TicketTask) -> list[work_events.TaskEvent]:
        if one.state == TaskState.DONE:
            return []
        _require_open(one)
        blocker = one.blocked_by
        if blocker is not None and blocker.is_open:
            raise errors.Invalid(
                _("“%(task)s” waits for “%(other)s”: finish that one first.")
                % {"task": one.title, "other": blocker.title}
            )
        left = one.items.filter(customer_id=one.customer_id, done_at=None).count()
        if left:
            raise errors.Invalid(
                _("“%(task)s” still has open lines on its checklist: %(left)s.")
                % {"task": one.title, "left": left}
            )
        _end(one, TaskState.DONE, by, at)
        return [work_events.TaskDone(subject=one.ticket, by=by, at=at, task_id=one.pk, task=one.title)]

    return _on(task, by=by, at=at, write=write)


def cancel_task(task: TicketTask, *, by: Actor, at: dt.datetime) -> TicketTask:
    """Say that a task will not be done. Raises Forbidden, NotAllowed, NotFound, Invalid (it is done).
    Records `<kind>.task_cancelled`; nothing where it is cancelled already."""

    def write(one: TicketTask) -> list[work_events.TaskEvent]:
        if one.state == TaskState.CANCELLED:
            return []
        _require_open(one)
        _end(one, TaskState.CANCELLED, by, at)
        return [work_events.TaskCancelled(subject=one.ticket, by=by, at=at, task_id=one.pk, task=one.title)]

    return _on(task, by=by, at=at, write=write)


def reopen_task(task: TicketTask, *, by: Actor, at: dt.datetime) -> TicketTask:
    """Take up a task that had ended. Raises Forbidden, NotAllowed, NotFound.
    Records `<kind>.task_reopened`; nothing where it is open already."""

    def write(one: TicketTask) -> list[work_events.TaskEvent]:
        if one.is_open:
            return []
        one.state, one.ended_at, one.ended_by = TaskState.OPEN, None, ""
        one.save()
        return [work_events.TaskReopened(subject=one.ticket, by=by, at=at, task_id=one.pk, task=one.title)]

    return _on(task, by=by, at=at, write=write)


def add_task_item(task: TicketTask, *, by: Actor, at: dt.datetime, text: str) -> TicketTask:
    """Add a line to a task's checklist. Raises Forbidden, NotAllowed, NotFound, Invalid (no text, too many, ended).
    Records `<kind>.task_item_added`."""

    def write(one: TicketTask) -> list[work_events.TaskEvent]:
        _require_open(one)
        line = _line(text, "text")
        last = _count_below(one.items.filter(customer_id=one.customer_id))
        own = {"customer_id": one.customer_id, "compartment": one.compartment, "task": one}
        TaskItem.objects.create(text=line, position=last + 1, **own)
        named: dict[str, Any] = {"task_id": one.pk, "task": one.title, "item": line}
        return [work_events.ItemAdded(subject=one.ticket, by=by, at=at, **named)]

    return _on(task, by=by, at=at, write=write)


def tick_task_item(item: TaskItem, *, by: Actor, at: dt.datetime, is_done: bool) -> TicketTask:
    """Tick or untick a line of a checklist. Raises Forbidden, NotAllowed, NotFound, Invalid (the task has ended).
    Records `<kind>.task_item_ticked`; nothing where it stands so already."""

    def write(one: TicketTask) -> list[work_events.TaskEvent]:
        _require_open(one)
        line = one.items.get(customer_id=one.customer_id, pk=item.pk)
        if (line.done_at is not None) == is_done:
            return []
        line.done_at, line.done_by = (at, by.label[:200]) if is_done else (None, "")
        line.save()
        named: dict[str, Any] = {"task_id": one.pk, "task": one.title, "item": line.text, "is_done": is_done}
        return [work_events.ItemTicked(subject=one.ticket, by=by, at=at, **named)]

    return _on(item.task, by=by, at=at, write=write)


Write = Callable[[TicketTask], list[work_events.TaskEvent]]


def _on(task: TicketTask, *, by: Actor, at: dt.datetime, write: Write) -> TicketTask:
    """The steps that all verbs of a task share: its ticket locked, policy, workflow, write, record."""
    with locking.locked(task.ticket) as row:
        policy.require(by, VERB, row)
        processes.of(row).workflow.check(row, VERB, title=task.title)
        one = row.tasks.select_related("blocked_by", "assignee", "team").filter(pk=task.pk).first()
        if one is None:
            raise errors.NotFound(_("There is no such task on %(number)s.") % {"number": row.number})
        one.ticket = row
        told = write(one)
        for event in told:
            recording.record(event)
        if told:
            writing.touch(row, at=at)
    return one


def _put(one: TicketTask, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name == "title":
            one.title = _line(value, "title")
        elif name == "blocked_by":
            _block(one, value)
        else:
            setattr(one, name, value)
    if "assignee" in fields:
        people.require_worker(one.assignee, one.customer_id)
        people.require_on_the_list(one.assignee, one.compartment)


def _told(
    one: TicketTask, by: Actor, at: dt.datetime, changes: dict[str, list[Any]]
) -> list[work_events.TaskEvent]:
    """The entries that these changes owe: one for whom it was given to, one for the rest."""
    common: dict[str, Any] = {"subject": one.ticket, "by": by, "at": at, "task_id": one.pk, "task": one.title}
    hands = {name: changes.pop(name) for name in ("assignee", "team") if name in changes}
    found: list[work_events.TaskEvent] = []
    if hands:
        was = {f"was_{name}": before for name, (before, _after) in hands.items()}
        found.append(
            work_events.TaskAssigned(
                **common, assignee=_label(one.assignee), team=_label(one.team),
                assignee_id=one.assignee_id, team_id=one.team_id, **was,
            )
        )  # fmt: skip
    if changes:
        found.append(work_events.TaskChanged(**common, changes=changes))
    return found


def _block(one: TicketTask, blocker: TicketTask | None) -> None:
    """Set what must be done before. Raises Invalid for a task of another ticket, and for a circle."""
    above = blocker
    for _step in range(MOST):
        if above is None:
            break
        if above.ticket_id != one.ticket_id or (above.pk is not None and above.pk == one.pk):
            raise errors.required(
                "blocked_by", _("A task waits for another one of the same ticket, and never for itself.")
            )
        above = above.blocked_by
    one.blocked_by = blocker


def _require_open(one: TicketTask) -> None:
    if not one.is_open:
        raise errors.Invalid(_("“%(task)s” has ended: reopen it first.") % {"task": one.title})


def _end(one: TicketTask, state: TaskState, by: Actor, at: dt.datetime) -> None:
    one.state, one.ended_at, one.ended_by = state, at, by.label[:200]
    one.save()


def _count_below(rows: Any) -> int:
    """The last position in use. Raises Invalid where the list is full."""
    if rows.count() >= MOST:
        raise errors.Invalid(_("There are %(most)s already: no more fit here.") % {"most": MOST})
    return int(rows.aggregate(last=Max("position"))["last"] or 0)


def _line(text: str, name: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise errors.required(name, _("Say in a few words what is to be done."))
    if len(line) > 250:
        raise errors.required(name, _("This is longer than 250 characters."))
    return line


def _label(row: User | Team | None) -> str | None:
    return str(row) if row else None
