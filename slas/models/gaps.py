"""Where promises do not fit into each other: what a team or a supplier may take is longer than a customer was told."""

from django.db import models
from django.db.models import Q

from core.actor import ALL, Actor
from customers.models import CustomerModel, ScopedManager, ScopedQuerySet
from slas.choices import GapState
from slas.models.agreements import Agreement
from slas.models.targets import Target


class GapQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "GapQuerySet":
        """Gaps of the actor's customers, for the provider's people alone."""
        if not actor.is_inside:
            return self.none()
        return self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)

    def unresolved(self) -> "GapQuerySet":
        """Those that are still there, accepted or not."""
        return self.exclude(state=GapState.RESOLVED)


class Gap(CustomerModel):
    """One target of an agreement with a customer that an inner agreement may overrun, and who decided what about it.

    `through` is the team's agreement whose time passes before the supplier's begins, where the two add up.
    """

    outer = models.ForeignKey(Agreement, models.PROTECT, db_index=False, related_name="gaps")
    outer_version = models.PositiveIntegerField()
    outer_target = models.ForeignKey(Target, models.PROTECT, db_index=False, related_name="+")
    inner = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    inner_version = models.PositiveIntegerField()
    inner_target = models.ForeignKey(Target, models.PROTECT, db_index=False, related_name="+")
    through = models.ForeignKey(Agreement, models.PROTECT, null=True, db_index=False, related_name="+")
    case = models.CharField(
        max_length=80, help_text="Metric, kind, priority, category and type of item, as one text."
    )
    over_seconds = models.PositiveIntegerField(help_text="By how much at the worst moment to begin.")
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=GapState, default=GapState.OPEN)
    owner = models.ForeignKey("accounts.User", models.PROTECT, null=True, db_index=False, related_name="+")
    decision = models.CharField(max_length=500, blank=True, default="")
    decided_label = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    objects = ScopedManager.from_queryset(GapQuerySet)()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "outer", "inner", "case"],
                condition=~Q(state=GapState.RESOLVED),
                name="one_gap_for_each_case",
            ),
            models.CheckConstraint(condition=Q(over_seconds__gt=0), name="gap_is_over_something"),
            models.CheckConstraint(
                condition=Q(state=GapState.RESOLVED, resolved_at__isnull=False)
                | (~Q(state=GapState.RESOLVED) & Q(resolved_at=None)),
                name="gone_gap_says_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=GapState.ACCEPTED) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="accepted_gap_says_why",
            ),
        )
        indexes = (models.Index(fields=["customer", "outer", "id"], name="gap_of_agreement"),)

    def __str__(self) -> str:
        return f"{self.outer} / {self.inner}"

    @property
    def journal_kind(self) -> str:
        return "gap"

    @property
    def journal_label(self) -> str:
        return str(self.pk)
