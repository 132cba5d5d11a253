"""What is to be done on a ticket, in parts: tasks, and what is ticked off inside one. Of every process alike."""

from django.db import models
from django.db.models import F, Q

from customers.models import CompartmentModel
from tickets.choices import TaskState
from tickets.models.ticket import Ticket


class TicketTask(CompartmentModel):
    """One piece of work of a ticket, for a person or a team, in the order of `position`."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="tasks"
    )
    title = models.CharField(max_length=250)
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.OPEN)
    position = models.PositiveIntegerField()
    assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    blocked_by = models.ForeignKey(
        "self", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="blocks"
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, help_text="When it was done or cancelled.")
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id", "compartment"], name="task_customer_id"),
            models.CheckConstraint(
                condition=Q(state=TaskState.OPEN, ended_at=None)
                | (~Q(state=TaskState.OPEN) & Q(ended_at__isnull=False)),
                name="a_task_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=Q(blocked_by=None) | ~Q(blocked_by=F("id")), name="no_task_blocks_itself"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="a_task_has_a_title"),
        )
        indexes = (
            models.Index(fields=["customer", "ticket", "position", "id"], name="task_of_ticket"),
            models.Index(fields=["assignee", "id"], name="task_mine", condition=Q(state="open")),
            models.Index(fields=["team", "id"], name="task_of_team", condition=Q(state="open")),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN


class TaskItem(CompartmentModel):
    """One line of a task's checklist."""

    task = models.ForeignKey(
        TicketTask, models.PROTECT, db_constraint=False, db_index=False, related_name="items"
    )
    text = models.CharField(max_length=250)
    position = models.PositiveIntegerField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="an_item_of_a_checklist_has_a_text"),
        )
        indexes = (models.Index(fields=["customer", "task", "position", "id"], name="item_of_task"),)

    def __str__(self) -> str:
        return self.text
