"""Configuration items (services are items of the type `service`), relations, shares and subscriptions."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.actor import ALL, Actor
from customers.models import (
    CustomerModel,
    HistoryModel,
    Ownership,
    ReferenceModel,
    ScopedManager,
    ScopedQuerySet,
)

SERVICE = "service"


class ItemType(ReferenceModel):
    """One type of configuration item, with the states its items may be in and a JSON Schema of their attributes."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    states = models.JSONField(default=list)
    attributes = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "configuration_item_type"

    @property
    def journal_label(self) -> str:
        return self.slug


class ItemAudience(models.TextChoices):
    OWNER = "owner", _("Its owner, and whom it is shared with")
    ALL = "all", _("All customers")


class ItemQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "ItemQuerySet":
        """Items owned by, shared with, or open to the customers in the actor's set."""
        if actor.customers is ALL:
            return self
        shared = Share.objects.filter(other_customer_id__in=actor.customers).values("item_id")
        return self.filter(
            Q(customer_id__in=actor.customers) | Q(audience=ItemAudience.ALL) | Q(id__in=shared)
        )

    def services(self) -> "ItemQuerySet":
        return self.filter(type__slug=SERVICE)


class ConfigurationItem(CustomerModel):
    """One thing that is managed to deliver services (8.2.6): a service, a server, a laptop. Owned by one customer."""

    ownership = Ownership.SHARED
    type = models.ForeignKey(ItemType, models.PROTECT, related_name="items")
    name = models.CharField(max_length=200)
    slug = models.SlugField(
        max_length=60, null=True, blank=True, unique=True, help_text=_("Services have one.")
    )
    description = models.TextField(blank=True)
    state = models.CharField(max_length=40, default="live")
    audience = models.CharField(max_length=5, choices=ItemAudience, default=ItemAudience.OWNER)
    attributes = models.JSONField(default=dict, blank=True)
    external_reference = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager.from_queryset(ItemQuerySet)()
    history = HistoricalRecords(bases=[HistoryModel], history_id_field=models.BigAutoField(primary_key=True))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="item_customer_id"),
            models.UniqueConstraint(
                fields=["customer", "external_reference"],
                condition=~Q(external_reference=""),
                name="item_source_once",
            ),
        )
        indexes = (models.Index(fields=["customer", "type", "name", "id"], name="item_by_type"),)

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "configuration_item"

    @property
    def journal_label(self) -> str:
        return self.slug or self.name


class Share(CustomerModel):
    """One item of the provider (or of a customer) that one other customer may read."""

    item = models.ForeignKey(ConfigurationItem, models.CASCADE, db_constraint=False, related_name="shares")
    other_customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "item", "other_customer"], name="shared_once"),
        )
        indexes = (models.Index(fields=["other_customer", "item"], name="share_of_other"),)

    def __str__(self) -> str:
        return f"item {self.item_id} with customer {self.other_customer_id}"


class Subscription(CustomerModel):
    """One service that one customer takes; a ticket's (customer, service) must be one of these."""

    service = models.ForeignKey(ConfigurationItem, models.PROTECT, related_name="subscriptions")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["customer", "service"], name="subscribed_once"),)

    def __str__(self) -> str:
        return f"customer {self.customer_id} takes {self.service_id}"


class RelationVerb(models.TextChoices):
    """What one item is to the other; read from `item` to `to`."""

    DEPENDS_ON = "depends_on", _("depends on")
    RUNS_ON = "runs_on", _("runs on")
    PART_OF = "part_of", _("is part of")
    CONNECTS_TO = "connects_to", _("is connected to")
    USED_BY = "used_by", _("is used by")


class Relation(CustomerModel):
    """One directed relation between two items, `item` verb `to`; both owners must be in the writer's scope."""

    item = models.ForeignKey(ConfigurationItem, models.CASCADE, db_constraint=False, related_name="relations")
    verb = models.CharField(max_length=16, choices=RelationVerb)
    other_customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    to = models.ForeignKey(
        ConfigurationItem, models.CASCADE, db_constraint=False, related_name="related_from"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "item", "verb", "to"], name="related_once"),
            models.CheckConstraint(condition=~Q(item=models.F("to")), name="no_relation_to_itself"),
        )
        indexes = (models.Index(fields=["other_customer", "to"], name="relation_back"),)

    def __str__(self) -> str:
        return f"{self.item_id} {self.verb} {self.to_id}"
