"""What a macro would do to a ticket, effect by effect, and doing all of it in one step.

A page previews: it takes the texts and fields as pending edits and sends them later by the verbs of its own. A
program, or a selection of tickets, applies: one transaction, each part under its own permission.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from automation import events, use, variables
from automation.models import Macro
from core import errors
from core.actor import Actor
from journal import recording
from tickets import actions, inputs, locking, policy, processes
from tickets.engine import Transition
from tickets.models import Ticket

SAYS = ("message", "note")  # inputs of verbs that the customer reads: the macro's reply goes there, not twice


@dataclass(frozen=True)
class Effect:
    """One effect as it is shown before anything is done. `kind`: reply, note, field, assign, verb.

    `name` is the field or verb, `before` and `after` words for people, `value` the key that the verb takes.
    `refused` says why this part cannot be done now by this person, or is empty.
    """

    kind: str
    name: str
    label: str
    before: str = ""
    after: str = ""
    value: Any = None
    refused: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything that a macro would do to one ticket."""

    macro: Macro
    reply: variables.Written | None
    note: variables.Written | None
    fields: dict[str, Any] = field(default_factory=dict)
    assignment: dict[str, Any] = field(default_factory=dict)
    verb: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)


def plan(macro: Macro, ticket: Ticket, *, by: Actor, at: dt.datetime) -> Plan:
    """What the macro would do now. Changes nothing."""
    reply = variables.fill(macro.reply, ticket, by, at) if macro.reply else None
    note = variables.fill(macro.note, ticket, by, at) if macro.note else None
    found = Plan(
        macro, reply, note, _fields(macro, ticket), _assignment(macro, by), macro.verb,
        {name: _filled(value, ticket, by, at) for name, value in macro.values.items()},
    )  # fmt: skip
    found.effects.extend(_effects(found, ticket, by))
    return found


def apply_macro(
    ticket: Ticket, *, by: Actor, at: dt.datetime, macro: str | int, version: int | None = None
) -> Ticket:
    """Carry out a macro in one step (8.6.1): fields, assignment, note, reply, then its verb, all or nothing.

    `macro` is its id or its exact name. Raises Malformed (no such macro), Forbidden, NotAllowed, Invalid and Stale as
    the parts do. Records the entries of the parts, then `<kind>.macro_applied`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "apply_macro", row)
        processes.of(row).workflow.check(row, "apply_macro", macro=macro)
        chosen = find(macro, row, by)
        row = _carry_out(plan(chosen, row, by=by, at=at), row, by, at)
        use.count(chosen, row, at=at)
        recording.record(
            events.MacroApplied(subject=row, by=by, at=at, macro=chosen.name, macro_id=chosen.pk)
        )
    return row


def find(key: str | int, ticket: Ticket, by: Actor) -> Macro:
    """The macro with this id or name, as far as the actor may take it on this ticket. Raises Malformed."""
    rows = Macro.objects.usable_by(by).for_customer(ticket.customer_id)
    text = str(key)
    found = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    found = found or rows.filter(name=text).order_by("id").first()
    if found is None:
        sentence = _("There is no macro “%(name)s” for this ticket.") % {"name": text[:80]}
        raise errors.Malformed(sentence, errors={"macro": [sentence]})
    return found


def _carry_out(what: Plan, row: Ticket, by: Actor, at: dt.datetime) -> Ticket:
    common = {"by": by, "at": at}
    verbs = processes.of(row).actions
    if what.fields:
        row = actions.change(row, fields=what.fields, **common)
    if what.assignment:
        row = actions.assign(row, **what.assignment, **common)
    if what.note:
        row = verbs["note"](row, body=what.note.text, **common)
    transition = _transition(what, row)
    given = _given(what, transition)
    if what.reply and what.reply.text not in given.values():
        row = verbs["reply"](row, body=what.reply.text, **common)
        row.refresh_from_db()  # a first reply accepts the ticket
    if transition is None or (transition.verb == "accept" and row.state not in transition.sources):
        return row  # a reply accepts a new ticket by itself
    policy.require(by, transition.verb, row)
    values = inputs.clean(transition.fields, given, by)
    processes.of(row).workflow.check(row, transition.verb, **values)
    return verbs[transition.verb](row, **values, **common)


def _transition(what: Plan, row: Ticket) -> Transition | None:
    return processes.of(row).workflow.transition(what.verb) if what.verb else None


def _given(what: Plan, transition: Transition | None) -> dict[str, Any]:
    """The inputs of the verb; a text for the customer that it lacks is the macro's reply."""
    if transition is None:
        return {}
    given = dict(what.inputs)
    says = next((one.name for one in transition.fields if one.name in SAYS and one.type == "text"), "")
    if what.reply and says and not given.get(says):
        given[says] = what.reply.text
    return given


