"""The dialog that changes plain fields of a ticket: all of them, or the one that was pressed."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Person, Site
from catalogue.models import Category
from cmdb.models import ConfigurationItem, Subscription
from core import errors
from core.actor import Actor
from core.form_fields import LocalInstantField
from desk import doors, merging, records, undo, verbs
from desk.forms import DeskForm, choices_of, version_of
from tickets import actions, policy, processes, reference
from tickets.choices import Level
from tickets.models import Ticket

GROUPS = {
    "": ("title", "service", "category", "site", "requester", "effect", "impact_from", "impact_to"),
    "title": ("title",),
    "priority": ("impact", "urgency", "priority", "priority_reason"),
    "service": ("service", "category"),
    "category": ("category",),
    "site": ("site",),
    "requester": ("requester",),
    "items": ("item",),
}
TITLES = {
    "": __("Change %(number)s"),
    "title": __("Title of %(number)s"),
    "priority": __("Priority of %(number)s"),
    "service": __("Service of %(number)s"),
    "category": __("Category of %(number)s"),
    "site": __("Site of %(number)s"),
    "requester": __("Requester of %(number)s"),
    "items": __("Add an item to %(number)s"),
}
MOST = 500  # choices of one select; more are found by typing elsewhere


@require_http_methods(["GET", "POST"])
@doors.page
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Show or save plain fields (PATCH of the other door). A stale version answers with theirs beside mine."""
    ticket = records.get_ticket(request, number)
    policy.require(request.actor, "change", ticket)
    only = request.GET.get("only", "") if request.GET.get("only", "") in GROUPS else ""
    form = _form(ticket, request.actor, GROUPS[only], request.POST if request.method == "POST" else None)
    named = {"title": TITLES[only] % {"number": ticket.number}, "form": form, "submit": _("Save")}
    if request.method == "GET":
        processes.of(ticket).workflow.check(ticket, "change")
        return verbs.dialog(request, ticket, **named)
    if not form.is_valid():
        return verbs.dialog(request, ticket, status=422, **named)
    version = version_of(request)
    try:
        fields = _fields(form, ticket, request.actor)
        done = actions.change(ticket, by=request.actor, at=request.at, fields=fields, version=version)
    except errors.Stale:
        merge = merging.since(ticket, version, _mine(form))
        return verbs.dialog(request, ticket, status=412, merge=merge, **{**named, "submit": _("Save mine")})
    except errors.Refused as refusal:
        form.take(refusal)
        return verbs.dialog(request, ticket, status=422, **named)
    way_back = undo.of_change(ticket, done, fields, request.actor)
    undo.say(request, _("%(number)s is changed.") % {"number": ticket.number}, way_back)
    return verbs.back(request, ticket)


@require_POST
@doors.page
def remove_item(request: HttpRequest, number: str, item_id: int) -> HttpResponse:
    """Take a configuration item off the ticket."""
    ticket = records.get_ticket(request, number)
    kept = [one.item for one in _affected(ticket) if one.item_id != item_id]
    actions.change(ticket, by=request.actor, at=request.at, fields={"configuration_items": kept})
    messages.success(request, _("The item is no longer on %(number)s.") % {"number": ticket.number})
    return verbs.back(request, ticket)


def _affected(ticket: Ticket) -> list[Any]:
    rows = ticket.affected_items.filter(customer_id=ticket.customer_id)
    return list(rows.select_related("item").order_by("id"))


def _form(ticket: Ticket, actor: Actor, names: tuple[str, ...], data: Any) -> DeskForm:
    process = processes.of(ticket)
    detail = process.detail.objects.filter(pk=ticket.pk).first() if process.detail else None
    known = [one for one in names if one in FIELDS or one in process.detail_fields]
    known = [one for one in known if one not in DETAIL or detail is not None]
    initial = {one: _initial(one, ticket, detail) for one in known}
    form = DeskForm(data, initial=initial)
    for name in known:
        form.fields[name] = FIELDS[name](ticket, actor)
    return form


def _initial(name: str, ticket: Ticket, detail: Any) -> Any:
    if name in ("service", "category", "site"):
        return str(getattr(ticket, f"{name}_id") or "")
    if name == "requester":
        return (ticket.requester.email or ticket.requester.name) if ticket.requester else ""
    if name == "priority":
        return str(ticket.priority_override or "")
    if name in ("priority_reason", "item"):
        return ""
    value = getattr(detail if name in DETAIL else ticket, name)
    return str(value) if isinstance(value, int) else value


