"""What was agreed and with whom: agreements, their versions as documents, and what one says beside its targets."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from customers.models import ReferenceModel
from slas.choices import SUPPLIED, AgreementKind, VersionState


class Days(Func):
    """The days of a version, both ends included; an open end is no end."""

    function = "daterange"
    output_field = DateRangeField()


class Agreement(ReferenceModel):
    """One agreement: with a customer (SLA), a team of ours (OLA), a supplier (UC, internal); or the installation's
    best effort (customer null, SLA) that always matches. Inner agreements without a customer hold for all of them.

    What it says lies in its versions. `version` is the number of the latest one, agreed or not.
    """

    kind = models.CharField(max_length=8, choices=AgreementKind, default=AgreementKind.SLA)
    name = models.CharField(max_length=120)
    team = models.ForeignKey("accounts.Team", models.PROTECT, null=True, blank=True, related_name="+")
    supplier = models.ForeignKey(
        "customers.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_default = models.BooleanField(default=False, help_text="Best effort, shown as “no agreement”.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="agreement_customer_id"),
            models.UniqueConstraint(
                fields=["customer", "name"], nulls_distinct=False, name="agreement_name_once"
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True),
                nulls_distinct=False,
                name="one_default_agreement",
            ),
            models.CheckConstraint(
                condition=Q(customer=None, kind=AgreementKind.SLA, is_default=True)
                | (Q(is_default=False) & (Q(customer__isnull=False) | ~Q(kind=AgreementKind.SLA))),
                name="only_the_default_has_no_customer",
            ),
            models.CheckConstraint(
                condition=Q(team=None) | Q(kind=AgreementKind.OLA), name="only_an_ola_is_with_a_team"
            ),
            models.CheckConstraint(
                condition=Q(supplier=None) | Q(kind__in=SUPPLIED), name="only_a_contract_is_with_a_supplier"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def latest(self) -> "AgreementVersion":
        """The version written last, agreed or not; `slas.documents.latest` brings it along for many."""
        known = getattr(self, "latest_versions", None)
        return known[0] if known else self.versions.select_related("calendar").get(number=self.version)

    @property
    def journal_kind(self) -> str:
        return "agreement"

    @property
    def journal_label(self) -> str:
        return self.name


class AgreementVersion(ReferenceModel):
    """One version of an agreement as a document: draft, offered, agreed by both sides, in force on its days.

    Its content never changes: an edit is the next version. Only its state and, when it ends or another one follows,
    its last day do.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    calendar = models.ForeignKey("calendars.Calendar", models.PROTECT, related_name="+")
    covers_all = models.BooleanField(
        default=True, help_text="All services of the customer; else those listed."
    )
    valid_from = models.DateField(null=True, blank=True, help_text="First local day; null = always.")
    valid_to = models.DateField(null=True, blank=True, help_text="Last local day; null = open end.")
    based_on = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="+")
    moves_running = models.BooleanField(
        default=False, help_text="Clocks that run move to this version when it comes into force."
    )
    scope = models.TextField(blank=True, help_text="What is delivered or supplied, in words.")
    responsibilities = models.TextField(blank=True, help_text="Who does and decides what, on both sides.")
    exceptions = models.TextField(blank=True, help_text="When targets do not hold; one to a line.")
    no_exceptions_reason = models.CharField(max_length=300, blank=True)
    no_limits_reason = models.CharField(
        max_length=300, blank=True, help_text="Why the workload has no limits."
    )
    agreed_at = models.DateTimeField(null=True, help_text="When the last of both sides approved.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["customer", "id"], name="agreement_version_customer_id"),
            models.UniqueConstraint(fields=["agreement", "number"], name="agreement_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="version_ends_later",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(VersionState.AGREED, VersionState.SUPERSEDED), agreed_at__isnull=False)
                | (~Q(state__in=(VersionState.AGREED, VersionState.SUPERSEDED)) & Q(agreed_at=None)),
                name="agreed_says_when",
            ),
            ExclusionConstraint(
                name="one_version_in_force",
                expressions=(
                    ("agreement", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to", Value("[]")), RangeOperators.OVERLAPS),
                ),
                condition=Q(state=VersionState.AGREED),
            ),
        )

    def __str__(self) -> str:
        return f"{self.agreement.name} {self.number}"


class AgreementService(ReferenceModel):
    """One service that one version of an agreement covers, where it does not cover all. Append-only."""

    append_only = True
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="listed")
    version = models.PositiveIntegerField(default=1)
    service = models.ForeignKey("cmdb.ConfigurationItem", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "agreement", "version", "service"],
                nulls_distinct=False,
                name="agreement_lists_once",
            ),
        )

    def __str__(self) -> str:
        return f"service {self.service_id} under agreement {self.agreement_id}"


class WorkloadLimit(ReferenceModel):
    """How many tickets a month one version of an agreement is made for (8.3.3). Append-only."""

    append_only = True
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    ticket_kind = models.CharField(max_length=20, blank=True, help_text="A process's kind; blank = any.")
    priority = models.PositiveSmallIntegerField(null=True, help_text="Null = any.")
    most = models.PositiveIntegerField(help_text="Tickets opened in a calendar month.")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "agreement", "version", "ticket_kind", "priority"],
                nulls_distinct=False,
                name="one_limit_for_each_case",
            ),
            models.CheckConstraint(condition=Q(most__gt=0), name="limit_allows_something"),
        )

    def __str__(self) -> str:
        return f"{self.most} a month"


class AnsweredRequirement(ReferenceModel):
    """One service requirement that one version of an agreement answers (8.3.3). Append-only."""

    append_only = True
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    requirement = models.ForeignKey("catalogue.ServiceRequirement", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "agreement", "version", "requirement"],
                nulls_distinct=False,
                name="requirement_answered_once",
            ),
        )

    def __str__(self) -> str:
        return f"requirement {self.requirement_id} by agreement {self.agreement_id}"
