"""How it went, as the customer says after closing: the question, and one answer for each ticket (8.3.2)."""

from django.db import models
from django.db.models import Q

from core.actor import Actor
from customers.models import CompartmentModel, ReferenceModel, ScopedManager, ScopedQuerySet
from tickets.models.ticket import Ticket


class Survey(ReferenceModel):
    """The question that is asked after closing: the installation's (customer null), or one customer's own.

    An empty question is the house's own, in the reader's language. Scores run from 1 to 5; `low_score` and below is
    told to the team's leads.
    """

    question = models.CharField(max_length=200, blank=True)
    low_score = models.PositiveSmallIntegerField(default=2)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer"], nulls_distinct=False, name="one_survey_per_customer"
            ),
            models.CheckConstraint(condition=Q(low_score__range=(0, 5)), name="low_score_is_a_score"),
        )

    def __str__(self) -> str:
        return str(self.customer) if self.customer_id else "All customers"

    @property
    def journal_kind(self) -> str:
        return "survey"

    @property
    def journal_label(self) -> str:
        return self.customer.slug if self.customer else "all"


class AnswerQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "AnswerQuerySet":
        """The desk's customers'; a customer's people see their own, a manager those of his."""
        rows = self.of_customers(actor).filter(compartment__in=actor.compartments)
        if actor.is_inside:
            return rows
        managed = [one for one in actor.grants if actor.may("ticket.read_customer", one)]
        return rows.filter(Q(ticket__requester_id__in=actor.persons) | Q(customer_id__in=managed))


class Answer(CompartmentModel):
    """One invitation to say how one ticket went, and the answer to it. `score` is 1 (bad) to 5, null until answered."""

    ticket = models.OneToOneField(
        Ticket, models.PROTECT, primary_key=True, db_constraint=False, related_name="survey"
    )
    question = models.CharField(max_length=200, blank=True, help_text="As asked; empty: the house's own.")
    low_score = models.PositiveSmallIntegerField(default=2)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)

    objects = ScopedManager.from_queryset(AnswerQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "ticket"], name="asked_once_per_ticket"),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(1, 5)), name="score_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(score=None, answered_at=None) | Q(score__isnull=False, answered_at__isnull=False),
                name="answered_says_a_score",
            ),
        )

    def __str__(self) -> str:
        return f"answer about ticket {self.ticket_id}"
