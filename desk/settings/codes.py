"""Settings of resolution codes: renamed, ordered, put out of use, added to; each change with its reason."""

from django import forms
from django.utils.translation import gettext_lazy as __

from desk.settings.section import Save, Section, SettingForm, yes
from incidents import codes
from incidents.models import ResolutionCode


class CodeForm(SettingForm):
    """How an incident can be said to have been resolved."""

    fixed = ("slug",)
    slug = forms.SlugField(
        label=__("Short name"), max_length=16, help_text=__("Its name in the API. It stays.")
    )
    name = forms.CharField(
        label=__("Name"), max_length=120, required=False,
        help_text=__("Empty, for one that came with the product: as the product calls it, in each reader's language."),
    )  # fmt: skip
    position = forms.IntegerField(label=__("Place in the list"), min_value=0, max_value=10_000, initial=200)
    is_active = forms.BooleanField(label=__("Can be chosen"), required=False, initial=True)


def _save(save: Save) -> ResolutionCode:
    if save.row is None:
        return codes.create_code(ResolutionCode(**save.values), **save.common)
    return codes.change_code(save.row, version=save.version, **save.change)


SECTION = Section(
    "resolution-codes", __("Resolution codes"), __("Resolution code"), "circle-check", __("Tickets"),
    __("How an incident can be said to have been resolved."), "settings.write",
    lambda _actor: ResolutionCode.objects.filter(customer=None),
    ((__("Name"), str), (__("Short name"), lambda row: row.slug),
     (__("Can be chosen"), lambda row: yes(row.is_active)),
     (__("Version"), lambda row: row.version)),
    CodeForm, _save, search=("slug", "name"), order=("position", "id"),
)  # fmt: skip
