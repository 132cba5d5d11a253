"""How services present themselves, and the categories that work on them is sorted into."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerModel, ReferenceModel


class Category(ReferenceModel):
    """One category of work, in a tree two levels deep or more; the installation's or one customer's own."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=20, blank=True, help_text="Of one kind of ticket only; empty: of all.")
    service = models.ForeignKey(
        "cmdb.ConfigurationItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of one service only; empty: of all.",
    )
    asks_verification = models.BooleanField(
        default=False, help_text="The caller is verified before such a ticket is resolved."
    )
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "category"

    @property
    def journal_label(self) -> str:
        return self.slug


class Criticality(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    CRITICAL = "critical", _("Critical")


class ServiceProfile(ReferenceModel):
    """How one service is offered and supported: one row beside its configuration item."""

    service = models.OneToOneField("cmdb.ConfigurationItem", models.CASCADE, related_name="profile")
    summary = models.CharField(max_length=300, blank=True)
    criticality = models.CharField(max_length=8, choices=Criticality, default=Criticality.MEDIUM)
    owner = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    support_team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="+")
    default_category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.summary or str(self.service_id)


class RequirementState(models.TextChoices):
    CURRENT = "current", _("Current")
    RETIRED = "retired", _("No longer needed")


class ServiceRequirement(CustomerModel):
    """One thing that one customer needs of a service, or of all he takes (8.2.2): what agreements answer (8.3.3)."""

    key = models.SlugField(max_length=40, help_text="Like REQ-7: how people refer to it.")
    service = models.ForeignKey(
        "cmdb.ConfigurationItem", models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    source = models.CharField(
        max_length=200, blank=True, help_text="Where it was said: a meeting, a contract."
    )
    state = models.CharField(max_length=8, choices=RequirementState, default=RequirementState.CURRENT)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="requirement_customer_id"),
            models.UniqueConstraint(fields=["customer", "key"], name="requirement_key_once"),
        )
        indexes = (models.Index(fields=["customer", "service", "id"], name="requirement_of_service"),)

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    @property
    def journal_kind(self) -> str:
        return "service_requirement"

    @property
    def journal_label(self) -> str:
        return self.key