def _fields(form: DeskForm, ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """The changed fields as rows and numbers, as the action takes them."""
    given = form.values()
    found = {name: READ[name](given[name], ticket, actor) if name in READ else given[name] for name in given}
    if "item" in given:
        item = found.pop("item")
        return {"configuration_items": [*(one.item for one in _affected(ticket)), item]}
    changed = {name: value for name, value in found.items() if name in form.changed_data}
    if "priority" in found and found["priority"] is not None:
        changed["priority_reason"] = found.get("priority_reason", "")
    return changed


def _mine(form: DeskForm) -> list[tuple[str, str, str]]:
    """Per changed field: its label, what is there now, and what was to be saved."""
    found = []
    for name in form.changed_data:
        field = form[name]
        if not field.is_hidden:
            found.append((str(field.label), _word(field, field.initial), _word(field, field.value())))
    return found


def _word(field: Any, value: Any) -> str:
    known = {str(key): str(text) for key, text in getattr(field.field, "choices", [])}
    return known.get(str(value), str(value or ""))


def _read_service(value: str, _ticket: Ticket, actor: Actor) -> ConfigurationItem | None:
    return _row(ConfigurationItem.objects.visible_to(actor), value, "service")


def _read_category(value: str, _ticket: Ticket, actor: Actor) -> Category | None:
    return _row(Category.objects.visible_to(actor), value, "category")


def _read_site(value: str, ticket: Ticket, _actor: Actor) -> Site | None:
    return _row(Site.objects.filter(customer_id=ticket.customer_id), value, "site")


def _read_item(value: str, _ticket: Ticket, actor: Actor) -> ConfigurationItem | None:
    return _row(ConfigurationItem.objects.visible_to(actor), value, "item")


def _row(rows: Any, value: str, name: str) -> Any:
    if not value:
        return None
    found = rows.filter(pk=value).first()
    if found is None:
        raise errors.required(name, _("This choice is gone: choose another."))
    return found


def _read_requester(value: str, ticket: Ticket, actor: Actor) -> Person | None:
    if not value.strip():
        return None
    people = Person.objects.visible_to(actor).filter(customer_id=ticket.customer_id, is_active=True)
    found = people.at_address(value).first() or people.filter(name=value.strip()).first()
    if found is None:
        raise errors.required(
            "requester", _("Nobody at %(customer)s is called so.") % {"customer": ticket.customer.name}
        )
    return found


def _number(value: str, _ticket: Ticket, _actor: Actor) -> int | None:
    return int(value) if value else None


def _choose(label: Any, choices: list[tuple[str, str]], *, required: bool = False, **more: Any) -> Any:
    return django_forms.ChoiceField(label=label, choices=choices, required=required, **more)


def _service(ticket: Ticket, _actor: Actor) -> Any:
    taken = Subscription.objects.filter(customer_id=ticket.customer_id).select_related("service")
    services = [one.service for one in taken.order_by("service__name")]
    return _choose(__("Service"), choices_of(services, empty=_("None")))


def _category(ticket: Ticket, actor: Actor) -> Any:
    known = categories(actor, ticket.kind, customer_id=ticket.customer_id, service_id=ticket.service_id)
    return _choose(__("Category"), known)


def _site(ticket: Ticket, _actor: Actor) -> Any:
    rows = Site.objects.filter(customer_id=ticket.customer_id).order_by("name")[:MOST]
    return _choose(__("Site"), choices_of(rows, empty=_("None")))


def _item(ticket: Ticket, actor: Actor) -> Any:
    present = [one.item_id for one in _affected(ticket)]
    rows = ConfigurationItem.objects.visible_to(actor).exclude(pk__in=present).exclude(type__slug="service")
    own = rows.filter(customer_id=ticket.customer_id) | rows.filter(
        shares__other_customer_id=ticket.customer_id
    )
    return _choose(
        __("Item"), choices_of(own.distinct().order_by("name")[:MOST], empty=_("Choose…")), required=True
    )


def _priority(_ticket: Ticket, _actor: Actor) -> Any:
    known = [(str(one.level), f"P{one.level} {one.name}") for one in reference.priorities()]
    return _choose(__("Priority by hand"), [("", _("From impact and urgency")), *known])


def categories(
    actor: Actor, kind: str = "", *, customer_id: int | None = None, service_id: int | None = None
) -> list[tuple[str, str]]:
    """Active categories as "Network › VPN", sorted; with a kind, customer and service only those that fit them."""
    rows = Category.objects.visible_to(actor).filter(is_active=True).select_related("parent")
    rows = rows.filter(kind__in=("", kind)) if kind else rows
    rows = rows.filter(Q(customer=None) | Q(customer_id=customer_id)) if customer_id else rows
    rows = rows.filter(Q(service=None) | Q(service_id=service_id)) if service_id else rows
    named = [(str(one.pk), f"{one.parent.name} › {one.name}" if one.parent else one.name) for one in rows]
    return [("", _("None")), *sorted(named, key=lambda one: one[1].casefold())]


def _levels(label: Any) -> Any:
    return lambda _ticket, _actor: _choose(
        label, [(str(key), text) for key, text in Level.choices], required=True
    )


def _line(label: Any, *, required: bool, help_text: Any = "") -> Any:
    return lambda _ticket, _actor: django_forms.CharField(
        label=label, max_length=250, required=required, help_text=help_text
    )


def _instant(label: Any) -> Any:
    return lambda _ticket, _actor: LocalInstantField(label=label, required=False)


def _effect(ticket: Ticket, _actor: Actor) -> Any:
    model = processes.of(ticket).detail
    assert model is not None
    known = list(model._meta.get_field("effect").choices or [])
    return _choose(__("Effect"), [("", _("None")), *known])


DETAIL = frozenset({"effect", "impact_from", "impact_to"})
FIELDS = {
    "title": _line(__("Subject"), required=True),
    "service": _service,
    "category": _category,
    "site": _site,
    "requester": _line(__("Requester"), required=False, help_text=__("Email address or full name.")),
    "impact": _levels(__("Impact: how many are affected?")),
    "urgency": _levels(__("Urgency: how soon does it hurt?")),
    "priority": _priority,
    "priority_reason": _line(__("Reason"), required=False, help_text=__("Needed for a priority by hand.")),
    "effect": _effect,
    "impact_from": _instant(__("Affected since")),
    "impact_to": _instant(__("Affected until")),
    "item": _item,
}
READ = {
    "service": _read_service, "category": _read_category, "site": _read_site, "requester": _read_requester,
    "impact": _number, "urgency": _number, "priority": _number, "item": _read_item,
}  # fmt: skip
