"""What the toolbar offers for many tickets, and the form of each: the fields of its verb, without one ticket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Site
from automation import queries as prepared
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core.actor import Actor
from desk import verb_forms
from desk.forms import DeskForm, choices_of
from journal.events import plain
from tickets import custom, custom_forms, reference
from tickets.bulk import orders
from tickets.models import Ticket

NONE = "-"  # chosen: nothing; left alone is empty
PREFIX = custom_forms.PREFIX
MOST = 500  # choices of one select
PICKED = {"assign": "assignee", "team": "team"}  # deeds that one choice is enough for
NOT_FOR_MANY = ("uploads", "numbers")  # files of one message, children of one ticket


@dataclass(frozen=True)
class Deed:
    """One thing for many tickets. `verb` names the workflow's. `place`: a button of its own ("hand"), in the menu of
    Status ("status"), else in the menu of the rest.

    `mails`: the customers of these tickets get a mail of it.
    """

    name: str
    label: Any
    verb: str
    key: str = ""
    permission: str = "ticket.work"
    place: str = "rest"
    mails: bool = False


@dataclass(frozen=True)
class Chosen:
    """The tickets that a deed is for: `ids` of all, `tickets` the first of them, oldest first.

    `rows` finds them again; `is_all`: they are what a filter finds, not rows that somebody marked.
    """

    rows: QuerySet
    ids: Sequence[int]
    tickets: list[Ticket]
    is_all: bool = False

    @property
    def mailed(self) -> int:
        """How many of their requesters can be written to."""
        found = self.rows.filter(requester__is_active=True).exclude(requester__email="")
        return found.aggregate(n=Count("id", distinct=True))["n"]

    def only(self, column: str) -> Any:
        """The value of this column where all of them have the same, else None."""
        found = list(self.rows.order_by().values_list(column, flat=True).distinct()[:2])
        return found[0] if len(found) == 1 else None


DEEDS = {
    one.name: one
    for one in (
        Deed("assign", __("Assign"), "assign", "a", "ticket.assign", "hand"),
        Deed("priority", __("Priority"), "", "p", place="hand"),
        Deed("team", __("Team"), "assign", "t", "ticket.assign", "hand"),
        Deed("macro", __("Macro"), "apply_macro", "m", place="hand", mails=True),
        Deed("accept", __("Accept"), "accept", place="status"),
        Deed("hold", __("Hold"), "hold", "h", place="status"),
        Deed("resume", __("Resume"), "resume", place="status"),
        Deed("resolve", __("Resolve"), "resolve", "e", place="status", mails=True),
        Deed("reopen", __("Reopen"), "reopen", place="status"),
        Deed("close", __("Close"), "close", place="status", mails=True),
        Deed("cancel", __("Cancel the tickets"), "cancel", place="status", mails=True),
        Deed("take", __("Take"), "assign", "shift+a", "ticket.assign"),
        Deed("service", __("Service"), "", "v"),
        Deed("item", __("Add an item"), "", "i"),
        Deed("fields", __("Other fields"), ""),
        Deed("watch", __("Watch"), "watch", "w"),
        Deed("child", __("Add to a parent"), orders.ADD_CHILD, "l"),
        Deed("merge", __("Merge"), "merge", "d", mails=True),
    )
}


def offered(actor: Actor) -> list[Deed]:
    """What this person may do to many tickets somewhere."""
    return [one for one in DEEDS.values() if actor.may(one.permission)]


def choices(deed: Deed, actor: Actor) -> list[tuple[str, str]]:
    """What the picker of a deed offers, without the empty choice."""
    field = form_of(deed, Chosen(Ticket.objects.none(), [], []), actor, None).fields[PICKED[deed.name]]
    return [(str(value), str(label)) for value, label in field.choices if value]  # type: ignore[attr-defined]


def form_of(deed: Deed, chosen: Chosen, actor: Actor, data: Mapping[str, Any] | None) -> DeskForm:
    """The form of a deed on these tickets, bound where `data` is given; without fields where it needs none."""
    form = DeskForm(data)
    form.fields.update((_MADE.get(deed.name) or _by_verb(deed))(chosen, actor))
    return form


def order_of(deed: Deed, form: DeskForm) -> dict[str, Any]:
    """What the form asks for, as `start_bulk` takes it."""
    values = {name: plain(one) for name, one in form.values().items() if one not in (None, "", [])}
    if deed.name == "take":
        values = {"assignee": "me"}
    if deed.name == "priority":
        return {"fields": {**values, "priority": int(values["priority"])}}
    if not deed.verb:
        return {"fields": _plain_fields(form)}
    return {"verb": deed.verb, "values": values}


def _plain_fields(form: DeskForm) -> dict[str, Any]:
    """What was filled in; NONE empties a field, custom fields go by their keys."""
    given = {name: plain(one) for name, one in form.values().items() if one not in (None, "", [])}
    fields = {
        name: None if one == NONE else one for name, one in given.items() if not name.startswith(PREFIX)
    }
    extra = {name.removeprefix(PREFIX): one for name, one in given.items() if name.startswith(PREFIX)}
    return {**fields, "extra": extra} if extra else fields


def _assign(_chosen: Chosen, actor: Actor) -> dict[str, forms.Field]:
    people = choices_of(verb_forms.people_of_the_desk(None), empty=_("As it is"))
    assignee = forms.ChoiceField(label=_("Assignee"), required=False, choices=people)
    return {"assignee": assignee, **_team(_chosen, actor, is_needed=False)}


def _team(_chosen: Chosen, actor: Actor, *, is_needed: bool = True) -> dict[str, forms.Field]:
    known = choices_of(
        verb_forms.teams(actor), key="slug", empty=_("Choose…") if is_needed else _("As it is")
    )
    return {"team": forms.ChoiceField(label=_("Team"), required=is_needed, choices=known)}


def _priority(_chosen: Chosen, _actor: Actor) -> dict[str, forms.Field]:
    known = [(str(one.level), f"P{one.level} {one.name}") for one in reference.priorities()]
    return {
        "priority": forms.ChoiceField(label=_("Priority"), choices=[("", _("Choose…")), *known]),
        "priority_reason": forms.CharField(label=_("Reason"), max_length=1_000),
    }


def _service(chosen: Chosen, _actor: Actor) -> dict[str, forms.Field]:
    """Services that all their customers take, or one does: whose customer takes another is refused."""
    customers = chosen.rows.order_by().values_list("customer_id", flat=True).distinct()
    taken = ConfigurationItem.objects.services().filter(subscriptions__customer_id__in=customers)
    known = choices_of(taken.distinct().order_by("name")[:MOST], key="slug", empty=_("Choose…"))
    return {"service": forms.ChoiceField(label=_("Service"), choices=[*known, (NONE, _("None"))])}


def _item(chosen: Chosen, actor: Actor) -> dict[str, forms.Field]:
    """Items of the one customer, or the provider's own."""
    rows = ConfigurationItem.objects.visible_to(actor).exclude(type__slug="service")
    customer_id = chosen.only("customer_id")
    own = rows.filter(customer_id=customer_id) if customer_id else rows.none()
    shared = rows.filter(shares__other_customer_id=customer_id) if customer_id else rows.none()
    known = (own | shared).distinct().order_by("name")[:MOST]
    text = "" if customer_id else _("Items are of one customer: choose tickets of one only.")
    field = forms.ChoiceField(label=_("Item"), choices=choices_of(known, empty=_("Choose…")), help_text=text)
    return {"add_item": field}


