"""The shape of what customers send: plain questions, from which impact and urgency follow. Rules are the actions'."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cmdb.models import ConfigurationItem
from core import time
from customers.models import Customer
from portal import guessing
from tickets import custom_forms
from tickets.choices import Channel, Level

LONGEST_TITLE = 250
MOST_FILES = 10


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(given) > MOST_FILES:
            raise forms.ValidationError(
                _("Send %(most)s files at most at once."), params={"most": MOST_FILES}
            )
        return [super(FilesField, self).clean(one, initial) for one in given]


class KeyedForm(forms.Form):
    """A form that carries a random key, so that sending it twice does its work once."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)


class ReportForm(KeyedForm):
    """Something is broken."""

    what = forms.CharField(
        label=_("What happens?"),
        help_text=_("In your own words: what did you want to do, and what happened instead?"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=50_000,
    )
    title = forms.CharField(
        label=_("In a few words"),
        help_text=_("If you leave this empty, we take your first line."),
        max_length=LONGEST_TITLE,
        required=False,
    )
    service = forms.ChoiceField(label=_("Which service is it?"), required=False)
    since = forms.DateTimeField(
        label=_("Since when?"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    who = forms.TypedChoiceField(
        label=_("Who has the problem?"),
        choices=[
            (Level.LOW, _("Only me")),
            (Level.MEDIUM, _("Several people here")),
            (Level.HIGH, _("Everybody, or a whole site")),
        ],
        coerce=int,
        initial=Level.LOW,
        widget=forms.RadioSelect,
    )
    work = forms.TypedChoiceField(
        label=_("Can you work?"),
        choices=[
            (Level.LOW, _("Yes, it is a nuisance")),
            (Level.MEDIUM, _("In part, or by a detour")),
            (Level.HIGH, _("No, my work stands still")),
        ],
        coerce=int,
        initial=Level.LOW,
        widget=forms.RadioSelect,
    )
    files = FilesField(
        label=_("Screenshots and files"),
        required=False,
        help_text=_("You can paste a screenshot into the text above."),
    )

    def __init__(
        self,
        *args: Any,
        services: list[ConfigurationItem],
        now: dt.datetime,
        customer: Customer,
        kind: str,
        **options: Any,
    ):
        super().__init__(*args, **options)
        self.services = {str(one.pk): one for one in services}
        self.now = now
        known = [(key, one.name) for key, one in self.services.items()]
        self.fields["service"].choices = (
            known if len(known) == 1 else [("", _("As my words say")), *known, ("none", _("I do not know"))]
        )
        if len(known) == 1:
            self.fields["service"].initial = known[0][0]
        for name in ("service", "who", "work"):
            self.fields[name].widget.attrs["data-asks"] = "1"
        said = custom_forms.Said(
            category=None, service=self._service_now(), impact=custom_forms.value(self, "who"),
            urgency=custom_forms.value(self, "work"), channel=Channel.PORTAL,
        )  # fmt: skip
        custom_forms.attach(self, kind, customer.pk, said=said, is_asked=lambda one: one.is_on_portal)

    def _service_now(self) -> ConfigurationItem | None:
        """As `chosen_service`, before anything is checked."""
        texts = (str(custom_forms.value(self, name) or "") for name in ("service", "title", "what"))
        return self._service_by(*texts)

    def _service_by(self, chosen: str, *words: str) -> ConfigurationItem | None:
        if chosen:
            return self.services.get(chosen)
        return guessing.service(" ".join(words), list(self.services.values()))

    @property
    def extra(self) -> list[forms.BoundField]:
        return custom_forms.bound(self)

    def clean_since(self) -> dt.datetime | None:
        since = self.cleaned_data["since"]
        if since and not time.is_sane(since):
            raise forms.ValidationError(_("No year before 1900: give the time at which it began."))
        if since and since > self.now:
            raise forms.ValidationError(_("This lies ahead: give the time at which it began."))
        return since

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        first_line = next(iter(found.get("what", "").strip().splitlines()), "")
        found["title"] = found.get("title", "").strip() or first_line[:LONGEST_TITLE]
        return found

    @property
    def chosen_service(self) -> ConfigurationItem | None:
        """The chosen service; where nothing was chosen the one that the words name; None for "I do not know"."""
        given = self.cleaned_data
        return self._service_by(given["service"], given.get("title", ""), given.get("what", ""))


class AnswerForm(KeyedForm):
    """An answer in the conversation, with files."""

    body = forms.CharField(
        label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 4}), max_length=50_000
    )
    files = FilesField(label=_("Files"), required=False)


class NotYetForm(forms.Form):
    """The solution did not hold."""

    body = forms.CharField(
        label=_("What is still wrong?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=50_000
    )


class CancelForm(forms.Form):
    """It is no longer needed."""

    reason = forms.CharField(
        label=_("Why do you no longer need it?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5_000
    )


def local(at: dt.datetime) -> str:
    """An instant for a `datetime-local` field, in the reader's zone."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")
