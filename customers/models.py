"""Customers and what every customer's row has in common. Rows and scope only: the verbs live in accounts."""

import enum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actor import ALL, NORMAL, Actor
from customers import scoping


class Ownership(enum.StrEnum):
    """What a model's rows belong to; the database's policies are held against this declaration by a house test."""

    OWNED = "owned"  # one customer's
    SHARED = "shared"  # the provider's own, readable through share rows or by all
    REFERENCE = "reference"  # customer null = the installation's, readable by all
    CALLER = "caller"  # one caller's (a login's or a service account's), whatever the customer
    FRAMEWORK = "framework"  # tells a customer nothing about another; each with its reason


class ScopedQuerySet(models.QuerySet):
    """Rows of customers: to be narrowed by `visible_to`, which names the customers in SQL too."""

    def of_customers(self, actor: Actor) -> "ScopedQuerySet":
        """Rows of the customers in the actor's set: the filter, above the policy that is the net."""
        return self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    """Refuses to answer outside `customers.scope()`: a forgotten scope fails loudly, not with an empty list."""

    def get_queryset(self):
        scoping.current()
        return super().get_queryset()


class CustomerModel(models.Model):
    """A row that belongs to one customer (`customer` NOT NULL, row-level security, composite foreign keys)."""

    ownership = Ownership.OWNED
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)

    objects = ScopedManager()

    class Meta:
        abstract = True


class CompartmentModel(CustomerModel):
    """A customer's row that a restricted ticket can hide: 0 = normal, else the compartment it lies in."""

    compartment = models.BigIntegerField(default=NORMAL, editable=False)

    class Meta:
        abstract = True


class ReferenceQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "ReferenceQuerySet":
        """The installation's rows, and the customers' own of the actor's set."""
        return (
            self
            if actor.customers is ALL
            else self.filter(Q(customer=None) | Q(customer_id__in=actor.customers))
        )


class ReferenceModel(models.Model):
    """Reference data: `customer` null = the installation's, readable by all, written under the provider."""

    ownership = Ownership.REFERENCE
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = ScopedManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        abstract = True


class HistoryModel(models.Model):
    """What every history table shares: it is its customer's, and only ever grows."""

    ownership = Ownership.OWNED
    append_only = True

    class Meta:
        abstract = True


class Life(models.TextChoices):
    """The life of a customer (decision 8). Rows never move between customers."""

    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    LEAVING = "leaving", _("Leaving")
    ARCHIVED = "archived", _("Archived, read only")
    ERASED = "erased", _("Erased")


class Sharing(models.TextChoices):
    """How far a customer's people see each other's tickets."""

    OWN = "own", _("Only their own")
    SITE = "site", _("Their site's")
    ALL = "all", _("All of the customer's")


class CustomerQuerySet(models.QuerySet):
    def visible_to(self, actor: Actor) -> "CustomerQuerySet":
        """The customers in the actor's set."""
        return self if actor.customers is ALL else self.filter(id__in=actor.customers)


class CustomerManager(models.Manager.from_queryset(CustomerQuerySet)):
    def get_queryset(self):
        scoping.current()
        return super().get_queryset()


class Customer(models.Model):
    """One customer of the provider: the unit of isolation. The provider itself is the row with `is_provider`."""

    ownership = Ownership.OWNED  # its own id is the key
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    is_provider = models.BooleanField(default=False)
    life = models.CharField(max_length=12, choices=Life, default=Life.ACTIVE)
    time_zone = models.CharField(max_length=64, default="UTC")
    language = models.CharField(max_length=12, default="en")
    sharing = models.CharField(max_length=6, choices=Sharing, default=Sharing.OWN)
    is_sample = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = CustomerManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_provider"], condition=Q(is_provider=True), name="one_provider"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "customer"

    @property
    def journal_label(self) -> str:
        return self.slug


class Organization(ReferenceModel):
    """One organization that the provider (customer null) or one customer works with: a supplier, an internal one."""

    name = models.CharField(max_length=200)
    is_supplier = models.BooleanField(default=False)
    is_internal_supplier = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "name"], nulls_distinct=False, name="organization_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "organization"

    @property
    def journal_label(self) -> str:
        return self.name


class Installation(models.Model):
    """The one row that says how this installation presents itself to everybody: name, phone, mail, hours.

    `setup` is how far its first setting up has come, {step: "done" or "skipped"}; None where nobody sets it up.
    """

    ownership = Ownership.FRAMEWORK
    name = models.CharField(max_length=200, default="Clause8")
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    hours = models.CharField(max_length=120, blank=True)
    setup = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_installation"),)

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "installation"

    @property
    def journal_label(self) -> str:
        return self.name