def _fields(chosen: Chosen, actor: Actor) -> dict[str, forms.Field]:
    """Category; where all are of one customer, its sites and people; the custom fields that all of them have."""
    kind, customer_id = chosen.only("kind"), chosen.only("customer_id")
    rows = (
        Category.objects.visible_to(actor)
        .filter(is_active=True, kind__in=("", kind or ""))
        .select_related("parent")
    )
    rows = rows.filter(Q(customer=None) | Q(customer_id=customer_id))
    named = sorted((f"{one.parent.name} › {one.name}" if one.parent else one.name, one.slug) for one in rows)
    found: dict[str, forms.Field] = {"category": _left(_("Category"), [(slug, name) for name, slug in named])}
    if customer_id:
        sites = Site.objects.filter(customer_id=customer_id).order_by("name")[:MOST]
        found["site"] = _left(_("Site"), choices_of(sites))
        found["requester"] = forms.CharField(
            label=_("Requester"), required=False, max_length=250, help_text=_("Email address of one person.")
        )
    if kind and customer_id:
        for one in custom.fields_for(kind, customer_id, None):
            found[f"{PREFIX}{one.key}"] = custom_forms.field_of(one)
    return found


def _left(label: str, known: list[tuple[str, str]]) -> forms.Field:
    choices = [("", _("As it is")), *known, (NONE, _("None"))]
    return forms.ChoiceField(label=label, required=False, choices=choices)


def _macro(chosen: Chosen, actor: Actor) -> dict[str, forms.Field]:
    first = chosen.tickets[:1]
    known = choices_of(prepared.macros_for(first[0], actor), empty=_("Choose…")) if first else []
    return {"macro": forms.ChoiceField(label=_("Macro"), choices=known)}


def _child(_chosen: Chosen, _actor: Actor) -> dict[str, forms.Field]:
    return {
        "parent": forms.CharField(label=_("Parent"), max_length=24, help_text=_("Its number, like INC-4502."))
    }


def _merge(chosen: Chosen, _actor: Actor) -> dict[str, forms.Field]:
    """Which one stays: the oldest, where nobody says otherwise."""
    known = [(one.number, f"{one.number} {one.title}") for one in chosen.tickets]
    return {"into": forms.ChoiceField(label=_("The one that stays"), choices=known)}


def _nothing(_chosen: Chosen, _actor: Actor) -> dict[str, forms.Field]:
    return {}


def _by_verb(deed: Deed) -> Callable[[Chosen, Actor], dict[str, forms.Field]]:
    def make(chosen: Chosen, actor: Actor) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for one in orders.transitions(deed.verb)[0].fields if chosen.tickets else ():
            first = chosen.tickets[0]
            made = None if one.type in NOT_FOR_MANY else verb_forms.MAKERS[one.type](one, first, actor)
            if made is not None:
                made.label, made.required, made.help_text = one.label, one.required, one.help
                found[one.name] = made
        return found

    return make


_MADE: dict[str, Callable[..., dict[str, forms.Field]]] = {
    "assign": _assign,
    "take": _nothing,
    "team": _team,
    "priority": _priority,
    "service": _service,
    "item": _item,
    "fields": _fields,
    "macro": _macro,
    "watch": _nothing,
    "child": _child,
    "merge": _merge,
}
