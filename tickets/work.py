"""Reads of what hangs beside a ticket's life: its tasks and its time, for every door."""

from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from core.actor import ALL, Actor
from tickets.choices import Phase, TaskState
from tickets.models import TaskItem, Ticket, TicketTask, TimeEntry


def tasks(ticket: Ticket) -> QuerySet[TicketTask]:
    """The ticket's tasks in their order, each with its checklist in `lines`."""
    lines = TaskItem.objects.filter(customer_id=ticket.customer_id).order_by("position", "id")
    rows = TicketTask.objects.filter(customer_id=ticket.customer_id, ticket=ticket)
    rows = rows.select_related("assignee", "team", "blocked_by").order_by("position", "id")
    return rows.prefetch_related(Prefetch("items", lines, to_attr="lines"))


def my_tasks(actor: Actor) -> QuerySet[TicketTask]:
    """Open tasks that are this person's, or his teams' and nobody's in particular; what is due first comes first."""
    own = Q(assignee_id=actor.user_id or 0) | Q(assignee=None, team_id__in=sorted(actor.teams))
    rows = TicketTask.objects.filter(own, state=TaskState.OPEN).exclude(ticket__phase=Phase.CLOSED)
    rows = rows if actor.customers is ALL else rows.filter(customer_id__in=actor.customers)
    rows = rows.filter(compartment__in=actor.compartments)
    return rows.select_related("ticket__customer", "assignee", "team", "blocked_by").order_by(
        F("due_at").asc(nulls_last=True), "id"
    )


def times(ticket: Ticket) -> list[TimeEntry]:
    """All time entries, oldest first, with what was corrected: `superseded_by` is the row that took its place."""
    rows = TimeEntry.objects.filter(customer_id=ticket.customer_id, ticket=ticket).select_related("user")
    found: list[Any] = list(rows.order_by("started_at", "id"))
    newer = {one.supersedes_id: one for one in found if one.supersedes_id}
    for one in found:
        one.superseded_by = newer.get(one.pk)
    return found
