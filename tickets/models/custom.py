"""Fields that a provider adds to tickets: their definitions with every version, and their values in typed columns."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.db.models.lookups import Exact

from customers.models import CompartmentModel, ReferenceModel
from tickets.choices import FieldType, RequiredAt
from tickets.models.ticket import Ticket

COLUMNS = ("text", "number", "day", "instant", "flag", "person", "item")


class CustomField(ReferenceModel):
    """One field beyond the built-in ones, of one kind of ticket, for all customers or one, for all categories or one
    with what lies below it. Its key and type stay; all else may get a new version."""

    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=20)
    category = models.ForeignKey("catalogue.Category", models.PROTECT, null=True, related_name="+")
    type = models.CharField(max_length=10, choices=FieldType)
    label = models.CharField(max_length=120)
    help = models.CharField(max_length=300, blank=True)
    options = models.TextField(blank=True, help_text="One choice a line.")
    required_at = models.CharField(max_length=8, choices=RequiredAt, blank=True)
    is_on_form = models.BooleanField(default=True, help_text="Asked when the desk opens a ticket.")
    is_on_portal = models.BooleanField(default=False, help_text="Asked when a customer's people report.")
    shown_when = models.JSONField(
        default=list, blank=True,
        help_text='[{"field": "priority", "values": ["1", "2"]}, …]: asked only where each of these holds.',
    )  # fmt: skip
    is_folded = models.BooleanField(default=False, help_text="Hidden behind “more fields” on the ticket.")
    position = models.PositiveIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key"], name="custom_field_once"),
            models.CheckConstraint(
                condition=~Q(type__in=[FieldType.CHOICE, FieldType.CHOICES]) | ~Q(options=""),
                name="a_choice_has_options",
            ),
            models.CheckConstraint(
                condition=Exact(
                    Func(F("shown_when"), function="jsonb_typeof", output_field=models.TextField()),
                    Value("array"),
                ),
                name="shown_when_is_a_list",
            ),
        )
        indexes = (models.Index(fields=["kind", "position", "id"], name="custom_field_order"),)

    def __str__(self) -> str:
        return self.label

    @property
    def journal_kind(self) -> str:
        return "custom_field"

    @property
    def journal_label(self) -> str:
        return self.key

    @property
    def choices(self) -> list[str]:
        return [line.strip() for line in self.options.splitlines() if line.strip()]


class CustomFieldVersion(ReferenceModel):
    """What a custom field was from one version on. Append-only; a value names the version that it was given under."""

    append_only = True
    field = models.ForeignKey(CustomField, models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    definition = models.JSONField(help_text="Every column of the definition as it stood.")
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["field", "version"], name="custom_field_version_once"),
        )

    def __str__(self) -> str:
        return f"version {self.version} of field {self.field_id}"


class FieldValue(CompartmentModel):
    """One value of a custom field on one ticket, in the column of its type; several choices are several rows."""

    ticket = models.ForeignKey(
        Ticket, models.PROTECT, db_constraint=False, db_index=False, related_name="field_values"
    )
    field = models.ForeignKey(CustomField, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(help_text="The version of the definition that it was given under.")
    text = models.TextField(null=True)  # noqa: DJ001 - null says that the value lies in another column
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    day = models.DateField(null=True)
    instant = models.DateTimeField(null=True)
    flag = models.BooleanField(null=True)
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    item = models.ForeignKey("cmdb.ConfigurationItem", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "ticket", "field", "position"], name="field_value_once"
            ),
            models.CheckConstraint(
                condition=Exact(
                    Func(
                        *(F(name) for name in COLUMNS),
                        function="num_nonnulls",
                        output_field=models.IntegerField(),
                    ),
                    1,
                ),
                name="a_value_lies_in_one_column",
            ),
        )

    def __str__(self) -> str:
        return f"field {self.field_id} of ticket {self.ticket_id}"
