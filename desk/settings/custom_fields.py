"""Settings of custom fields: the list says how many tickets use each; every edit is a version with its reason."""

from typing import Any

from django import forms
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as __

from catalogue.models import Category
from core.actor import Actor
from desk.settings.people import customers_for
from desk.settings.section import Save, Section, SettingForm, yes
from tickets import actions, conditions, processes
from tickets.choices import FieldType, RequiredAt
from tickets.models import CustomField, FieldValue


class CustomFieldForm(SettingForm):
    """A field beyond the built-in ones. Key, kind, type and customer are asked once."""

    fixed = ("key", "kind", "type", "customer")
    key = forms.SlugField(label=__("Key"), max_length=60, help_text=__("Its name in the API. It stays."))
    kind = forms.ChoiceField(label=__("Kind of ticket"))
    type = forms.ChoiceField(label=__("What it holds"), choices=FieldType.choices)
    customer = forms.ModelChoiceField(
        None, label=__("One customer's own"), required=False, help_text=__("Empty: for all.")
    )
    label = forms.CharField(label=__("Label"), max_length=120)
    help = forms.CharField(label=__("Help"), max_length=300, required=False)
    options = forms.CharField(
        label=__("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=__("One a line."),
    )
    category = forms.ModelChoiceField(
        None, label=__("Only in this category"), required=False, help_text=__("And in those below it.")
    )
    required_at = forms.ChoiceField(label=__("Must be filled in"), choices=RequiredAt.choices, required=False)
    is_on_form = forms.BooleanField(label=__("On the form of a new ticket"), required=False, initial=True)
    is_on_portal = forms.BooleanField(
        label=__("On the portal's form"), required=False,
        help_text=__("A customer's people are asked too, and must fill in what the desk must at opening."),
    )  # fmt: skip
    shown_when = forms.CharField(
        label=__("Asked only when"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__(
            "One condition a line, all must hold: category: vpn, mail. Others: service, impact, urgency (1 to 3), "
            "channel, extra.key for another field. Empty: always."
        ),
    )
    is_folded = forms.BooleanField(label=__("Folded on the ticket"), required=False)
    position = forms.IntegerField(label=__("Place in the list"), min_value=0, max_value=10_000, initial=100)
    is_active = forms.BooleanField(label=__("In use"), required=False, initial=True)

    def present(self, row: CustomField) -> dict[str, Any]:
        return {**super().present(row), "shown_when": conditions.text_of(row.shown_when)}

    def given(self) -> dict[str, Any]:
        values = super().given()
        if "shown_when" in values:
            values["shown_when"] = conditions.parse(values["shown_when"])
        return values

    def prepare(self) -> None:
        self.fields["category"].queryset = Category.objects.visible_to(self.actor).order_by("name")
        if "kind" in self.fields:
            self.fields["kind"].choices = [(one.kind, one.label) for one in processes.every()]
            self.fields["customer"].queryset = customers_for(self.actor, "settings.write")


def _save(save: Save) -> CustomField:
    if save.row is None:
        return actions.create_field(CustomField(**save.values), **save.common)
    return actions.change_field(save.row, version=save.version, **save.change)


def _rows(actor: Actor) -> Any:
    used = FieldValue.objects.filter(field=OuterRef("pk"), position=0).of_customers(actor).order_by()
    counted = used.values("field").annotate(count=Count("id")).values("count")
    rows = CustomField.objects.visible_to(actor).select_related("customer", "category")
    return rows.annotate(used=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


SECTION = Section(
    "custom-fields", __("Custom fields"), __("Custom field"), "list-details", __("Tickets"),
    __("What your tickets hold beyond the built-in fields."), "settings.write", _rows,
    ((__("Label"), str), (__("Key"), lambda row: row.key), (__("Holds"), lambda row: row.get_type_display()),
     (__("Customer"), lambda row: row.customer or ""), (__("Category"), lambda row: row.category or ""),
     (__("Must be filled in"), lambda row: row.get_required_at_display()),
     (__("Tickets with it"), lambda row: row.used), (__("In use"), lambda row: yes(row.is_active)),
     (__("Version"), lambda row: row.version)),
    CustomFieldForm, _save, search=("label", "key"), order=("position", "id"),
)  # fmt: skip
