"""Custom fields at the desk: on the form of a new ticket, in the box beside a ticket, in the dialog that changes them.

Folded fields are counted and nothing more until somebody asks for them: two hundred of them cost a page nothing.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import errors
from customers.models import Customer
from desk import callers, doors, merging, records, shell, undo, verbs
from desk.forms import DeskForm, version_of
from tickets import actions, custom, custom_forms, draft_door, policy, processes
from tickets.choices import FieldType
from tickets.models import CustomField, Ticket

PREFIX = custom_forms.PREFIX


@require_POST
@doors.page
def asked(request: HttpRequest) -> HttpResponse:
    """The fields that a new ticket is asked for with what is chosen so far: a part of its form, values as they are."""
    callers.require_agent(request.actor)
    caller = callers.find_caller(request)
    customer = caller.customer if caller else callers.find_customer(request)
    if customer is None:
        raise errors.Malformed(_("Say whose ticket it is."))
    form = DeskForm(initial=draft_door.of_post(request))
    attach(form, processes.every()[0].kind, customer)
    return shell.fragment(request, "parts/_extra_fields.html", fields=custom_forms.bound(form))


def attach(
    form: DeskForm,
    kind: str,
    customer: Customer,
    *,
    is_asked: Callable[[CustomField], bool] = lambda one: one.is_on_form or custom.is_needed(one),
) -> None:
    """Add to the form of a new ticket the fields that such a ticket is asked for by the desk."""
    said = custom_forms.Said(
        category=custom_forms.row(Category, custom_forms.value(form, "category")),
        service=custom_forms.row(ConfigurationItem, custom_forms.value(form, "service")),
        **{name: custom_forms.value(form, name) for name in ("impact", "urgency", "channel")},
    )
    custom_forms.attach(form, kind, customer.pk, said=said, is_asked=is_asked)


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
        before = custom.values([ticket])[ticket.pk]
        done = actions.change(
            ticket, by=request.actor, at=request.at, fields={"extra": extra}, version=version
        )
    except errors.Stale:
        return verbs.dialog(request, ticket, status=412, merge=merging.since(ticket, version), **named)
    except errors.Refused as refusal:
        form.take(refusal)
        return verbs.dialog(request, ticket, status=422, **named)
    was = {key: custom.raw(before.get(key)) for key in extra}
    way_back = undo.of_extra(done, was, request.actor) if done.version == ticket.version + 1 else ""
    undo.say(request, _("%(number)s is changed.") % {"number": ticket.number}, way_back)
    return verbs.back(request, ticket)


def _form(ticket: Ticket, data: Any) -> DeskForm:
    fields, present = custom.of_ticket(ticket), custom.values([ticket])[ticket.pk]
    initial = {f"{PREFIX}{one.key}": _initial(one, present.get(one.key)) for one in fields}
    form = DeskForm(data, initial=initial)
    for one in fields:
        form.fields[f"{PREFIX}{one.key}"] = custom_forms.field_of(one)
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
