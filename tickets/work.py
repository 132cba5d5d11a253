"""Reads of what hangs beside a ticket's life: its tasks and its time, for every door."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from core.actor import ALL, Actor
from tickets.choices import Phase, TaskState
from tickets.models import CustomField, TaskItem, Ticket, TicketRead, TicketTask, TimeEntry


@dataclass(frozen=True)
class Counts:
    """What a ticket's page says before it looks closer: tasks that are open, all tasks, seconds of time, how many
    custom fields may apply, and until when its reader has read it."""

    open_tasks: int = 0
    tasks: int = 0
    seconds: int = 0
    fields: int = 0
    read_at: dt.datetime | None = None


def counts(ticket: Ticket, by: Actor | None = None) -> Counts:
    """All of them for one ticket, in one statement; `read_at` is until when this login has read it."""
    tasks = TicketTask.objects.filter(customer_id=ticket.customer_id, ticket=OuterRef("pk")).order_by()
    counted = tasks.values("ticket").annotate(all=Count("id"), left=Count("id", filter=Q(state="open")))
    spent = TimeEntry.objects.filter(customer_id=ticket.customer_id, ticket=OuterRef("pk")).current()
    summed = spent.order_by().values("ticket").annotate(sum=Sum("seconds"))
    known = CustomField.objects.filter(
        Q(customer=None) | Q(customer_id=ticket.customer_id), kind=OuterRef("kind"), is_active=True
    )
    numbered = known.order_by().values("kind").annotate(all=Count("id"))
    user_id = by.user_id if by else None
    read = TicketRead.objects.filter(
        customer_id=ticket.customer_id, ticket=OuterRef("pk"), user_id=user_id or 0
    )
    row = Ticket.objects.filter(customer_id=ticket.customer_id, pk=ticket.pk).values_list(
        Coalesce(Subquery(counted.values("left")), 0),
        Coalesce(Subquery(counted.values("all")), 0),
        Coalesce(Subquery(summed.values("sum")), 0),
        Coalesce(Subquery(numbered.values("all")), 0),
        Subquery(read.values("at")[:1]),
    )
    return Counts(*row[0])


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
