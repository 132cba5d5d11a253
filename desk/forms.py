"""The shape of what the desk's forms take; rules live in the actions behind them."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import once
from core import errors


class DeskForm(forms.Form):
    """A form that counts once: the key comes back unchanged when the form is shown again with errors."""

    once = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=255)

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields[once.FIELD].initial = once.new_key()

    def take(self, refusal: errors.Refused) -> None:
        """Show a refusal of the action at the fields it names, else above all of them."""
        shown = False
        for name, texts in refusal.errors.items():
            if name in self.fields:
                self.add_error(name, [str(text) for text in texts])
                shown = True
        if not shown:
            self.add_error(None, refusal.detail)

    def values(self) -> dict[str, Any]:
        """What was filled in, without the form's own key."""
        return {name: value for name, value in self.cleaned_data.items() if name != once.FIELD}


class DurationField(forms.CharField):
    """A length of time as people write it: 45 (minutes), 1:30, 1 h 15 min, 1.5 h. Its value is whole seconds."""

    default_error_messages = {"invalid": __("Write minutes, or hours and minutes: 45, 1:30 or 1 h 15 min.")}

    def __init__(self, **options: Any):
        options.setdefault("max_length", 20)
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}))
        super().__init__(**options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        found = _seconds(text)
        if found is None or found > 24 * 3600:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Seconds are shown as hours and minutes."""
        return f"{value // 3600}:{value % 3600 // 60:02}" if isinstance(value, int) else value


_PARTS = re.compile(
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:h|hours?|std\.?))?\s*(?:(\d+)\s*(?:m|min|minutes?|minuten)?)?", re.IGNORECASE
)


def _seconds(text: str) -> int | None:
    """The seconds in 45, 1:30, 1 h 15 min; None where it is no length of time."""
    hours, colon, minutes = text.partition(":")
    if colon:
        fits = hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60
        return int(hours) * 3600 + int(minutes) * 60 if fits else None
    found = _PARTS.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    return round(float((found[1] or "0").replace(",", ".")) * 3600) + int(found[2] or 0) * 60


class FilesInput(forms.ClearableFileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; its value is a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        many = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in many]


def version_of(request: HttpRequest) -> int | None:
    """The version of the record that the form was made from; None where the form names none."""
    text = request.POST.get("version", "")
    if text and (not text.isdecimal() or len(text) > 9):
        raise errors.Malformed(_("The form is damaged: open it again, then repeat."))
    return int(text) if text else None


def choices_of(rows: Iterable[Any], *, key: str = "pk", empty: str = "") -> list[tuple[str, str]]:
    """Choices of a select from rows; `empty` is the text for none of them."""
    found = [(str(getattr(row, key)), str(row)) for row in rows]
    return [("", empty), *found] if empty else found
