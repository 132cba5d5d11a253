"""What a provider may tune about tickets: levels of priority, the matrix, reasons to wait. Data, never new states."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from customers.models import ReferenceModel
from tickets.choices import HoldKind


class Priority(ReferenceModel):
    """One level of priority; 1 is the highest, four by default."""

    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "priorities"
        ordering = ("level",)
        constraints = (
            models.UniqueConstraint(fields=["customer", "level"], nulls_distinct=False, name="level_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "priority"

    @property
    def journal_label(self) -> str:
        return f"P{self.level}"


class Matrix(ReferenceModel):
    """One version of the table impact x urgency -> priority. Append-only: a ticket keeps the version that judged it."""

    append_only = True
    version = models.PositiveIntegerField(unique=True)
    cells = models.JSONField(
        help_text='{"1": {"1": 1, "2": 2, "3": 3}, …}: impact, then urgency, gives the level.'
    )
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "matrices"

    def __str__(self) -> str:
        return f"matrix {self.version}"

    @property
    def journal_kind(self) -> str:
        return "priority_matrix"

    @property
    def journal_label(self) -> str:
        return f"version {self.version}"

    def judge(self, impact: int, urgency: int) -> int:
        """The priority level for an impact and an urgency, each 1 to 3."""
        return self.cells[str(impact)][str(urgency)]


class HoldReason(ReferenceModel):
    """One reason to wait, of exactly one kind; the kind decides what it needs and which clocks pause."""

    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=HoldKind)
    is_active = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False, help_text="Taken when a caller names the kind only.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "slug"], nulls_distinct=False, name="hold_reason_once"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(is_default=True, customer=None),
                name="one_default_reason_per_kind",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "hold_reason"

    @property
    def journal_label(self) -> str:
        return self.slug
