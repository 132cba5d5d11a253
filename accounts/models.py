"""Logins (installation-wide, never listed to customers) and persons (one customer's record of a human)."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.choices import Density, Distribution, OutboxSeconds, Theme
from accounts.portals import Portal  # noqa: F401 - a model of this room, in a file of its own
from accounts.roles import Role
from accounts.rota_models import Rota, RotaMember, RotaSwap  # noqa: F401 - as above
from core.actor import ALL, Actor
from customers.models import (
    CustomerModel,
    HistoryModel,
    Ownership,
    ReferenceModel,
    ScopedManager,
    ScopedQuerySet,
)


def email_key(address: str) -> str:
    """An address as it is compared and looked up: trimmed, lower case (no operator that a policy would block)."""
    return address.strip().lower()


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """A login; without a password it can sign in by passkey or reset only."""
        user = self.model(email=email_key(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str) -> "User":
        return self.get(email=email_key(username))


class User(AbstractBaseUser, PermissionsMixin):
    """One login, known to the whole installation and never listed to customers."""

    ownership = Ownership.FRAMEWORK
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(
        default=False, help_text=_("May look at the read-only administration pages.")
    )
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=5, choices=Theme, blank=True, default=Theme.SYSTEM)
    density = models.CharField(max_length=8, choices=Density, blank=True, default=Density.COMFORTABLE)
    has_keys = models.BooleanField(default=True, help_text=_("Single-key shortcuts are on."))
    outbox_seconds = models.PositiveSmallIntegerField(choices=OutboxSeconds, default=OutboxSeconds.NORMAL)
    date_joined = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ("name",)
    objects = UserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(outbox_seconds__in=[5, 10, 20, 60]), name="outbox_is_one_of_the_lengths"
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def journal_kind(self) -> str:
        return "user"

    @property
    def journal_label(self) -> str:
        return str(self)


class Site(CustomerModel):
    """One place of a customer, with its own time zone and, if it differs, its own calendar."""

    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    calendar = models.ForeignKey(
        "calendars.Calendar", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="site_customer_id"),
            models.UniqueConstraint(fields=["customer", "name"], name="site_name_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "site"

    @property
    def journal_label(self) -> str:
        return self.name


class PersonQuerySet(ScopedQuerySet):
    def visible_to(self, actor: Actor) -> "PersonQuerySet":
        """The desk sees the people of its customers; a customer's people themselves, a manager all of his."""
        rows = self if actor.customers is ALL else self.filter(customer_id__in=actor.customers)
        if actor.is_inside:
            return rows
        managed = [one for one in actor.grants if actor.may("ticket.read_customer", one)]
        return rows.filter(Q(id__in=actor.persons) | Q(customer_id__in=managed))

    def at_address(self, address: str) -> "PersonQuerySet":
        return self.filter(email_key=email_key(address))


class Person(CustomerModel):
    """One customer's record of a human: requester, participant, owner. `user` is set when he can sign in."""

    name = models.CharField(max_length=200)
    call_name = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    email_key = models.CharField(max_length=254, blank=True, editable=False)
    phone = models.CharField(max_length=60, blank=True)
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, db_constraint=False, related_name="people"
    )
    language = models.CharField(max_length=12, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    is_vip = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="persons")
    source_key = models.CharField(
        max_length=200, blank=True, help_text=_("The key in the tool it was imported from.")
    )
    version = models.PositiveIntegerField(default=1)

    objects = ScopedManager.from_queryset(PersonQuerySet)()
    history = HistoricalRecords(bases=[HistoryModel], history_id_field=models.BigAutoField(primary_key=True))

    class Meta:
        verbose_name_plural = "people"
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="person_customer_id"),
            models.UniqueConstraint(
                fields=["customer", "email_key"], condition=~Q(email_key=""), name="person_email_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "source_key"], condition=~Q(source_key=""), name="person_source_once"
            ),
            models.UniqueConstraint(fields=["customer", "user"], name="person_user_once"),
        )
        indexes = (models.Index(fields=["customer", "name", "id"], name="person_name"),)

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "person"

    @property
    def journal_label(self) -> str:
        return self.name

    def save(self, **options) -> None:
        self.email_key = email_key(self.email)
        super().save(**options)


