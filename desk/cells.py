"""The picker at a cell of the queue, or at a fact beside the ticket: one field, found by typing, saved by one press;
the row comes back."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from core import errors
from desk import (
    away,
    changes,
    doors,
    drawing,
    forms,
    on_call,
    queue,
    records,
    shell,
    undo,
    verb_forms,
    verbs,
    views_of_queue,
)
from tickets import actions, policy, processes, queries, reference
from tickets import verbs as ticket_verbs
from tickets.choices import Level
from tickets.models import Ticket

Option = dict[str, Any]


@require_http_methods(["GET", "POST"])
@doors.page
def pick(request: HttpRequest, number: str, field: str) -> HttpResponse:
    """GET: the choices of a field for this ticket (`q` narrows those of a long list, and brings them alone). POST
    `value`: save it. Both are for the script of the desk; without it the dialogs of the verbs do the same.

    Answers JSON to a POST: `row` (the line as it stands), `said` and `undo` (the address that takes it back), and
    `sentence` where it was refused: 409 and 412 show what another one did meanwhile, 422 why not.
    """
    if field not in FIELDS:
        raise errors.NotFound(_("There is nothing to choose here."))
    ticket = records.get_ticket(request, number)
    if request.method == "GET":
        options, action = FIELDS[field][1](request, ticket), reverse("desk:pick", args=[ticket.number, field])
        part = "desk/_picker_options.html" if "q" in request.GET else "desk/_picker.html"
        return shell.fragment(
            request, part, version=ticket.version, field=field, action=action, options=options,
            title=FIELDS[field][0] % {"number": ticket.number},
            search_url=f"{action}?field={field}" if field in LONG else "",
        )  # fmt: skip
    try:
        said, way_back = _save(request, ticket, field, request.POST.get("value", "")[:120])
    except errors.Refused as refusal:
        return _answer(request, ticket, status=refusal.status, sentence=refusal.detail)
    return _answer(request, ticket, said=said, undo=way_back)


def _answer(
    request: HttpRequest, ticket: Ticket, *, status: int = 200, sentence: str = "", **more: str
) -> HttpResponse:
    """The line of the queue as the database has it now; the page of a ticket draws itself anew."""
    mine = Ticket.objects.visible_to(request.actor).filter(pk=ticket.pk)
    if request.GET.get("at") == "ticket":
        version = mine.values_list("version", flat=True).first()
        return JsonResponse({"sentence": sentence, "version": version, **more}, status=status)
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    seen = queue.with_reading(mine, request.actor)
    fresh = queries.rows(seen).first()
    if fresh is None:
        return JsonResponse({"sentence": sentence, "row": "", **more}, status=status)
    is_gone = not views_of_queue.rows(asked, request.actor).filter(pk=fresh.pk).exists()
    shown = drawing.row(fresh, drawing.pen(request, asked), is_gone=is_gone)
    told = {"sentence": sentence, "row": shown, "version": fresh.version, **more}
    return JsonResponse(told, status=status)


def _save(request: HttpRequest, ticket: Ticket, field: str, value: str) -> tuple[str, str]:
    """What to say of it, and where its Undo is posted to."""
    by, common = request.actor, {"by": request.actor, "at": request.at, "version": forms.version_of(request)}
    if field == "priority":
        fields = _levels(ticket, value)
        done = actions.change(ticket, fields=fields, **common)
        said = _("%(number)s has priority P%(level)d.") % {"number": done.number, "level": done.priority}
        return said, undo.of_change(ticket, done, fields, by)
    if field in PLAIN:
        value = _people(ticket, value) if field == "requester" else value
        fields = {field: changes.READ[field](value, ticket, by)}
        done = actions.change(ticket, fields=fields, **common)
        said = _("%(number)s is changed.") % {"number": done.number}
        return said, undo.of_change(ticket, done, fields, by)
    verb = value if field == "status" else "assign"
    if verb not in processes.of(ticket).workflow.transitions:
        raise errors.Malformed(_("There is no such step: choose another."))
    done = ticket_verbs.run(ticket, verb, {} if field == "status" else {field: value}, **common)
    return verbs.said(done), undo.of_verb(ticket, done, verb, by)


def _levels(ticket: Ticket, value: str) -> dict[str, Any]:
    """Impact and urgency that give this priority, as near to the present ones as can be."""
    found = {str(level): cell for level, cell in _cells(ticket).items()}.get(value)
    if found is None:
        raise errors.Invalid(_("No impact and urgency give this priority: set it by hand, with a reason."))
    return {"impact": found[0], "urgency": found[1]}


def _cells(ticket: Ticket) -> dict[int, tuple[int, int]]:
    """For each priority the nearest (impact, urgency): the urgency is changed first."""
    matrix = reference.matrix_in_force()
    places = [(impact, urgency) for impact in Level.values for urgency in Level.values]
    places.sort(key=lambda one: (abs(one[0] - ticket.impact) * 3 + abs(one[1] - ticket.urgency), one))
    found: dict[int, tuple[int, int]] = {}
    for impact, urgency in places:
        found.setdefault(matrix.judge(impact, urgency), (impact, urgency))
    return found


def _assignees(request: HttpRequest, ticket: Ticket) -> list[Option]:
    if not _may(request, ticket, "assign"):
        return []
    own = request.actor.user_id
    known = verb_forms.people_of_the_desk(ticket.customer_id)
    gone = on_call.labels(ticket.team_id, request.at) | away.labels([one.pk for one in known], request.at)
    found = [
        _option(str(one.pk), str(one), one.pk == ticket.assignee_id)
        | ({"hint": gone[one.pk]} if one.pk in gone else {})
        for one in known
    ]
    found.sort(key=lambda one: one["value"] != str(own))
    return [*found, _option("", _("Nobody"), ticket.assignee_id is None)]


def _teams(request: HttpRequest, ticket: Ticket) -> list[Option]:
    if not _may(request, ticket, "assign"):
        return []
    known = verb_forms.teams(request.actor, ticket.customer_id)
    found = [_option(one.slug, one.name, one.pk == ticket.team_id) for one in known]
    return [*found, _option("", _("No team"), ticket.team_id is None)]


def _priorities(request: HttpRequest, ticket: Ticket) -> list[Option]:
    if not _may(request, ticket, "change"):
        return []
    by_hand = reverse("desk:change", args=[ticket.number]) + "?only=priority"
    cells = {} if ticket.priority_override else _cells(ticket)
    found = []
    for one in reference.priorities():
        cell, is_present = cells.get(one.level), one.level == ticket.priority
        option = _option(str(one.level), f"P{one.level} {one.name}", is_present, key=str(one.level))
        found.append(option | ({"hint": _judged(cell)} if cell else {"dialog_url": by_hand}))
    return [*found, {**_option("", _("By hand, with a reason…"), False), "dialog_url": by_hand}]


def _judged(cell: tuple[int, int]) -> str:
    return f"{Level(cell[0]).label} × {Level(cell[1]).label}".lower()


def _steps(request: HttpRequest, ticket: Ticket) -> list[Option]:
    """What may be done now; a step that asks something opens its dialog."""
    found = []
    for one in policy.allowed(request.actor, ticket):
        if one.verb in (*verbs.ELSEWHERE, "assign"):
            continue
        url = reverse("desk:verb", args=[ticket.number, one.verb])
        option = _option(one.verb, str(one.label), False, key=one.key)
        found.append(option | ({"dialog_url": url} if one.fields else {}))
    return found


def _plain(name: str) -> Callable[[HttpRequest, Ticket], list[Option]]:
    """The choices that the dialog of this field has."""

    def options(request: HttpRequest, ticket: Ticket) -> list[Option]:
        if not _may(request, ticket, "change"):
            return []
        present = str(getattr(ticket, name if name in ("impact", "urgency") else f"{name}_id") or "")
        known = changes.FIELDS[name](ticket, request.actor).choices
        return [_option(str(value), str(label), str(value) == present) for value, label in known]

    return options


def _requesters(request: HttpRequest, ticket: Ticket) -> list[Option]:
    """People of the ticket's customer, as far as what was typed names them; a long list is found by typing."""
    if not _may(request, ticket, "change"):
        return []
    rows = Person.objects.visible_to(request.actor).filter(customer_id=ticket.customer_id, is_active=True)
    for word in request.GET.get("q", "")[:100].replace("\x00", "").split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    found = rows.order_by("name", "id")[:MOST]
    return [
        _option(str(one.pk), one.name, one.pk == ticket.requester_id) | {"hint": one.email} for one in found
    ]


