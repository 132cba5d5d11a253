"""The shapes of sign-in and profile. What the library checks stays the library's; failures are written down."""

import zoneinfo
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import sign_in, tokens
from accounts.models import Density, OutboxSeconds, Theme, User


def _without_placeholders(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class SignInForm(LoginForm):
    """Email and password, with labels instead of placeholders."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        _without_placeholders(self)
        self.fields["login"].widget.attrs.update(autocomplete="username webauthn", autofocus=True)
        self.fields["password"].widget.attrs["autocomplete"] = "current-password"


class ForgottenForm(ResetPasswordForm):
    """The address to which a link goes, if it is known."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        _without_placeholders(self)


class SecondFactorForm(AuthenticateForm):
    """The code after the password."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        _without_placeholders(self)
        self.fields["code"].widget.attrs["autofocus"] = True

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except ValidationError:
            sign_in.note_failure(context.request, self.user.email, "code")
            raise


class PasskeyForm(LoginWebAuthnForm):
    """A passkey instead of a password."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()
        except ValidationError:
            sign_in.note_failure(context.request, "", "passkey")
            raise


def zones() -> list[tuple[str, Any]]:
    """Time zones to choose from; empty means "as the customer's or the browser's"."""
    names = sorted(
        one
        for one in zoneinfo.available_timezones()
        if "/" in one and not one.startswith(("Etc/", "posix/", "right/"))
    )
    return [("", _("As at my customer")), ("UTC", "UTC"), *((one, one.replace("_", " ")) for one in names)]


DEFAULT = "default"  # stands in forms for the empty value, so that each choice is one


def named(choices: type[models.TextChoices]) -> list[tuple[str, Any]]:
    """The choices of a preference, the empty one under a name of its own."""
    return [(value or DEFAULT, label) for value, label in choices.choices]


def unnamed(value: str) -> str:
    """What is stored for a choice of `named`."""
    return "" if value == DEFAULT else value


class ProfileForm(forms.Form):
    """What a person says about himself, and how he likes the pages."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("It stands beside what you write."))
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    theme = forms.TypedChoiceField(
        label=_("Theme"), choices=named(Theme), coerce=unnamed, widget=forms.RadioSelect
    )
    density = forms.TypedChoiceField(
        label=_("Lines of lists"), choices=named(Density), coerce=unnamed, widget=forms.RadioSelect
    )
    has_keys = forms.BooleanField(
        label=_("Single keys do things, such as A to assign"),
        required=False,
        help_text=_("Switch this off if you dictate, or if keys get in your way."),
    )

    outbox_seconds = forms.TypedChoiceField(
        label=_("A reply can be taken back for"),
        choices=OutboxSeconds.choices,
        coerce=int,
        initial=OutboxSeconds.NORMAL,
        help_text=_("So long it waits before it goes to the customer."),
    )

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["time_zone"].choices = zones()
        self.fields["language"].choices = [("", _("As the browser")), *settings.LANGUAGES]
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]


def profile_of(user: User) -> dict[str, Any]:
    """What the profile form begins with."""
    found = {name: getattr(user, name) for name in ProfileForm.base_fields}
    return {**found, "theme": user.theme or DEFAULT, "density": user.density or DEFAULT}


class TokenForm(forms.Form):
    """A token for a program of one's own."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=120, help_text=_("You recognise it by this later.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[("read", _("read")), ("write", _("read and write")), ("admin", _("administer"))],
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
    )
    days = forms.IntegerField(
        label=_("Days until it ends"), min_value=1, max_value=tokens.LONGEST.days, initial=90
    )