class Team(ReferenceModel):
    """One team: the provider's (customer null) or a customer's own second line."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    is_triage = models.BooleanField(default=False, help_text=_("Receives what no rule sends elsewhere."))
    is_active = models.BooleanField(default=True)
    distribution = models.CharField(max_length=12, choices=Distribution, default=Distribution.MANUAL)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["is_triage"], condition=Q(is_triage=True, customer=None), name="one_triage_team"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "team"

    @property
    def journal_label(self) -> str:
        return self.name


class Membership(models.Model):
    """One login in one team."""

    ownership = Ownership.FRAMEWORK
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    is_lead = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "team"], name="in_a_team_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"


class Absence(models.Model):
    """One stretch of days on which one login is away, both days included, in that person's own time zone."""

    ownership = Ownership.FRAMEWORK
    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    from_on = models.DateField()
    to_on = models.DateField()
    deputy = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="an_absence_ends_later"),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("user")), name="nobody_is_his_own_deputy"
            ),
        )
        indexes = (models.Index(fields=["user", "to_on"], name="absence_of_user"),)

    def __str__(self) -> str:
        return f"{self.from_on} to {self.to_on}"

    @property
    def journal_kind(self) -> str:
        return "absence"

    @property
    def journal_label(self) -> str:
        return str(self)


class ServiceAccount(models.Model):
    """One program that uses the API under its own name; it has an owner, no browser sign-in, two tokens at most."""

    ownership = Ownership.FRAMEWORK
    name = models.CharField(max_length=120, unique=True)
    owner = models.ForeignKey(User, models.PROTECT, related_name="service_accounts")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name

    @property
    def journal_kind(self) -> str:
        return "service_account"

    @property
    def journal_label(self) -> str:
        return self.name


class Grant(models.Model):
    """One role of one login or service account, at one customer or (customer null) at all of them."""

    ownership = Ownership.FRAMEWORK
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="grants")
    service_account = models.ForeignKey(
        ServiceAccount, models.CASCADE, null=True, blank=True, related_name="grants"
    )
    role = models.CharField(max_length=24, choices=Role)
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(service_account=None), name="grant_has_one_holder"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["requester", "customer_manager"]) | Q(customer__isnull=False),
                name="customer_roles_name_their_customer",
            ),
            models.UniqueConstraint(
                fields=["user", "service_account", "role", "customer"],
                nulls_distinct=False,
                name="granted_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} at {self.customer_id or 'all'}"


class Token(models.Model):
    """One API token. The secret is shown once; here lie its public prefix and the SHA-256 of the whole."""

    ownership = Ownership.FRAMEWORK
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="tokens")
    service_account = models.ForeignKey(
        ServiceAccount, models.CASCADE, null=True, blank=True, related_name="tokens"
    )
    scopes = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(service_account=None), name="token_has_one_holder"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires_later"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Compartment(models.Model):
    """One closed list of people around restricted tickets; 0, the normal compartment, has no row. Names nothing."""

    ownership = Ownership.FRAMEWORK
    created_at = models.DateTimeField(db_default=Now())
    members = models.ManyToManyField(User, through="CompartmentMember", related_name="compartments")

    def __str__(self) -> str:
        return f"compartment {self.pk}"


class CompartmentMember(models.Model):
    """One login that may see one compartment; until `until_at`, where the glass was broken for it."""

    ownership = Ownership.FRAMEWORK
    compartment = models.ForeignKey(Compartment, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["compartment", "user"], name="in_a_compartment_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} in compartment {self.compartment_id}"


class SupplierMember(models.Model):
    """One login that works for a supplier: it sees what was handed over to him, and holds no role."""

    ownership = Ownership.FRAMEWORK
    user = models.OneToOneField(User, models.CASCADE, related_name="supplier_member")
    organization = models.ForeignKey("customers.Organization", models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.user_id} of {self.organization_id}"


class SupplierReach(models.Model):
    """One customer whose tickets a supplier has had in hand: into whose rows his people's scope may reach at all."""

    ownership = Ownership.FRAMEWORK
    organization = models.ForeignKey("customers.Organization", models.CASCADE, related_name="+")
    customer = models.ForeignKey("customers.Customer", models.CASCADE, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organization", "customer"], name="reached_once"),)

    def __str__(self) -> str:
        return f"{self.organization_id} at {self.customer_id}"
