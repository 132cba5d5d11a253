"""What the toolbar offers for many tickets, and the form of each: the fields of its verb, without one ticket."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from automation import queries as prepared
from core.actor import Actor
from desk import verb_forms
from desk.forms import DeskForm, choices_of
from journal.events import plain
from tickets import reference
from tickets.bulk import orders
from tickets.models import Ticket

NOT_FOR_MANY = ("uploads", "numbers")  # files of one message, children of one ticket


@dataclass(frozen=True)
class Deed:
    """One thing for many tickets. `verb` names the workflow's; `is_at_hand`: a button of its own, else in the menu.

    `mails`: the customers of these tickets get a mail of it.
    """

    name: str
    label: Any
    verb: str
    key: str = ""
    permission: str = "ticket.work"
    is_at_hand: bool = False
    mails: bool = False


DEEDS = {
    one.name: one
    for one in (
        Deed("assign", __("Assign"), "assign", "a", "ticket.assign", is_at_hand=True),
        Deed("take", __("Take"), "assign", "shift+a", "ticket.assign", is_at_hand=True),
        Deed("team", __("Team"), "assign", "t", "ticket.assign", is_at_hand=True),
        Deed("priority", __("Priority"), "", "p", is_at_hand=True),
        Deed("hold", __("Hold"), "hold", "h"),
        Deed("resolve", __("Resolve"), "resolve", "e", is_at_hand=True, mails=True),
        Deed("macro", __("Macro"), "apply_macro", "m", mails=True),
        Deed("resume", __("Resume"), "resume"),
        Deed("close", __("Close"), "close", mails=True),
        Deed("cancel", __("Cancel the tickets"), "cancel", mails=True),
        Deed("watch", __("Watch"), "watch", "w"),
        Deed("child", __("Add to a parent"), orders.ADD_CHILD),
        Deed("merge", __("Merge"), "merge", "d", mails=True),
    )
}


def offered(actor: Actor) -> list[Deed]:
    """What this person may do to many tickets somewhere."""
    return [one for one in DEEDS.values() if actor.may(one.permission)]


def form_of(deed: Deed, tickets: Sequence[Ticket], actor: Actor, data: Mapping[str, Any] | None) -> DeskForm:
    """The form of a deed on these tickets, bound where `data` is given; without fields where it needs none."""
    form = DeskForm(data)
    form.fields.update((_MADE.get(deed.name) or _by_verb(deed))(tickets, actor))
    return form


def order_of(deed: Deed, form: DeskForm) -> dict[str, Any]:
    """What the form asks for, as `start_bulk` takes it."""
    values = {name: plain(one) for name, one in form.values().items() if one not in (None, "", [])}
    if deed.name == "take":
        values = {"assignee": "me"}
    if deed.name == "priority":
        return {"fields": {**values, "priority": int(values["priority"])}}
    return {"verb": deed.verb, "values": values}


def _assign(_tickets: Sequence[Ticket], actor: Actor) -> dict[str, forms.Field]:
    people = choices_of(verb_forms.people_of_the_desk(None), empty=_("As it is"))
    assignee = forms.ChoiceField(label=_("Assignee"), required=False, choices=people)
    return {"assignee": assignee, **_team(_tickets, actor, is_needed=False)}


def _team(_tickets: Sequence[Ticket], actor: Actor, *, is_needed: bool = True) -> dict[str, forms.Field]:
    known = choices_of(
        verb_forms.teams(actor), key="slug", empty=_("Choose…") if is_needed else _("As it is")
    )
    return {"team": forms.ChoiceField(label=_("Team"), required=is_needed, choices=known)}


def _priority(_tickets: Sequence[Ticket], _actor: Actor) -> dict[str, forms.Field]:
    known = [(str(one.level), f"P{one.level} {one.name}") for one in reference.priorities()]
    return {
        "priority": forms.ChoiceField(label=_("Priority"), choices=[("", _("Choose…")), *known]),
        "priority_reason": forms.CharField(label=_("Reason"), max_length=1_000),
    }


def _macro(tickets: Sequence[Ticket], actor: Actor) -> dict[str, forms.Field]:
    known = choices_of(prepared.macros_for(tickets[0], actor), empty=_("Choose…")) if tickets else []
    return {"macro": forms.ChoiceField(label=_("Macro"), choices=known)}


def _child(_tickets: Sequence[Ticket], _actor: Actor) -> dict[str, forms.Field]:
    return {
        "parent": forms.CharField(label=_("Parent"), max_length=24, help_text=_("Its number, like INC-4502."))
    }


def _merge(tickets: Sequence[Ticket], _actor: Actor) -> dict[str, forms.Field]:
    """Which one stays: the oldest, where nobody says otherwise."""
    known = [(one.number, f"{one.number} {one.title}") for one in tickets]
    return {"into": forms.ChoiceField(label=_("The one that stays"), choices=known)}


def _nothing(_tickets: Sequence[Ticket], _actor: Actor) -> dict[str, forms.Field]:
    return {}


def _by_verb(deed: Deed) -> Callable[[Sequence[Ticket], Actor], dict[str, forms.Field]]:
    def make(tickets: Sequence[Ticket], actor: Actor) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for one in orders.transitions(deed.verb)[0].fields if tickets else ():
            made = None if one.type in NOT_FOR_MANY else verb_forms.MAKERS[one.type](one, tickets[0], actor)
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
    "macro": _macro,
    "watch": _nothing,
    "child": _child,
    "merge": _merge,
}
