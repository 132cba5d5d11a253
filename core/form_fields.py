"""Fields of forms that every door has: days and instants as the reader's browser sends them."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as __

from core import time


class LocalInstantField(forms.DateTimeField):
    """A day and a time in the reader's zone; its value is aware."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": __("Write a day and a time, like 2026-11-24 09:00.")}

    def __init__(self, **options: Any):
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(input_formats=formats, **options)

    def to_python(self, value: Any) -> dt.datetime | None:
        found = super().to_python(value)
        if found is not None and not time.is_sane(found):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class LocalDayField(forms.DateField):
    """A day of the calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
