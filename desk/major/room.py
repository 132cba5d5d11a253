"""The room of one major incident: everything that is said, decided and owed, and the update to every audience."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import errors, markdown
from desk import doors, records, shell, showing, timeline, verb_forms, verbs
from desk.forms import DeskForm
from desk.major import clock
from incidents.choices import UpdateAudience
from incidents.major import queries, table
from incidents.models import MajorDecision, MajorIncident, MajorUpdate
from tickets import actions, policy, processes
from tickets import queries as ticket_queries
from tickets import verbs as deeds
from tickets.choices import LinkKind, TaskState
from tickets.models import Ticket

UPDATE = "post_update"


@require_GET
@doors.page
def room(request: HttpRequest, number: str) -> HttpResponse:
    """The room of a ticket that is, or was, a major incident."""
    ticket, major = _get(request, number)
    return _show(request, ticket, major)


@require_http_methods(["POST"])
@doors.page
def update(request: HttpRequest, number: str) -> HttpResponse:
    """Post an update to every audience with a text, or (`preview`) show what each would read. A preview writes
    nothing."""
    ticket, major = _get(request, number)
    transition = processes.of(ticket).workflow.transition(UPDATE)
    policy.require(request.actor, UPDATE, ticket)
    form = verb_forms.build(transition, ticket, request.actor, request.POST)
    if not form.is_valid():
        return _show(request, ticket, major, form=form, status=422)
    if "preview" in request.POST:
        return _show(request, ticket, major, form=form, previews=_previews(form))
    try:
        deeds.run(ticket, UPDATE, verb_forms.raw(form, transition), by=request.actor, at=request.at)
    except errors.Refused as refusal:
        form.take(refusal)
        return _show(request, ticket, major, form=form, status=409 if refusal.status == 409 else 422)
    messages.success(request, _("The update is posted."))
    return redirect(reverse("desk:major", args=[ticket.number]))


@require_POST
@doors.page
def link(request: HttpRequest, number: str) -> HttpResponse:
    """Put another ticket below this major incident."""
    ticket, _major = _get(request, number)
    wanted = request.POST.get("number", "")
    child = Ticket.objects.visible_to(request.actor).numbered(wanted).first() if wanted.strip() else None
    if child is None:
        messages.error(request, _("There is no ticket “%(value)s”.") % {"value": wanted[:40]})
    else:
        try:
            actions.link(child, by=request.actor, at=request.at, kind=LinkKind.CHILD_OF, other=ticket)
            messages.success(request, _("%(number)s is linked.") % {"number": child.number})
        except errors.Refused as refusal:
            messages.error(request, refusal.detail)
    return redirect(reverse("desk:major", args=[ticket.number]) + "#linked")


def _get(request: HttpRequest, number: str) -> tuple[Ticket, MajorIncident]:
    ticket = records.get_ticket(request, number)
    rows = MajorIncident.objects.filter(pk=ticket.pk, customer_id=ticket.customer_id)
    major = rows.select_related("lead", "communications", "technical", "reviewer").first()
    if major is None:
        raise records.not_found()
    return ticket, major


def _show(
    request: HttpRequest,
    ticket: Ticket,
    major: MajorIncident,
    *,
    form: DeskForm | None = None,
    previews: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    allowed = {one.verb: one for one in policy.allowed(request.actor, ticket)}
    if form is None and UPDATE in allowed:
        form = verb_forms.build(allowed[UPDATE], ticket, request.actor)
    moments = ticket_queries.timeline(ticket, request.actor)
    own = {"customer_id": ticket.customer_id, "ticket": ticket}
    context = {
        "head": _head(ticket, major),
        "clock": clock.of(ticket, major, request.at),
        "deeds": [one for one in verbs.offered(ticket, request) if one["verb"] in _SHOWN],
        "form": form if UPDATE in allowed else None,
        "update_url": reverse("desk:major-update", args=[ticket.number]),
        "previews": previews,
        "recipients": queries.recipients(ticket, major.reach, request.actor),
        "timeline": timeline.entries(moments, ticket, request.actor),
        "roles": _roles(major),
        "linked": [_linked(one) for one in queries.children(ticket, request.actor)],
        "link_url": reverse("desk:major-link", args=[ticket.number]) if "link" in allowed else "",
        "updates": MajorUpdate.objects.filter(**own).order_by("-at", "-id")[:20],
        "decisions": MajorDecision.objects.filter(**own).order_by("at", "id"),
        "tasks": [
            _task(one) for one in ticket.tasks.filter(customer_id=ticket.customer_id).order_by("position")
        ],
        "procedure": queries.procedure_of(major),
        "report_html": markdown.to_html(major.report) if major.report else "",
        "major": major,
    }
    return shell.render(request, "desk/major.html", is_narrow=True, current="major", status=status, **context)


_SHOWN = frozenset({*table.VERBS, "add_task", "resolve", "close"}) - {UPDATE, "declare_major"}


def _head(ticket: Ticket, major: MajorIncident) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "title": major.title,
        "inside_title": ticket.title,
        "url": reverse("desk:ticket", args=[ticket.number]),
        "list_url": reverse("desk:majors"),
        "customer": ticket.customer.name,
        "priority": ticket.priority,
        "status": showing.status(ticket),
        "stage": _("Withdrawn") if major.withdrawn_at else major.get_stage_display(),
        "declared_at": major.declared_at,
        "declared_by": major.declared_by,
    }


def _roles(major: MajorIncident) -> list[dict[str, Any]]:
    named = (
        (_("Lead"), major.lead),
        (_("Communications"), major.communications),
        (_("Technical lead"), major.technical),
    )
    return [{"label": label, "who": {"name": str(one), "kind": ""} if one else None} for label, one in named]


def _linked(one: Ticket) -> dict[str, Any]:
    return {
        "number": one.number,
        "url": reverse("desk:ticket", args=[one.number]),
        "title": one.title,
        "customer": one.customer.name,
        "status": showing.status(one),
    }


def _task(one: Any) -> dict[str, Any]:
    return {"title": one.title, "is_done": one.state != TaskState.OPEN, "due_at": one.due_at}


def _previews(form: DeskForm) -> list[dict[str, Any]]:
    values = form.values()
    return [
        {"label": label, "html": markdown.to_html(values[audience])}
        for audience, label in UpdateAudience.choices
        if values.get(audience)
    ]
