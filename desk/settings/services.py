"""Settings about services, categories, priorities, the matrix and reasons to wait."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import queries
from accounts.models import Team
from catalogue import actions as catalogue
from catalogue.models import Category, Criticality, ServiceProfile
from cmdb.models import ConfigurationItem, Subscription
from core.actor import Actor
from customers.models import Customer
from desk.settings.people import customers_for
from desk.settings.section import Save, Section, SettingForm, yes
from tickets import processes, reference, settings_actions
from tickets.choices import HoldKind, Level
from tickets.models import HoldReason, LifeRule, Matrix, Priority

SERVICES = __("Services")
TICKETS = __("Tickets")
PROFILE = catalogue.PROFILE


class ServiceForm(SettingForm):
    """A service: its item, how it is supported, and who takes it."""

    fixed = ("slug",)
    slug = forms.SlugField(label=__("Short name"), max_length=60)
    name = forms.CharField(label=__("Name"), max_length=200)
    summary = forms.CharField(label=__("In one sentence, for customers"), max_length=300, required=False)
    description = forms.CharField(
        label=__("Description"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    criticality = forms.ChoiceField(
        label=__("Criticality"), choices=Criticality.choices, initial=Criticality.MEDIUM
    )
    owner = forms.ModelChoiceField(None, label=__("Owner"), required=False)
    support_team = forms.ModelChoiceField(None, label=__("Support team"), required=False)
    default_category = forms.ModelChoiceField(
        None, label=__("Category unless said otherwise"), required=False
    )
    customers = forms.ModelMultipleChoiceField(
        None, label=__("Customers who take it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        self.fields["owner"].queryset = queries.desk_users(self.actor).order_by("name")
        self.fields["support_team"].queryset = Team.objects.visible_to(self.actor).order_by("name")
        self.fields["default_category"].queryset = Category.objects.visible_to(self.actor).order_by("name")
        self.fields["customers"].queryset = customers_for(self.actor, "configuration.write")

    def present(self, row: ConfigurationItem) -> dict[str, Any]:
        profile = ServiceProfile.objects.filter(service=row).first() or ServiceProfile(service=row)
        known = {name: getattr(profile, name) for name in PROFILE}
        taken = Subscription.objects.of_customers(self.actor).filter(service=row)
        return {
            **super().present(row),
            **known,
            "customers": list(taken.values_list("customer_id", flat=True)),
        }


def _save_service(save: Save) -> ConfigurationItem:
    customers = save.values.pop("customers", ())
    if save.row is None:
        profile = {name: save.values.pop(name) for name in PROFILE}
        service = ConfigurationItem(customer=catalogue.provider(), **save.values)
        return catalogue.create_service(service, by=save.by, at=save.at, profile=profile, customers=customers)
    return catalogue.change_service(
        save.row, by=save.by, at=save.at, fields=save.values, customers=customers, version=save.version
    )


class CategoryForm(SettingForm):
    """A category and its place in the tree."""

    fixed = ("slug", "customer")
    slug = forms.SlugField(label=__("Short name"), max_length=80)
    name = forms.CharField(label=__("Name"), max_length=120)
    parent = forms.ModelChoiceField(None, label=__("Below"), required=False)
    customer = forms.ModelChoiceField(
        None, label=__("One customer's own"), required=False, help_text=__("Empty: for all.")
    )
    kind = forms.ChoiceField(label=__("Only for this kind of ticket"), required=False)
    service = forms.ModelChoiceField(None, label=__("Only for this service"), required=False)
    asks_verification = forms.BooleanField(
        label=__("Asks for a verified caller"),
        required=False,
        help_text=__("Before such a ticket is resolved, somebody makes sure who called."),
    )
    is_active = forms.BooleanField(label=__("Can be chosen"), required=False, initial=True)

    def prepare(self) -> None:
        kinds = [(one.kind, one.label) for one in processes.every()]
        self.fields["kind"].choices = [("", __("All")), *kinds]
        self.fields["service"].queryset = _services(self.actor).order_by("name")
        rows = Category.objects.visible_to(self.actor).order_by("name")
        self.fields["parent"].queryset = rows.exclude(pk=self.row.pk) if self.row else rows
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "category.write")


def _save_category(save: Save) -> Category:
    if save.row is None:
        return catalogue.create_category(Category(**save.values), **save.common)
    return catalogue.change_category(save.row, version=save.version, **save.change)


class PriorityForm(SettingForm):
    """The name of a level."""

    name = forms.CharField(label=__("Name"), max_length=60)


def _save_priority(save: Save) -> Priority:
    return settings_actions.change_priority(save.row, version=save.version, **save.change)


class HoldReasonForm(SettingForm):
    """A reason to wait; its kind decides which clocks pause."""

    fixed = ("slug", "kind")
    slug = forms.SlugField(label=__("Short name"), max_length=60)
    name = forms.CharField(label=__("Name"), max_length=120)
    kind = forms.ChoiceField(label=__("Waits for"), choices=HoldKind.choices)
    is_active = forms.BooleanField(label=__("Can be chosen"), required=False, initial=True)
    is_default = forms.BooleanField(
        label=__("Default of its kind"), required=False, help_text=__("Taken where only the kind is named.")
    )


def _save_hold_reason(save: Save) -> HoldReason:
    if save.row is None:
        return settings_actions.create_hold_reason(HoldReason(**save.values), **save.common)
    return settings_actions.change_hold_reason(save.row, version=save.version, **save.change)


class LifeRuleForm(SettingForm):
    """When customers are reminded, and how long what is resolved stays open to them. All in working days."""

    fixed = ("customer",)
    customer = forms.ModelChoiceField(None, label=__("Customer"))
    first_reminder_days = forms.IntegerField(
        label=__("First reminder after"), min_value=1, max_value=365, initial=2
    )
    second_reminder_days = forms.IntegerField(
        label=__("Second reminder after"), min_value=2, max_value=365, initial=4
    )
    give_up_days = forms.IntegerField(
        label=__("Resolved as unanswered after"), min_value=3, max_value=365, initial=6
    )
    never_chased_levels = forms.IntegerField(
        label=__("Highest priorities that are never reminded"), min_value=0, max_value=9, initial=2
    )
    reopen_days = forms.IntegerField(label=__("Can be reopened for"), min_value=1, max_value=365, initial=5)
    close_days = forms.IntegerField(label=__("Closes itself after"), min_value=1, max_value=365, initial=5)

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "settings.write")
        for name, field in self.fields.items():
            if name.endswith("_days"):
                field.help_text = _("In working days.")


def _save_life_rule(save: Save) -> LifeRule:
    if save.row is None:
        return settings_actions.create_life_rule(LifeRule(**save.values), **save.common)
    return settings_actions.change_life_rule(save.row, version=save.version, **save.change)


class MatrixForm(SettingForm):
    """Nine fields: which priority an impact and an urgency give."""

    def prepare(self) -> None:
        levels = [(str(one.level), f"P{one.level} {one.name}") for one in reference.priorities()]
        for impact in Level:
            for urgency in Level:
                label = _("Impact %(impact)s, urgency %(urgency)s") % {
                    "impact": str(impact.label).lower(), "urgency": str(urgency.label).lower(),
                }  # fmt: skip
                self.fields[f"cell_{impact}_{urgency}"] = forms.ChoiceField(
                    label=label, choices=levels, initial=self._cell(impact, urgency),
                    widget=forms.Select(attrs={"aria-label": label}),
                )  # fmt: skip

    @property
    def urgencies(self) -> list[Any]:
        """The heads of the columns."""
        return [one.label for one in Level]

    @property
    def grid(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """One row for each impact: its name, and a field for each urgency."""
        return [(one.label, [self[f"cell_{one}_{other}"] for other in Level]) for one in Level]

    @property
    def rest(self) -> list[forms.BoundField]:
        """What stands below the matrix."""
        return [one for one in self if not one.name.startswith("cell_")]

    def _cell(self, impact: int, urgency: int) -> str:
        return str(self.row.cells[str(impact)][str(urgency)]) if self.row else ""

    def present(self, row: Matrix) -> dict[str, Any]:
        return {}

    def given(self) -> dict[str, Any]:
        """All nine: a matrix is put in force as a whole."""
        return {
            str(impact): {
                str(urgency): int(self.cleaned_data[f"cell_{impact}_{urgency}"]) for urgency in Level.values
            }
            for impact in Level.values
        }


def _save_matrix(save: Save) -> Matrix:
    return settings_actions.change_matrix(save.values, version=save.version, **save.common)


def _services(actor: Actor) -> Any:
    return (
        ConfigurationItem.objects.visible_to(actor)
        .services()
        .select_related("profile__support_team", "customer")
    )


def _profile(row: ConfigurationItem) -> ServiceProfile | None:
    return getattr(row, "profile", None)


def _team(row: ConfigurationItem) -> str:
    profile = _profile(row)
    return profile.support_team.name if profile and profile.support_team else ""


def _criticality(row: ConfigurationItem) -> str:
    profile = _profile(row)
    return str(profile.get_criticality_display()) if profile else ""


def provider_id(_row: Any) -> int | None:
    """The installation's own rows are the provider's to write."""
    return Customer.objects.filter(is_provider=True).values_list("id", flat=True).first()


SECTIONS = (
    Section(
        "services", __("Services"), __("Service"), "server", SERVICES, __("What customers take, and who supports it."),
        "configuration.write", _services,
        ((__("Name"), str), (__("Short name"), lambda row: row.slug or ""), (__("Criticality"), _criticality),
         (__("Support team"), _team), (__("State"), lambda row: row.state)),
        ServiceForm, _save_service, search=("name", "slug"),
    ),
    Section(
        "categories", __("Categories"), __("Category"), "tag", TICKETS, __("What tickets are sorted into."),
        "category.write",
        lambda actor: Category.objects.visible_to(actor).select_related("parent", "customer", "service"),
        ((__("Name"), str), (__("Below"), lambda row: row.parent or ""),
         (__("Customer"), lambda row: row.customer or ""), (__("Service"), lambda row: row.service or ""),
         (__("Verified caller"), lambda row: yes(row.asks_verification)),
         (__("Can be chosen"), lambda row: yes(row.is_active))),
        CategoryForm, _save_category, search=("name", "slug"),
    ),
    Section(
        "priorities", __("Priorities"), __("Priority"), "list-details", TICKETS, __("The levels, 1 is the highest."),
        "settings.write", lambda _actor: Priority.objects.filter(customer=None),
        ((__("Name"), str), (__("Level"), lambda row: f"P{row.level}")),
        PriorityForm, _save_priority, can_create=False, search=(), order=("level", "id"),
    ),
    Section(
        "matrix", __("Priority matrix"), __("Priority matrix"), "columns-3", TICKETS,
        __("Which priority an impact and an urgency give."), "settings.write",
        lambda _actor: Matrix.objects.order_by("-version"), ((__("Version"), lambda row: row.version),),
        MatrixForm, _save_matrix, can_create=False, is_single=True, search=(), after="desk/setting_matrix.html",
    ),
    Section(
        "hold-reasons", __("Reasons to wait"), __("Reason to wait"), "player-pause", TICKETS,
        __("Why tickets wait; the kind decides which clocks pause."), "settings.write",
        lambda _actor: HoldReason.objects.filter(customer=None),
        ((__("Name"), str), (__("Waits for"), lambda row: row.get_kind_display()),
         (__("Default"), lambda row: yes(row.is_default)), (__("Can be chosen"), lambda row: yes(row.is_active))),
        HoldReasonForm, _save_hold_reason, search=("name", "slug"),
    ),
    Section(
        "reminders", __("Reminders and closing"), __("Deadlines of a customer"), "clock", TICKETS,
        __("When customers are reminded, and how long what is resolved can be reopened, in working days."),
        "settings.write", lambda actor: LifeRule.objects.visible_to(actor).select_related("customer"),
        ((__("For"), lambda row: row.customer or _("All customers")),
         (__("Reminders"), lambda row: f"{row.first_reminder_days}, {row.second_reminder_days}"),
         (__("Unanswered"), lambda row: row.give_up_days), (__("Reopen"), lambda row: row.reopen_days),
         (__("Closes itself"), lambda row: row.close_days)),
        LifeRuleForm, _save_life_rule, search=(), order=("id",),
    ),
)  # fmt: skip
