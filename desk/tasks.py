"""Tasks of a ticket: the tab, one press each to add, finish, cancel and reopen, a dialog for the rest; and my tasks."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import once, queries
from accounts.models import Team
from core import errors
from core.actor import Actor
from core.form_fields import LocalInstantField
from desk import doors, records, shell, showing, verb_forms, verbs
from desk.forms import DeskForm, choices_of
from tickets import actions, policy, work
from tickets import verbs as ticket_verbs
from tickets.choices import TaskState
from tickets.models import Ticket, TicketTask

GLYPHS = {TaskState.OPEN: "new", TaskState.DONE: "done", TaskState.CANCELLED: "cancelled"}
DEEDS = {
    "finish": (actions.finish_task, __("“%(task)s” is done.")),
    "cancel": (actions.cancel_task, __("“%(task)s” is cancelled.")),
    "reopen": (actions.reopen_task, __("“%(task)s” is open again.")),
}
MOST = 200  # of one's own tasks on one page


class TaskForm(DeskForm):
    """What may be changed on a task."""

    title = django_forms.CharField(label=__("What is to be done"), max_length=250)
    assignee = django_forms.ChoiceField(label=__("Assignee"), required=False)
    team = django_forms.ChoiceField(label=__("Team"), required=False)
    due_at = LocalInstantField(label=__("Due"), required=False)
    blocked_by = django_forms.ChoiceField(label=__("Waits for"), required=False)
    position = django_forms.IntegerField(label=__("Place in the list"), min_value=0, max_value=10_000)

    def __init__(self, task: TicketTask, actor: Actor, data: Any = None):
        names = ("title", "due_at", "position")
        initial = {name: getattr(task, name) for name in names}
        keys = ("assignee", "team", "blocked_by")
        initial |= {name: str(getattr(task, f"{name}_id") or "") for name in keys}
        super().__init__(data, initial=initial)
        teams = verb_forms.teams(actor, task.customer_id)
        others = [one for one in work.tasks(task.ticket) if one.pk != task.pk]
        self.fields["assignee"].choices = verb_forms.assignees(task.customer_id, task.team_id)
        self.fields["team"].choices = choices_of(teams, empty=_("No team"))
        self.fields["blocked_by"].choices = choices_of(others, empty=_("Nothing"))

    def changes(self, task: TicketTask, actor: Actor) -> dict[str, Any]:
        """The changed fields as rows, as the action takes them."""
        rows = {
            "assignee": queries.desk_users(actor),
            "team": Team.objects.visible_to(actor),
            "blocked_by": TicketTask.objects.filter(customer_id=task.customer_id, ticket_id=task.ticket_id),
        }
        given = {name: self.cleaned_data[name] for name in self.changed_data if name != once.FIELD}
        return {
            name: (rows[name].filter(pk=value).first() if value else None) if name in rows else value
            for name, value in given.items()
        }


def tab(ticket: Ticket, request: HttpRequest, allowed: set[str]) -> dict[str, Any]:
    """What the tab of tasks shows."""
    may = "add_task" in allowed
    rows = list(work.tasks(ticket))
    for one in rows:
        one.ticket = ticket  # so that no row asks for it again
    return {
        "tasks": [_shown(one, request.actor) for one in rows],
        "may_task": may,
        "task_url": reverse("desk:task-add", args=[ticket.number]) if may else "",
        "task_dialog": reverse("desk:verb", args=[ticket.number, "add_task"]) if may else "",
    }


@require_GET
@doors.page
def mine(request: HttpRequest) -> HttpResponse:
    """My work: open tasks in my hands or in those of my teams, what is due first."""
    rows = list(work.my_tasks(request.actor)[: MOST + 1])
    return shell.render(
        request, "desk/my_tasks.html", current="tasks", title=_("My tasks"), most=MOST, is_cut=len(rows) > MOST,
        tasks=[_shown(one, request.actor) for one in rows[:MOST]],
    )  # fmt: skip


@require_POST
@doors.page
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add a task by its title alone."""
    ticket = records.get_ticket(request, number)
    raw = {"title": request.POST.get("title", "")}
    ticket_verbs.run(ticket, "add_task", raw, by=request.actor, at=request.at)
    messages.success(request, _("The task is added."))
    return _to_tab(ticket)


