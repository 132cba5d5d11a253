"""How the provider runs major incidents: criteria, procedure, whom it tells, in which words."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from customers.models import ReferenceModel
from incidents.choices import Occasion, UpdateAudience


class MajorProcedure(ReferenceModel):
    """One version of what makes an incident a major one and how it is run then. Append-only: a major incident keeps
    the version by which it was declared."""

    append_only = True
    version = models.PositiveIntegerField(unique=True)
    criteria = models.TextField()
    procedure = models.TextField()
    interval_seconds = models.PositiveIntegerField(default=3600, help_text="Between two updates.")
    lead_seconds = models.PositiveIntegerField(default=900, help_text="Until somebody leads it.")
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(criteria="") & ~Q(procedure=""), name="procedure_is_written"),
            models.CheckConstraint(
                condition=Q(interval_seconds__gt=0, lead_seconds__gt=0), name="procedure_takes_time"
            ),
        )

    def __str__(self) -> str:
        return f"major incident procedure {self.version}"

    @property
    def journal_kind(self) -> str:
        return "major_procedure"

    @property
    def journal_label(self) -> str:
        return f"version {self.version}"


class TopManager(ReferenceModel):
    """One login of top management: told when a major incident is declared, with every update, and when it is over."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "user"], nulls_distinct=False, name="top_manager_once"
            ),
        )

    def __str__(self) -> str:
        return str(self.user)

    @property
    def journal_kind(self) -> str:
        return "top_manager"

    @property
    def journal_label(self) -> str:
        return str(self.user)


class UpdateTemplate(ReferenceModel):
    """The words that an update starts from, for one occasion and audience. `{title}`, `{service}` and `{next_update}`
    are filled in."""

    occasion = models.CharField(max_length=10, choices=Occasion)
    audience = models.CharField(max_length=10, choices=UpdateAudience)
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "occasion", "audience"], nulls_distinct=False, name="update_template_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a_template_says_something"),
        )

    def __str__(self) -> str:
        return f"{self.get_occasion_display()}: {self.get_audience_display()}"

    @property
    def journal_kind(self) -> str:
        return "update_template"

    @property
    def journal_label(self) -> str:
        return f"{self.occasion} {self.audience}"
