"""The form of a verb, made from the fields that its transition declares: a new verb needs no form of its own."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.roles import CUSTOMER_ROLES, PERMISSIONS, Role
from automation import queries as prepared
from core.actor import Actor
from core.form_fields import LocalInstantField
from customers import scoping
from customers.models import Customer, Organization
from desk import away, on_call
from desk.forms import DeskForm, DurationField, FilesField, choices_of
from tickets import people, processes, queries
from tickets.choices import MessageKind
from tickets.engine import Field, Transition
from tickets.models import HoldReason, Message, Ticket

WORKING_ROLES = sorted(role for role, held in PERMISSIONS.items() if "ticket.work" in held)
Make = Callable[[Field, Ticket, Actor], forms.Field | None]  # None: there is nothing to choose from


def build(transition: Transition, ticket: Ticket, actor: Actor, data: Any = None) -> DeskForm:
    """The form of this verb on this ticket, bound where `data` is given."""
    form = DeskForm(data, initial=_initial(transition, ticket))
    for one in transition.fields:
        if one.type == "uploads":
            continue
        made = MAKERS[one.type](one, ticket, actor)
        if made is None:
            continue
        made.label, made.required, made.help_text = one.label or one.name, one.required, one.help
        form.fields[one.name] = made
    form.order_fields([one.name for one in transition.fields])
    return form


def raw(form: DeskForm, transition: Transition) -> dict[str, Any]:
    """What the form brings for the verb: values of an assignment only where they differ from the present ones."""
    values = form.values()
    if transition.verb == "assign":
        return {name: values[name] for name in values if name in form.changed_data}
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def assignees(customer_id: int, team_id: int | None) -> list[tuple[str, Any]]:
    """Who may work on tickets of this customer: the team first, then everybody else."""
    rows = people_of_the_desk(customer_id)
    own = (
        set(Membership.objects.filter(team_id=team_id).values_list("user_id", flat=True))
        if team_id
        else set()
    )
    first = [(str(one.pk), str(one)) for one in rows if one.pk in own]
    others = [(str(one.pk), str(one)) for one in rows if one.pk not in own]
    at = scoping.current().at
    gone = on_call.labels(team_id, at) | away.labels([one.pk for one in rows], at)
    if first and others:
        first, others = away.named(first, gone), away.named(others, gone)
        return [("", _("Nobody")), (_("In the team"), first), (_("Others"), others)]
    return [("", _("Nobody")), *away.named([*first, *others], gone)]


def people_of_the_desk(customer_id: int | None) -> list[User]:
    """Active logins with a working role at this customer or at all (None: at all customers)."""
    rows = User.objects.filter(is_active=True, grants__role__in=WORKING_ROLES)
    everywhere = rows.filter(grants__customer=None, grants__role__in=WORKING_ROLES)
    if customer_id is None:
        return list(everywhere.distinct().order_by("name", "id"))
    there = User.objects.filter(
        is_active=True, grants__role__in=WORKING_ROLES, grants__customer_id=customer_id
    )
    return list((everywhere | there).distinct().order_by("name", "id"))


def teams(actor: Actor, customer_id: int | None = None) -> Iterable[Team]:
    """Active teams that may have a ticket of this customer in hand: the provider's, and the customer's own."""
    rows = Team.objects.visible_to(actor).filter(is_active=True).order_by("name")
    return [one for one in rows if one.customer_id in (None, customer_id)]


def _initial(transition: Transition, ticket: Ticket) -> dict[str, Any]:
    if transition.verb != "assign":
        start = processes.of(ticket).options.get("initial")
        return start(transition.verb, ticket, scoping.current().at) if start else {}
    return {
        "assignee": str(ticket.assignee_id or ""),
        "team": ticket.team.slug if ticket.team else "",
    }


def _text(_field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}))


def _line(_field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    return forms.CharField(max_length=250)


def _choice(field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    known = [(value, label) for value, label in (field.choices() if field.choices else [])]
    return forms.ChoiceField(choices=[("", _("Choose…")), *known])


def _instant(_field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    return LocalInstantField()


def _user(_field: Field, ticket: Ticket, _actor: Actor) -> forms.Field:
    return forms.ChoiceField(choices=assignees(ticket.customer_id, ticket.team_id))


def _flag(_field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    return forms.BooleanField()


def _users(_field: Field, ticket: Ticket, _actor: Actor) -> forms.Field:
    known = choices_of(people_of_the_desk(ticket.customer_id))
    return forms.MultipleChoiceField(choices=known, widget=forms.CheckboxSelectMultiple)


def _duration(_field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    return DurationField()


def _team(_field: Field, ticket: Ticket, actor: Actor) -> forms.Field:
    known = choices_of(teams(actor, ticket.customer_id), key="slug")
    return forms.ChoiceField(choices=[("", _("No team")), *known])


def _hold_reason(_field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    rows = HoldReason.objects.filter(is_active=True).order_by("kind", "name")
    return forms.ChoiceField(choices=choices_of(rows, key="slug", empty=_("Choose…")))


def _organization(_field: Field, _ticket: Ticket, actor: Actor) -> forms.Field:
    rows = Organization.objects.of_customers(actor).filter(is_supplier=True).order_by("name")
    return forms.ChoiceField(choices=choices_of(rows, empty=_("Choose…")))


def _children(_field: Field, ticket: Ticket, actor: Actor) -> forms.Field | None:
    """The open children, customer by customer: what will be resolved, and who will be told."""
    found = queries.open_children(ticket, actor)
    if not found:
        return None
    grouped = groupby(found, key=lambda one: one.customer.name)
    known = [(name, [(one.number, _line_of(one)) for one in rows]) for name, rows in grouped]
    return forms.MultipleChoiceField(choices=known, widget=forms.CheckboxSelectMultiple)


def _line_of(ticket: Ticket) -> str:
    """The child, who will be told, and why it cannot be resolved yet, if so."""
    who = ticket.requester.name if ticket.requester else _("nobody to tell")
    guard = processes.of(ticket).workflow.transition("resolve").guard
    lacks = guard(ticket) if guard else None
    return f"{ticket.number} {ticket.title} ({who})" + (f": {lacks}" if lacks else "")


def _messages(_field: Field, ticket: Ticket, actor: Actor) -> forms.Field:
    rows = queries.messages(ticket, actor).filter(ticket=ticket)
    known = [(str(one.pk), _words_of(one)) for one in rows]
    return forms.MultipleChoiceField(choices=known, widget=forms.CheckboxSelectMultiple)


def _words_of(one: Message) -> str:
    kind = _("internal note") if one.kind == MessageKind.NOTE else ""
    head = ", ".join(filter(None, [one.author_label, f"{timezone.localtime(one.at):%d %b %H:%M}", kind]))
    return f"{head}: {Truncator(one.body).chars(90)}"


def _customer(_field: Field, ticket: Ticket, actor: Actor) -> forms.Field:
    rows = Customer.objects.visible_to(actor).exclude(pk=ticket.customer_id).order_by("name")
    return forms.ChoiceField(choices=choices_of(rows, key="slug", empty=_("Choose…")))


def _escalation(_field: Field, ticket: Ticket, actor: Actor) -> forms.Field:
    """Teams first, then roles that somebody holds, then people."""
    own = teams(actor, ticket.customer_id)
    roles = [
        one for one in Role if one not in CUSTOMER_ROLES and people.holders(one, ticket.customer_id).exists()
    ]
    known = [
        (_("Teams"), [(f"team:{one.slug}", str(one)) for one in own if one.pk != ticket.team_id]),
        (_("Roles"), [(f"role:{one.value}", one.label) for one in roles]),
        (_("People"), [(f"user:{one.pk}", str(one)) for one in people_of_the_desk(ticket.customer_id)]),
    ]
    return forms.ChoiceField(choices=[("", _("Choose…")), *known])


def _uploads(_field: Field, _ticket: Ticket, _actor: Actor) -> forms.Field:
    return FilesField()


def _macro(_field: Field, ticket: Ticket, actor: Actor) -> forms.Field:
    known = prepared.macros_for(ticket, actor)
    return forms.ChoiceField(choices=choices_of(known, empty=_("Choose…")))


MAKERS: dict[str, Make] = {
    "text": _text,
    "line": _line,
    "choice": _choice,
    "instant": _instant,
    "flag": _flag,
    "duration": _duration,
    "user": _user,
    "users": _users,
    "team": _team,
    "hold_reason": _hold_reason,
    "organization": _organization,
    "number": _line,
    "numbers": _children,
    "messages": _messages,
    "customer": _customer,
    "escalation": _escalation,
    "uploads": _uploads,
    "macro": _macro,
}
