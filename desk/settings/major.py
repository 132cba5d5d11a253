"""Settings about major incidents: criteria and procedure, top management, the words that updates start from."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as __

from accounts import queries
from desk.settings.section import Save, Section, SettingForm, yes
from incidents.major import settings_actions
from incidents.models import MajorProcedure, TopManager, UpdateTemplate

MAJOR = __("Major incidents")


class ProcedureForm(SettingForm):
    """What makes an incident a major one, and how it is run then."""

    criteria = forms.CharField(label=__("Criteria"), widget=forms.Textarea(attrs={"rows": 5}))
    procedure = forms.CharField(label=__("Procedure"), widget=forms.Textarea(attrs={"rows": 8}))
    interval_minutes = forms.IntegerField(label=__("Minutes between updates"), min_value=1, max_value=10_080)
    lead_minutes = forms.IntegerField(
        label=__("Minutes until somebody leads it"), min_value=1, max_value=10_080
    )

    def present(self, row: MajorProcedure) -> dict[str, Any]:
        return {
            "criteria": row.criteria, "procedure": row.procedure,
            "interval_minutes": row.interval_seconds // 60, "lead_minutes": row.lead_seconds // 60,
        }  # fmt: skip

    def given(self) -> dict[str, Any]:
        values = super().given()
        for name in ("interval", "lead"):
            if f"{name}_minutes" in values:
                values[f"{name}_seconds"] = values.pop(f"{name}_minutes") * 60
        return values


def _save_procedure(save: Save) -> MajorProcedure:
    return settings_actions.change_procedure(save.values, version=save.version, **save.common)


class TopManagerForm(SettingForm):
    """One login that hears of every major incident."""

    fixed = ("user",)
    user = forms.ModelChoiceField(None, label=__("Login"))
    is_active = forms.BooleanField(label=__("Is told"), required=False, initial=True)

    def prepare(self) -> None:
        if "user" in self.fields:
            self.fields["user"].queryset = queries.desk_users(self.actor).order_by("name")


def _save_top_manager(save: Save) -> TopManager:
    if save.row is None:
        return settings_actions.create_top_manager(TopManager(**save.values), **save.common)
    return settings_actions.change_top_manager(save.row, version=save.version, **save.change)


class TemplateForm(SettingForm):
    """The words for one occasion and audience."""

    text = forms.CharField(
        label=__("Text"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=__("{title}, {service} and {next_update} are filled in."),
    )


def _save_template(save: Save) -> UpdateTemplate:
    return settings_actions.change_template(save.row, version=save.version, **save.change)


SECTIONS = (
    Section(
        "major-procedure", __("Criteria and procedure"), __("Criteria and procedure"), "book", MAJOR,
        __("What makes an incident a major one, and how it is run."), "settings.write",
        lambda _actor: MajorProcedure.objects.order_by("-version"), ((__("Version"), lambda row: row.version),),
        ProcedureForm, _save_procedure, can_create=False, is_single=True, search=(),
    ),
    Section(
        "top-management", __("Top management"), __("Member of top management"), "users", MAJOR,
        __("Who hears of every major incident."), "settings.write",
        lambda _actor: TopManager.objects.filter(customer=None).select_related("user"),
        ((__("Name"), str), (__("Is told"), lambda row: yes(row.is_active))),
        TopManagerForm, _save_top_manager, search=("user__name",), order=("user__name", "id"),
    ),
    Section(
        "update-texts", __("Texts of updates"), __("Text of an update"), "message", MAJOR,
        __("The words that updates of a major incident start from."), "settings.write",
        lambda _actor: UpdateTemplate.objects.filter(customer=None),
        ((__("When"), lambda row: row.get_occasion_display()), (__("To"), lambda row: row.get_audience_display()),
         (__("Text"), lambda row: row.text)),
        TemplateForm, _save_template, can_create=False, search=("text",), order=("id",),
    ),
)  # fmt: skip