@require_POST
@doors.page
def act(request: HttpRequest, number: str, task_id: int, deed: str) -> HttpResponse:
    """Finish, cancel or reopen a task: one press."""
    ticket = records.get_ticket(request, number)
    do, sentence = DEEDS[deed]
    task = do(_get(ticket, task_id), by=request.actor, at=request.at)
    messages.success(request, sentence % {"task": task.title})
    return redirect("desk:my-tasks") if request.POST.get("from") == "mine" else _to_tab(ticket)


@require_http_methods(["GET", "POST"])
@doors.page
def change(request: HttpRequest, number: str, task_id: int) -> HttpResponse:
    """The dialog of a task: words, hands, due time, what must come before."""
    ticket = records.get_ticket(request, number)
    policy.require(request.actor, "add_task", ticket)
    task = _get(ticket, task_id)
    form = TaskForm(task, request.actor, request.POST if request.method == "POST" else None)
    named = {"title": task.title, "form": form, "submit": _("Save")}
    if request.method == "GET":
        return verbs.dialog(request, ticket, **named)
    if form.is_valid():
        try:
            fields = form.changes(task, request.actor)
            actions.change_task(task, by=request.actor, at=request.at, fields=fields)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("The task is saved."))
            return verbs.back(request, ticket) if doors.is_fragment(request) else _to_tab(ticket)
    return verbs.dialog(request, ticket, status=422, **named)


@require_POST
@doors.page
def add_item(request: HttpRequest, number: str, task_id: int) -> HttpResponse:
    """Add a line to a checklist."""
    ticket = records.get_ticket(request, number)
    text = request.POST.get("text", "").replace("\x00", "")
    actions.add_task_item(_get(ticket, task_id), by=request.actor, at=request.at, text=text)
    return _to_tab(ticket)


@require_POST
@doors.page
def tick(request: HttpRequest, number: str, task_id: int, item_id: int) -> HttpResponse:
    """Tick a line of a checklist, or untick it."""
    ticket = records.get_ticket(request, number)
    task = _get(ticket, task_id)
    line = task.items.filter(customer_id=ticket.customer_id, pk=item_id).first()
    if line is None:
        raise errors.NotFound(_("There is no such line on this task's checklist."))
    line.task = task
    actions.tick_task_item(
        line, by=request.actor, at=request.at, is_done=request.POST.get("is_done") == "yes"
    )
    return _to_tab(ticket)


def _get(ticket: Ticket, task_id: int) -> TicketTask:
    found = TicketTask.objects.filter(customer_id=ticket.customer_id, ticket=ticket, pk=task_id)
    task = found.select_related("assignee", "team", "blocked_by").first()
    if task is None:
        raise errors.NotFound(_("There is no such task on %(number)s.") % {"number": ticket.number})
    task.ticket = ticket
    return task


def _to_tab(ticket: Ticket) -> HttpResponse:
    return redirect(reverse("desk:ticket", args=[ticket.number]) + "?tab=tasks")


def _shown(task: TicketTask, actor: Actor) -> dict[str, Any]:
    """One task as the tab and the page of my tasks draw it."""
    blocker = task.blocked_by
    return {
        "task": task,
        "who": showing.login(task.assignee, actor),
        "team": task.team,
        "status": {"glyph": GLYPHS[TaskState(task.state)], "word": TaskState(task.state).label},
        "waits_for": blocker.title if blocker is not None and blocker.is_open and task.is_open else "",
        "lines": getattr(task, "lines", []),
        "left": sum(1 for one in getattr(task, "lines", []) if one.done_at is None),
        "is_mine": task.assignee_id == actor.user_id,
    }
