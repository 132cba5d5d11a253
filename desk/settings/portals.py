"""Settings of each customer's portal: looks, help line, and what is open to people without a sign-in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as __

from accounts import portal_actions
from accounts.models import Portal
from core.actor import Actor
from desk.settings.people import PEOPLE, customers_for
from desk.settings.section import Save, Section, SettingForm, yes
from incidents import guests
from incidents.models import GuestReport, GuestState
from tickets import surveys
from tickets.models import Survey

LOGO_HELP = __("PNG, JPEG or WebP, 200 kB at most.")


class PortalForm(SettingForm):
    fixed = ("customer",)
    customer = forms.ModelChoiceField(None, label=__("Customer"))
    name = forms.CharField(
        label=__("Name of the portal"),
        max_length=120,
        required=False,
        help_text=__("Empty: the installation's."),
    )
    accent = forms.CharField(
        label=__("Accent on light"), max_length=7, required=False,
        help_text=__("Like #0B636D. Refused under a contrast of 4.5 : 1."),
    )  # fmt: skip
    accent_dark = forms.CharField(
        label=__("Accent on dark"), max_length=7, required=False, help_text=__("Like #64CBD4.")
    )
    logo = forms.FileField(label=__("Logo"), required=False, help_text=LOGO_HELP)
    drop_logo = forms.BooleanField(label=__("Take the logo away"), required=False)
    phone = forms.CharField(label=__("Phone of the desk"), max_length=60, required=False)
    email = forms.EmailField(label=__("Email address of the desk"), required=False)
    hours = forms.CharField(label=__("Hours, in words"), max_length=120, required=False)
    has_survey = forms.BooleanField(label=__("Ask how it went after closing"), required=False, initial=True)
    status_is_public = forms.BooleanField(
        label=__("The service status is public"), required=False,
        help_text=__("Everybody who knows the address reads the state of this customer's services."),
    )  # fmt: skip
    takes_guests = forms.BooleanField(
        label=__("Guests may report faults"), required=False,
        help_text=__("Without a sign-in, once they have confirmed their address."),
    )  # fmt: skip
    mail_domains = forms.CharField(
        label=__("Mail domains"), max_length=1000, required=False,
        help_text=__("With commas. A guest from one of them is one of this customer's; others wait for the desk."),
    )  # fmt: skip

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "customer.write")

    def present(self, row: Portal) -> dict[str, Any]:
        return {**super().present(row), "logo": None, "mail_domains": ", ".join(row.mail_domains)}

    def clean_mail_domains(self) -> list[str]:
        return [one.strip() for one in self.cleaned_data["mail_domains"].split(",") if one.strip()]


def _save(save: Save) -> Portal:
    logo = save.values.pop("logo", None)
    if save.values.pop("drop_logo", False):
        save.values.update(logo_key="", logo_type="", logo_sha256="")
    if save.row is None:
        return portal_actions.create_portal(Portal(**save.values), logo=logo, **save.common)
    return portal_actions.change_portal(save.row, logo=logo, version=save.version, **save.change)


def _rows(actor: Actor) -> Any:
    return Portal.objects.of_customers(actor).select_related("customer")


class SurveyForm(SettingForm):
    fixed = ("customer",)
    customer = forms.ModelChoiceField(
        None, label=__("One customer's own"), required=False, help_text=__("Empty: for all.")
    )
    question = forms.CharField(
        label=__("Question"), max_length=200, required=False,
        help_text=__("Empty: how satisfied are you, in the reader's language."),
    )  # fmt: skip
    low_score = forms.IntegerField(
        label=__("Tell the team's leads from this score down"), min_value=0, max_value=5, initial=2
    )
    is_active = forms.BooleanField(label=__("Ask"), required=False, initial=True)

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "settings.write")


def _save_survey(save: Save) -> Survey:
    if save.row is None:
        return surveys.create_survey(Survey(**save.values), **save.common)
    return surveys.change_survey(save.row, version=save.version, **save.change)


class GuestForm(SettingForm):
    """A held report, and what is decided about it."""

    name = forms.CharField(label=__("Name"), disabled=True, required=False)
    email = forms.CharField(label=__("Email address"), disabled=True, required=False)
    text = forms.CharField(label=__("Report"), disabled=True, required=False, widget=forms.Textarea)
    decision = forms.ChoiceField(
        label=__("Decision"), widget=forms.RadioSelect,
        choices=[("accept", __("Enter the person and open a ticket")), ("turn_away", __("Turn away"))],
    )  # fmt: skip


def _decide(save: Save) -> GuestReport:
    decide = guests.accept if save.values.get("decision") == "accept" else guests.turn_away
    return decide(save.row, **save.common)


SECTIONS = (
    Section(
        "portals", __("Portals"), __("Portal"), "home", PEOPLE,
        __("Name, colours, logo and help line of each customer's portal, and what is open to guests."),
        "customer.write", _rows,
        ((__("Customer"), lambda row: row.customer), (__("Name"), lambda row: row.name),
         (__("Accent"), lambda row: row.accent), (__("Public status"), lambda row: yes(row.status_is_public)),
         (__("Guests"), lambda row: yes(row.takes_guests)), (__("Survey"), lambda row: yes(row.has_survey))),
        PortalForm, _save, search=("customer__name", "name"), order=("id",),
    ),
    Section(
        "surveys", __("Surveys"), __("Survey"), "star", PEOPLE,
        __("The question after closing, and who hears of bad answers."),
        "settings.write", lambda actor: Survey.objects.visible_to(actor).select_related("customer"),
        ((__("For"), lambda row: row.customer or __("All customers")),
         (__("Question"), lambda row: row.question or __("The house's own")),
         (__("Low score"), lambda row: row.low_score), (__("Asked"), lambda row: yes(row.is_active))),
        SurveyForm, _save_survey, search=("question",), order=("id",),
    ),
    Section(
        "guests", __("Guests"), __("Guest's report"), "inbox", PEOPLE,
        __("Confirmed reports from addresses that belong to no known person or mail domain."),
        "person.write",
        lambda actor: GuestReport.objects.of_customers(actor).filter(state=GuestState.HELD).select_related("customer"),
        ((__("From"), str), (__("Customer"), lambda row: row.customer), (__("Report"), lambda row: row.text[:80])),
        GuestForm, _decide, search=("email", "name"), order=("id",), can_create=False,
    ),
)  # fmt: skip