def _fields(macro: Macro, ticket: Ticket) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if macro.set_category_id and macro.set_category_id != ticket.category_id:
        found["category"] = macro.set_category
    if macro.set_priority and macro.set_priority != ticket.priority:
        reason = macro.priority_reason or _("Macro “%(name)s”") % {"name": macro.name}
        found |= {"priority": macro.set_priority, "priority_reason": reason}
    return found


def _assignment(macro: Macro, by: Actor) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if macro.set_team:
        found["team"] = macro.set_team
    if macro.takes and by.user_id:
        found["assignee"] = use.login(by)
    elif macro.set_assignee:
        found["assignee"] = macro.set_assignee
    return found


def _filled(value: Any, ticket: Ticket, by: Actor, at: dt.datetime) -> Any:
    return variables.fill(value, ticket, by, at).text if isinstance(value, str) else value


def _effects(what: Plan, ticket: Ticket, by: Actor) -> list[Effect]:
    found = [*_texts(what, ticket, by)]
    may_change, may_assign = _refusal("change", ticket, by), _refusal("assign", ticket, by)
    if "category" in what.fields:
        category = what.fields["category"]
        was = str(ticket.category or _("none"))
        found.append(
            Effect("field", "category", _("Category"), was, str(category), category.slug, may_change)
        )
    if "priority" in what.fields:
        level = what.fields["priority"]
        found.append(
            Effect("field", "priority", _("Priority"), f"P{ticket.priority}", f"P{level}", level, may_change)
        )
    for name, label in (("team", _("Team")), ("assignee", _("Assignee"))):
        if name in what.assignment:
            new, was = what.assignment[name], getattr(ticket, name)
            key = new.slug if name == "team" else new.pk
            found.append(Effect("assign", name, label, str(was or _("nobody")), str(new), key, may_assign))
    if what.verb:
        transition = processes.of(ticket).workflow.transitions.get(what.verb)
        label = str(transition.label) if transition else what.verb
        given = ", ".join(str(one) for one in what.inputs.values() if one)
        found.append(
            Effect("verb", what.verb, label, "", given, what.inputs, _refusal(what.verb, ticket, by))
        )
    return found


def _texts(what: Plan, ticket: Ticket, by: Actor) -> list[Effect]:
    found = []
    if what.reply:
        found.append(
            Effect(
                "reply",
                "reply",
                _("Reply to the customer"),
                "",
                what.reply.text,
                None,
                _refusal("reply", ticket, by),
            )
        )
    if what.note:
        found.append(
            Effect("note", "note", _("Internal note"), "", what.note.text, None, _refusal("note", ticket, by))
        )
    return found


def _refusal(verb: str, ticket: Ticket, by: Actor) -> str:
    flow = processes.of(ticket).workflow
    transition = flow.transitions.get(verb)
    if transition is None:
        return _("This kind of ticket has no such verb.")
    if not policy.may(by, transition, ticket):
        return _("You may not do this here.")
    if ticket.state not in transition.sources:
        return _("Not from the state %(state)s.") % {"state": flow.state(ticket).label}
    return ""
