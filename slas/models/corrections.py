"""What people say about a clock afterwards: time that shall not count, and why a target was missed."""

from django.db import models
from django.db.models import F, Q

from core.actor import ALL, Actor
from customers.models import CompartmentModel, ScopedManager, ScopedQuerySet
from slas.choices import BreachCategory, Verdict
from slas.models.timers import Timer


class AfterwardsQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "AfterwardsQuerySet":
        """Those of the actor's customers and compartments. Who may look at clocks at all is a permission."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        return rows.filter(compartment__in=actor.compartments)

    def waiting(self) -> "AfterwardsQuerySet":
        """Corrections about which nobody has decided."""
        return self.filter(verdict="")


class Correction(CompartmentModel):
    """One request that a stretch of a clock's time shall not count, and what a second person decided about it.

    An approved one is a segment of the clock; `seconds` is the business time that it took away.
    """

    timer = models.ForeignKey(
        Timer, models.PROTECT, db_constraint=False, db_index=False, related_name="corrections"
    )
    from_at = models.DateTimeField()
    to_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=40, help_text="The actor as one text, user:7.")
    asked_label = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    verdict = models.CharField(
        max_length=8, choices=Verdict, blank=True, default="", help_text="Blank: it waits."
    )
    decided_by = models.CharField(max_length=40, blank=True, default="")
    decided_label = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")
    seconds = models.PositiveIntegerField(null=True)

    objects = ScopedManager.from_queryset(AfterwardsQuerySet)()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="correction_takes_time"),
            models.CheckConstraint(
                condition=Q(verdict="", decided_by="", decided_at=None)
                | (~Q(verdict="") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="correction_is_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="correction_needs_two"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVED, seconds__isnull=False)
                | (~Q(verdict=Verdict.APPROVED) & Q(seconds=None)),
                name="correction_says_how_much",
            ),
        )
        indexes = (
            models.Index(fields=["customer", "timer", "id"], name="correction_of_timer"),
            models.Index(fields=["id"], name="correction_waits", condition=Q(verdict="")),
        )

    def __str__(self) -> str:
        return f"correction of timer {self.timer_id}"


class BreachCause(CompartmentModel):
    """One explanation of why a clock's target was missed. Append-only: the newest of a clock counts."""

    append_only = True
    timer = models.ForeignKey(
        Timer, models.PROTECT, db_constraint=False, db_index=False, related_name="causes"
    )
    category = models.CharField(max_length=10, choices=BreachCategory, blank=True)
    text = models.CharField(max_length=500)
    is_disputed = models.BooleanField(default=False, help_text="Somebody does not agree that it was missed.")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects = ScopedManager.from_queryset(AfterwardsQuerySet)()

    class Meta:
        indexes = (models.Index(fields=["customer", "timer", "id"], name="cause_of_timer"),)

    def __str__(self) -> str:
        return self.text[:60]
