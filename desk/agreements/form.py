"""The form of a version of an agreement: all that it says. With whom it is was said before, and never changes."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Team
from calendars.models import Calendar
from catalogue.models import RequirementState, ServiceRequirement
from cmdb.models import ConfigurationItem
from core.actor import Actor
from core.form_fields import LocalDayField
from customers.models import Customer, Organization
from desk.agreements import rows
from desk.agreements.rows import Row
from desk.settings.section import SettingForm
from slas import documents
from slas.choices import SUPPLIED, AgreementKind
from slas.drafts import AgreementDraft
from slas.models import Agreement

SPARE_TARGETS, SPARE_LIMITS = 2, 1
MORE = 3  # rows that "more rows" adds where no script does it


@dataclass(frozen=True)
class Head:
    """With whom it is: said once, when it is made."""

    kind: str = AgreementKind.SLA
    customer: Customer | None = None
    team: Team | None = None
    supplier: Organization | None = None

    @property
    def is_default(self) -> bool:
        return self.kind == AgreementKind.SLA and self.customer is None

    @property
    def values(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}


def head_of(row: Agreement) -> Head:
    """With whom a written one is."""
    return Head(row.kind, row.customer, row.team, row.supplier)


def _rows_of(value: Any) -> Any:
    """The drafts that rows start from; a number only says how many rows there are."""
    return value if isinstance(value, list | tuple) else ()


def _area(lines: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": lines})


class AgreementForm(SettingForm):
    """One version, whole. `targets` and `limits` are hidden and count the rows of the two tables."""

    name = forms.CharField(label=__("Name"), max_length=120)
    calendar = forms.ModelChoiceField(None, label=__("Business hours"))
    services = forms.ModelMultipleChoiceField(
        None, label=__("Services"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=__("None chosen: all."),
    )  # fmt: skip
    scope = forms.CharField(label=__("What is delivered"), required=False, max_length=20_000, widget=_area(3))
    responsibilities = forms.CharField(
        label=__("Who does and decides what"), required=False, max_length=20_000, widget=_area(3)
    )
    valid_from = LocalDayField(
        label=__("Valid from"), required=False, help_text=__("Empty: from the day of its agreement on.")
    )
    valid_to = LocalDayField(label=__("Valid to"), required=False, help_text=__("Empty: with no end."))
    moves_running = forms.BooleanField(
        label=__("Clocks that run move to this version when it comes into force"), required=False
    )
    based_on = forms.ModelChoiceField(None, label=__("Based on"), required=False)
    targets = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=rows.MOST_ROWS
    )
    limits = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=rows.MOST_ROWS
    )
    no_limits_reason = forms.CharField(
        label=__("Why there is no limit"), required=False, max_length=300,
        help_text=__("Where no row above says one."),
    )  # fmt: skip
    exceptions = forms.CharField(
        label=__("When targets do not hold"), required=False, max_length=20_000, widget=_area(3),
        help_text=__("One a line."),
    )  # fmt: skip
    no_exceptions_reason = forms.CharField(
        label=__("Why there is no exception"), required=False, max_length=300
    )
    requirements = forms.ModelMultipleChoiceField(
        None, label=__("Service requirements that it answers"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(
        self, actor: Actor, head: Head, row: Agreement | None = None, data: Any = None, **options: Any
    ):
        self.head = head
        draft = documents.draft_of(row) if row is not None else None
        known = vars(draft) if draft else dict(options.get("proposal") or {})
        self.known = {name: _rows_of(known.get(name)) for name in ("targets", "limits")}
        self.counts = {name: self._count(name, data, options) for name in ("targets", "limits")}
        options["proposal"] = {**(options.get("proposal") or {}), **self.counts}
        super().__init__(actor, row, data, **options)

    def _count(self, name: str, data: Any, options: Any) -> int:
        given = (data or options.get("proposal") or {}).get(name)
        if isinstance(given, str | int) and str(given).isdecimal():
            return min(int(given), rows.MOST_ROWS)
        return len(self.known[name]) + (SPARE_TARGETS if name == "targets" else SPARE_LIMITS)

    def prepare(self) -> None:
        self.choices = rows.Choices(self.actor, self.known)
        self.fields["calendar"].queryset = Calendar.objects.visible_to(self.actor).order_by("name")
        services = ConfigurationItem.objects.visible_to(self.actor).services().order_by("name")
        own = {"subscriptions__customer": self.head.customer} if self.head.customer else {}
        self.fields["services"].queryset = services.filter(**own).distinct()
        others = documents.agreements(self.actor).exclude(pk=self.row.pk if self.row else 0)
        self.fields["based_on"].queryset = others.order_by("name", "id")
        self._prepare_requirements()
        if self.head.is_default:
            for name in ("services", "requirements", "moves_running", "based_on"):
                del self.fields[name]
        for number in range(self.counts["targets"]):
            known = self.known["targets"]
            one = known[number] if number < len(known) else None
            self.fields.update(rows.target_fields(number, self.choices, one))
        for number in range(self.counts["limits"]):
            limit = self.known["limits"][number] if number < len(self.known["limits"]) else None
            self.fields.update(rows.limit_fields(number, self.choices, limit))

    def _prepare_requirements(self) -> None:
        if self.head.customer is None:
            del self.fields["requirements"]
            return
        needs = ServiceRequirement.objects.of_customers(self.actor).filter(customer=self.head.customer)
        kept = [one.pk for one in documents.requirements_of(self.row)] if self.row else []
        wanted = needs.filter(state=RequirementState.CURRENT) | needs.filter(pk__in=kept)
        self.fields["requirements"].queryset = wanted.order_by("key", "id")

    def present(self, row: Agreement) -> dict[str, Any]:
        known = vars(documents.draft_of(row))
        return {name: known[name] for name in self.base_fields if name in known} | {
            "services": [one.pk for one in known["services"] or ()],
            "requirements": [one.pk for one in known["requirements"]],
        }

    # What the page lays out.

    @property
    def who(self) -> list[forms.BoundField]:
        return self._some("name", "calendar", "valid_from", "valid_to")

    @property
    def what(self) -> list[forms.BoundField]:
        if self.head.kind in SUPPLIED:
            self.fields["scope"].label = _("What is supplied")
        return self._some("services", "scope", "responsibilities")

    @property
    def outside(self) -> list[forms.BoundField]:
        return self._some("exceptions", "no_exceptions_reason")

    @property
    def needs(self) -> list[forms.BoundField]:
        return self._some("requirements")

    @property
    def how(self) -> list[forms.BoundField]:
        return self._some("based_on", "moves_running", "reason")

    @property
    def target_rows(self) -> Iterator[Row]:
        for number in range(self.counts["targets"]):
            yield Row(number + 1, self._row(f"t{number}_", rows.MAIN), self._row(f"t{number}_", rows.MORE))

    @property
    def limit_rows(self) -> Iterator[Row]:
        for number in range(self.counts["limits"]):
            yield Row(number + 1, self._row(f"l{number}_", rows.LIMIT), [])

    def _row(self, prefix: str, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[f"{prefix}{name}"] for name in names]

    def _some(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    # What it brings for the action.

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        targets = [rows.read_target(self, number, self.choices) for number in range(self.counts["targets"])]
        limits = [rows.read_limit(self, number) for number in range(self.counts["limits"])]
        given["targets"] = [one for one in targets if one]
        given["limits"] = [one for one in limits if one]
        return given

    def given(self) -> dict[str, Any]:
        """All that a version says, by the names of AgreementDraft."""
        names = {one.name for one in dataclasses.fields(AgreementDraft)}
        found = {name: value for name, value in self.values().items() if name in names}
        found["services"] = list(self.cleaned_data.get("services") or []) or None
        found["requirements"] = list(self.cleaned_data.get("requirements") or [])
        return found

    def asked(self) -> dict[str, Any]:
        """What stands in the fields now, whatever it is: to show the form again with more rows."""
        found = {
            name: field.widget.value_from_datadict(self.data, {}, name) for name, field in self.fields.items()
        }
        return {name: value for name, value in found.items() if name != "once"}
