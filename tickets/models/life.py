"""Who follows a ticket, what was merged into it, and the deadlines of a ticket's life that no agreement names."""

from django.db import models
from django.db.models import F, Q

from customers.models import CompartmentModel, ReferenceModel
from tickets.models.ticket import Ticket


class Watcher(CompartmentModel):
    """One login of the desk that follows a ticket without having it in hand."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="watchers"
    )
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "ticket", "user"], name="watched_once"),
            models.UniqueConstraint(fields=["customer", "user", "ticket"], name="watched_by"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} watches ticket {self.ticket_id}"


class Participant(CompartmentModel):
    """One person of the customer who sees a ticket beside its requester, is told of it and may answer."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="participants"
    )
    person = models.ForeignKey("accounts.Person", models.PROTECT, db_constraint=False, related_name="+")
    since_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "ticket", "person"], name="takes_part_once"),
            models.UniqueConstraint(fields=["customer", "person", "ticket"], name="takes_part_by"),
        )

    def __str__(self) -> str:
        return f"person {self.person_id} takes part in ticket {self.ticket_id}"


class Merge(CompartmentModel):
    """One merge: `ticket` was a duplicate and went into `into`. `stored` is what unmerging puts back."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="merges"
    )
    into = models.ForeignKey(Ticket, models.PROTECT, db_constraint=False, related_name="absorbed")
    into_compartment = models.BigIntegerField(default=0)
    merged_at = models.DateTimeField()
    by_label = models.CharField(max_length=200)
    stored = models.JSONField(help_text="The merged ticket's columns as they were: {name: value}.")
    detail = models.JSONField(default=dict, help_text="The process's own columns as they were.")
    added_participant = models.BooleanField(
        default=False, help_text="Its requester takes part in the other one since."
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "ticket"], condition=Q(undone_at=None), name="merged_once"
            ),
            models.CheckConstraint(condition=~Q(ticket=F("into")), name="no_merge_into_itself"),
        )
        indexes = (models.Index(fields=["customer", "into"], name="merge_of"),)

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} merged into {self.into_id}"


class LifeRule(ReferenceModel):
    """The deadlines of a ticket's life, in working days: one row for all, and one for a customer that differs."""

    reopen_days = models.PositiveSmallIntegerField(default=5)
    close_days = models.PositiveSmallIntegerField(default=5)
    first_reminder_days = models.PositiveSmallIntegerField(default=2)
    second_reminder_days = models.PositiveSmallIntegerField(default=4)
    give_up_days = models.PositiveSmallIntegerField(default=6)
    never_chased_levels = models.PositiveSmallIntegerField(
        default=2, help_text="So many of the highest priorities are never chased."
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer"], nulls_distinct=False, name="one_life_per_customer"),
            models.CheckConstraint(
                condition=Q(first_reminder_days__gt=0)
                & Q(second_reminder_days__gt=F("first_reminder_days"))
                & Q(give_up_days__gt=F("second_reminder_days")),
                name="reminders_come_in_order",
            ),
            models.CheckConstraint(condition=Q(reopen_days__gt=0, close_days__gt=0), name="windows_are_days"),
        )

    def __str__(self) -> str:
        return str(self.customer) if self.customer_id else "All customers"

    @property
    def journal_kind(self) -> str:
        return "life_rule"

    @property
    def journal_label(self) -> str:
        return self.customer.slug if self.customer else "all"
