"""Custom fields at the desk: on the form of a new ticket, in the box beside a ticket, in the dialog that changes them.

Folded fields are counted and nothing more until somebody asks for them: two hundred of them cost a page nothing.
"""

import datetime as dt
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from catalogue.models import Category
from core import errors
from customers.models import Customer
from desk import doors, merging, records, shell, verbs
from desk.forms import DeskForm, LocalDayField, LocalInstantField, version_of
from tickets import actions, custom, policy, processes, reference
from tickets.choices import FieldType, RequiredAt
from tickets.models import CustomField, Ticket

PREFIX = "extra."


def attach(form: DeskForm, kind: str, customer: Customer) -> None:
    """Add to the form of a new ticket the fields that such a ticket asks for; those of a category once it is chosen."""
    chosen = str(form.data.get("category", "")) if form.is_bound else ""
    service = str(form.data.get("service", "")) if form.is_bound else ""
    category = Category.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if category is None and service.isdecimal() and len(service) < 19:
        category = reference.category_for(int(service))
    for one in custom.fields_for(kind, customer.pk, category):
        if one.is_on_form or one.required_at == RequiredAt.OPEN:
            made = field_of(one)
            made.required = one.required_at == RequiredAt.OPEN
            form.fields[f"{PREFIX}{one.key}"] = made


def given(form: DeskForm) -> dict[str, Any]:
    """What a form brought for custom fields, by key, as the action takes it; what was left empty is left out."""
    found = {name: value for name, value in form.cleaned_data.items() if name.startswith(PREFIX)}
    return {name.removeprefix(PREFIX): value for name, value in found.items() if value not in (None, "", [])}


def panel(ticket: Ticket, allowed: set[str]) -> list[dict[str, Any]]:
    """The box beside the ticket, or none where nothing is defined."""
    fields = custom.of_ticket(ticket)
    if not fields:
        return []
    shown = [one for one in fields if not one.is_folded]
    present = custom.values([ticket])[ticket.pk] if shown else {}
    context = {
        "rows": _rows(shown, present),
        "folded": len(fields) - len(shown),
        "more_url": reverse("desk:fields", args=[ticket.number]),
        "edit_url": reverse("desk:fields-change", args=[ticket.number]) if "change" in allowed else "",
    }
    content = loader.render_to_string("desk/_custom_fields.html", context)
    return [{"title": _("More about it"), "content": format_html("{}", content), "id": "custom-fields"}]


@require_GET
@doors.page
def folded(request: HttpRequest, number: str) -> HttpResponse:
    """The fields that were folded: a part of the page, or a page of its own without a script."""
    ticket = records.get_ticket(request, number)
    fields = [one for one in custom.of_ticket(ticket) if one.is_folded or not doors.is_fragment(request)]
    context = {"rows": _rows(fields, custom.values([ticket])[ticket.pk])}
    if doors.is_fragment(request):
        return shell.fragment(request, "parts/_properties.html", **context)
    url = reverse("desk:ticket", args=[ticket.number])
    title = _("Fields of %(number)s") % {"number": ticket.number}
    back = {"url": url, "label": f"{ticket.number} {ticket.title}"}
    return shell.render(request, "desk/custom_fields.html", title=title, back=back, **context)


@require_http_methods(["GET", "POST"])
@doors.page
def change(request: HttpRequest, number: str) -> HttpResponse:
    """The dialog that changes custom fields: the verb `change`, as PATCH of `extra` at the other door."""
    ticket = records.get_ticket(request, number)
    policy.require(request.actor, "change", ticket)
    form = _form(ticket, request.POST if request.method == "POST" else None)
    named = {
        "title": _("Fields of %(number)s") % {"number": ticket.number},
        "form": form,
        "submit": _("Save"),
    }
    if request.method == "GET":
        processes.of(ticket).workflow.check(ticket, "change")
        return verbs.dialog(request, ticket, **named)
    if not form.is_valid():
        return verbs.dialog(request, ticket, status=422, **named)
    version = version_of(request)
    try:
        changed = [name for name in form.changed_data if name.startswith(PREFIX)]
        extra = {name.removeprefix(PREFIX): form.cleaned_data[name] for name in changed}
        actions.change(ticket, by=request.actor, at=request.at, fields={"extra": extra}, version=version)
    except errors.Stale:
        return verbs.dialog(request, ticket, status=412, merge=merging.since(ticket, version), **named)
    except errors.Refused as refusal:
        form.take(refusal)
        return verbs.dialog(request, ticket, status=422, **named)
    messages.success(request, _("%(number)s is changed.") % {"number": ticket.number})
    return verbs.back(request, ticket)


def _form(ticket: Ticket, data: Any) -> DeskForm:
    fields, present = custom.of_ticket(ticket), custom.values([ticket])[ticket.pk]
    initial = {f"{PREFIX}{one.key}": _initial(one, present.get(one.key)) for one in fields}
    form = DeskForm(data, initial=initial)
    for one in fields:
        form.fields[f"{PREFIX}{one.key}"] = field_of(one)
    return form


def _initial(field: CustomField, value: Any) -> Any:
    if field.type == FieldType.FLAG:
        return "" if value is None else ("yes" if value else "no")
    if field.type == FieldType.PERSON and value is not None:
        return value.email or value.name
    return (
        custom.plain(value)
        if field.type == FieldType.NUMBER
        else str(value)
        if field.type == FieldType.ITEM and value
        else value
    )


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


def _rows(fields: list[CustomField], present: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"label": one.label, "text": _shown(present.get(one.key))} for one in fields]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dt.datetime):
        return formats.date_format(timezone.localtime(value), _("j M Y H:i"))
    if isinstance(value, dt.date):
        return formats.date_format(value, _("j M Y"))
    return str(custom.plain(value)) if not hasattr(value, "pk") else str(value)
