"""Macros and saved texts on a ticket: what fits, and what each would do, before anything is done.

For the composer's `/` menu and the key M. Two GETs and one POST, each as a part of a page where a script asks
(`HX-Request`), as JSON where the caller accepts `application/json`, else as a page of its own:

`GET desk/tickets/<number>/macros/?q=<words>` lists what fits, the three used most on this service first::

    {"macros": [{"id": 7, "name": "Ask for the version", "is_top": true, "does": "Reply, With customer",
                 "owner": "everybody" | "team" | "own", "url": "<preview>"}],
     "texts":  [{"id": 3, "name": "Greeting", "text": "Hello Jane,\\n\\n", "cursor": 13}]}

`GET desk/tickets/<number>/macros/<id>/` is the preview. `reply` and `note` have their variables filled in, `cursor` is
an offset in characters; `fields` and `verb` are the pending edits, in the shape that PATCH and verbs take; a part with
`refused` cannot be done now by this person, and says why::

    {"id": 7, "name": "…", "used_url": "…/used/",
     "reply": {"text": "…", "cursor": 42} | null, "note": {"text": "…", "cursor": 0} | null,
     "fields": {"category": "network", "priority": 2, "priority_reason": "…", "team": "network", "assignee": 4},
     "verb": {"verb": "hold", "label": "Hold", "values": {"reason": "with-customer"}} | null,
     "effects": [{"kind": "reply" | "note" | "field" | "assign" | "verb", "name": "priority", "label": "Priority",
                  "before": "P3", "after": "P2", "refused": ""}]}

`POST desk/tickets/<number>/macros/<id>/used/` (204) counts a use, once the edits were taken. Nothing else is changed
here: edits are sent by the verbs, and all of a macro in one step is the verb `apply_macro` (`do/apply_macro/`).
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from automation import macros, queries, use, variables
from automation.models import Macro
from core import errors
from desk import doors, records, shell
from tickets import policy, processes
from tickets.models import Ticket

EDITS = ("field", "assign")


@require_GET
@doors.page
def listing(request: HttpRequest, number: str) -> HttpResponse:
    """The macros and texts that fit this ticket; ?q= narrows them by words."""
    ticket = _get(request, number)
    words = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    found = {
        "macros": [_line(one, ticket) for one in queries.macros_for(ticket, request.actor, words)],
        "texts": [_text(one, ticket, request) for one in queries.texts_for(ticket, request.actor, words)],
    }
    if _wants_json(request):
        return JsonResponse(found)
    return _show(request, ticket, "desk/_macros.html", title=_("Macros"), q=words, **found)


@require_GET
@doors.page
def preview(request: HttpRequest, number: str, macro_id: int) -> HttpResponse:
    """What one macro would do to this ticket, part by part."""
    ticket = _get(request, number)
    plan = macros.plan(_macro(request, ticket, macro_id), ticket, by=request.actor, at=request.at)
    found = _preview(plan, ticket)
    if _wants_json(request):
        return JsonResponse(found)
    return _show(
        request, ticket, "desk/_macro.html", title=plan.macro.name, macro=found, pending=found,
        apply_url=reverse("desk:verb", args=[ticket.number, "apply_macro"]),
        can_apply=not any(one["refused"] for one in found["effects"]),
    )  # fmt: skip


@require_POST
@doors.page
def used(request: HttpRequest, number: str, macro_id: int) -> HttpResponse:
    """Count one use of a macro on this ticket's service."""
    ticket = _get(request, number)
    policy.require(request.actor, "apply_macro", ticket)
    use.count(_macro(request, ticket, macro_id), ticket, at=request.at)
    return HttpResponse(status=204)


def _get(request: HttpRequest, number: str) -> Ticket:
    ticket = records.get_ticket(request, number)
    if not records.may_work(request.actor, ticket):
        raise errors.Forbidden(_("Macros are for who works on this ticket."))
    return ticket


def _macro(request: HttpRequest, ticket: Ticket, macro_id: int) -> Macro:
    rows = queries.macros(request.actor).for_customer(ticket.customer_id)
    found = rows.filter(pk=macro_id).first()
    if found is None:
        raise errors.NotFound(_("There is no such macro, or it is not yours to use."))
    return found


def _line(one: Macro, ticket: Ticket) -> dict[str, Any]:
    return {
        "id": one.pk, "name": one.name, "is_top": one.is_top, "does": _does(one, ticket),
        "owner": "own" if one.user_id else "team" if one.team_id else "everybody",
        "url": reverse("desk:macro", args=[ticket.number, one.pk]),
    }  # fmt: skip


def _does(one: Macro, ticket: Ticket) -> str:
    """The effects in a few words."""
    transition = processes.of(ticket).workflow.transitions.get(one.verb)
    parts = [
        _("Reply") if one.reply else "",
        _("Note") if one.note else "",
        f"P{one.set_priority}" if one.set_priority else "",
        str(one.set_category or ""),
        str(one.set_team or ""),
        _("Take") if one.takes else str(one.set_assignee or ""),
        str(transition.label) if transition else "",
    ]
    return ", ".join(part for part in parts if part)


def _text(one: Any, ticket: Ticket, request: HttpRequest) -> dict[str, Any]:
    written = variables.fill(one.body, ticket, request.actor, request.at)
    return {"id": one.pk, "name": one.name, "text": written.text, "cursor": written.cursor}


def _preview(plan: macros.Plan, ticket: Ticket) -> dict[str, Any]:
    edits = {one.name: one.value for one in plan.effects if one.kind in EDITS}
    if "priority_reason" in plan.fields:
        edits["priority_reason"] = plan.fields["priority_reason"]
    verb = next((one for one in plan.effects if one.kind == "verb"), None)
    return {
        "id": plan.macro.pk,
        "name": plan.macro.name,
        "used_url": reverse("desk:macro-used", args=[ticket.number, plan.macro.pk]),
        "reply": plan.reply and vars(plan.reply),
        "note": plan.note and vars(plan.note),
        "fields": edits,
        "verb": {"verb": verb.name, "label": verb.label, "values": plan.inputs} if verb else None,
        "effects": [
            {name: getattr(one, name) for name in ("kind", "name", "label", "before", "after", "refused")}
            for one in plan.effects
        ],
    }


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _show(request: HttpRequest, ticket: Ticket, part: str, **context: Any) -> HttpResponse:
    context = {"ticket": ticket, "number": ticket.number, **context}
    if doors.is_fragment(request):
        return shell.fragment(request, part, **context)
    url = reverse("desk:ticket", args=[ticket.number])
    back = {"url": url, "label": f"{ticket.number} {ticket.title}"}
    return shell.render(request, "desk/macros.html", part=part, back=back, **context)