def _people(ticket: Ticket, value: str) -> str:
    """The address or name behind a chosen person, as the dialog takes it."""
    rows = Person.objects.filter(customer_id=ticket.customer_id)
    found = rows.filter(pk=int(value)).first() if value.isdecimal() and len(value) < 19 else None
    return (found.email or found.name) if found else value


def _may(request: HttpRequest, ticket: Ticket, verb: str) -> bool:
    return any(one.verb == verb for one in policy.allowed(request.actor, ticket))


def _option(value: str, label: str, is_present: bool, key: str = "") -> Option:
    return {"value": value, "label": label, "is_present": is_present, "key": key}


FIELDS = {
    "status": (__("Next step for %(number)s"), _steps),
    "assignee": (__("Assign %(number)s"), _assignees),
    "priority": (__("Priority of %(number)s"), _priorities),
    "team": (__("Team of %(number)s"), _teams),
    "service": (__("Service of %(number)s"), _plain("service")),
    "category": (__("Category of %(number)s"), _plain("category")),
    "site": (__("Site of %(number)s"), _plain("site")),
    "requester": (__("Requester of %(number)s"), _requesters),
    "impact": (__("Impact of %(number)s"), _plain("impact")),
    "urgency": (__("Urgency of %(number)s"), _plain("urgency")),
}
PLAIN = ("service", "category", "site", "requester", "impact", "urgency")
LONG = ("requester",)  # found by typing: their lists may be of any length
MOST = 50
