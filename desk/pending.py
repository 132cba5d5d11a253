"""What a macro left beside a text: changes that go with the send, each of which could be taken away before."""

from typing import Any

from django.http import HttpRequest

from automation import macros, use
from automation.macros import Plan
from core import errors
from desk import undo
from tickets import actions
from tickets.models import Ticket

MOST = 5  # macros in one text
FIELDS = ("category", "priority")


def carry_out(
    request: HttpRequest, ticket: Ticket, version: int | None
) -> tuple[int | None, list[tuple[str, dict[str, Any]]]]:
    """Make the changes that the form names: `macro` (an id), and as `edit-<id>` the names of what is wanted of it.

    Values come from the macro, never from the form. Raises what the actions raise. Returns the version that what
    follows must find (none, where something was changed here), and how each change is taken back (undo.bring_back).
    """
    made: list[tuple[str, dict[str, Any]]] = []
    for key in request.POST.getlist("macro")[:MOST]:
        macro = macros.find(key, ticket, request.actor)
        wanted = set(request.POST.getlist(f"edit-{macro.pk}"))
        plan = macros.plan(macro, ticket, by=request.actor, at=request.at)
        made += _apply(plan, wanted, ticket, request, None if made else version)
        use.count(macro, ticket, at=request.at)
    return None if made else version, made


def _apply(
    plan: Plan, wanted: set[str], ticket: Ticket, request: HttpRequest, version: int | None
) -> list[tuple[str, dict[str, Any]]]:
    common, made = {"by": request.actor, "at": request.at}, []
    fields = {name: plan.fields[name] for name in FIELDS if name in wanted and name in plan.fields}
    if fields:
        made.append(undo.note_of(ticket, "change", tuple(fields)))
        if "priority" in fields:
            fields["priority_reason"] = plan.fields["priority_reason"]
        actions.change(ticket, fields=fields, version=version, **common)
        version = None
    given = {name: row for name, row in plan.assignment.items() if name in wanted}
    if given:
        made.append(undo.note_of(ticket, "assign", ()))
        actions.assign(ticket, **given, version=version, **common)
    return made


def shown(request: HttpRequest, ticket: Ticket) -> tuple[dict[str, Any], ...]:
    """The same changes as chips again, after a send that was held or refused."""
    found = []
    for key in request.POST.getlist("macro")[:MOST]:
        try:
            macro = macros.find(key, ticket, request.actor)
        except errors.Malformed:
            continue  # dropped meanwhile: it is not on the page any more
        wanted = set(request.POST.getlist(f"edit-{macro.pk}"))
        effects = macros.plan(macro, ticket, by=request.actor, at=request.at).effects
        rows = [
            {"name": one.name, "words": f"{one.label}: {one.after}"} for one in effects if one.name in wanted
        ]
        found.append({"id": macro.pk, "rows": rows})
    return tuple(found)
