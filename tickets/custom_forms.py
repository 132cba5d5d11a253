"""Custom fields in forms, the same for the desk and the portal: which are asked for with what is filled in, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core.form_fields import LocalDayField, LocalInstantField
from tickets import conditions, custom, reference
from tickets.choices import FieldType, RequiredAt
from tickets.models import CustomField

PREFIX = conditions.EXTRA


@dataclass
class Said:
    """What a form says about the ticket to be."""

    category: Category | None
    service: ConfigurationItem | None
    impact: Any
    urgency: Any
    channel: Any


def attach(
    form: django_forms.Form,
    kind: str,
    customer_id: int,
    *,
    is_asked: Callable[[CustomField], bool],
    said: "Said",
) -> None:
    """Add the fields that a ticket is asked for of which this is said, and whose own values the form holds: its data,
    else what it starts from. Without a category it will have the service's."""
    said.category = said.category or reference.category_for(said.service.pk if said.service else None)
    fields = [one for one in custom.fields_for(kind, customer_id, said.category) if is_asked(one)]
    extra = {one.key: _present(form, one) for one in fields} if conditions.names(fields) else {}
    for one in conditions.shown(fields, conditions.facts_of(said, extra)):
        made = field_of(one)
        made.required = one.required_at == RequiredAt.OPEN
        form.fields[f"{PREFIX}{one.key}"] = made


def bound(form: django_forms.Form) -> list[django_forms.BoundField]:
    """The custom fields of a form, for a template that shows them apart."""
    return [form[name] for name in form.fields if name.startswith(PREFIX)]


def given(form: django_forms.Form) -> dict[str, Any]:
    """What a form brought for custom fields, by key, as the action takes it; what was left empty is left out."""
    found = {name: value for name, value in form.cleaned_data.items() if name.startswith(PREFIX)}
    return {name.removeprefix(PREFIX): value for name, value in found.items() if value not in (None, "", [])}


def _present(form: django_forms.Form, one: CustomField) -> Any:
    name = f"{PREFIX}{one.key}"
    if one.type == FieldType.CHOICES and isinstance(form.data, QueryDict) and form.is_bound:
        return form.data.getlist(name)
    return value(form, name)


def value(form: django_forms.Form, name: str) -> Any:
    """What a field of a form holds now, as text: its data, else what it starts from."""
    if form.is_bound:
        return form.data.get(name)
    found = form.initial.get(name)
    return found if found is not None or name not in form.fields else form.fields[name].initial


def row(model: Any, key: Any) -> Any:
    """The row with this key, or None."""
    text = str(key or "")
    return model.objects.filter(pk=text).first() if text.isdecimal() and len(text) < 19 else None


def field_of(one: CustomField) -> django_forms.Field:
    """The form field for a custom field; never required here: the action says when it is."""
    common: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": False}
    listed = [(word, word) for word in one.choices]
    match one.type:
        case FieldType.LONG_TEXT:
            return django_forms.CharField(
                widget=django_forms.Textarea(attrs={"rows": 3}), max_length=100_000, **common
            )
        case FieldType.NUMBER:
            return django_forms.DecimalField(max_digits=21, decimal_places=6, **common)
        case FieldType.DATE:
            return LocalDayField(**common)
        case FieldType.INSTANT:
            return LocalInstantField(**common)
        case FieldType.CHOICE:
            return django_forms.ChoiceField(choices=[("", _("None")), *listed], **common)
        case FieldType.CHOICES:
            return django_forms.MultipleChoiceField(
                choices=listed, widget=django_forms.CheckboxSelectMultiple, **common
            )
        case FieldType.FLAG:
            known = [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))]
            return django_forms.ChoiceField(choices=known, **common)
        case FieldType.PERSON:
            common["help_text"] = one.help or _("Email address or full name.")
        case FieldType.ITEM:
            common["help_text"] = one.help or _("The item's full name.")
    return django_forms.CharField(max_length=500, **common)
