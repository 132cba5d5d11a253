"""Who follows a ticket, what was merged into it, and the way from a duplicate to the one that stays."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template import loader
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Person
from core import errors
from desk import doors, records, shell, undo, verbs
from desk.forms import DeskForm, choices_of
from notifications import preference_actions as preferences
from notifications.preference_models import TicketMute
from tickets import actions, beside, policy, processes
from tickets.choices import Phase
from tickets.models import Merge, Participant, Ticket, Watcher

MOST = 500


class ParticipantForm(DeskForm):
    """Whom of the customer to let in."""

    person = django_forms.ChoiceField(label=__("Person"))


def panel(request: HttpRequest, ticket: Ticket, allowed: set[str], known: beside.Beside) -> dict[str, Any]:
    """The box of people who follow it, and of duplicates that went into it."""
    own = {"customer_id": ticket.customer_id, "ticket": ticket}
    watching = Watcher.objects.filter(**own).select_related("user").order_by("id")
    involved = Participant.objects.filter(**own).select_related("person").order_by("id")
    merged = Merge.objects.filter(customer_id=ticket.customer_id, into=ticket, undone_at=None)
    watchers = [one.user for one in watching] if known.has_watchers else []
    context = {
        "number": ticket.number,
        "watchers": watchers,
        "participants": list(involved) if known.has_participants else [],
        "duplicates": list(merged.select_related("ticket").order_by("id")) if known.has_duplicates else [],
        "is_watching": any(one.pk == request.actor.user_id for one in watchers),
        "may_watch": "watch" in allowed,
        "may_involve": "involve" in allowed,
        "undo_after": request.at - actions.UNDO_WITHIN,
    }
    content = loader.render_to_string("desk/_following.html", context, request)
    return {"title": _("People"), "content": format_html("{}", content), "id": "following"}


def where_it_goes_on(request: HttpRequest, ticket: Ticket) -> HttpResponse | None:
    """The way to the one that stays, with a line that says so; None for no duplicate, and for one looked at itself."""
    if ticket.phase != Phase.CLOSED or "itself" in request.GET:
        return None
    made = Merge.objects.filter(customer_id=ticket.customer_id, ticket=ticket, undone_at=None)
    found = made.filter(into__in=Ticket.objects.visible_to(request.actor)).select_related("into").first()
    if found is None:
        return None
    said = _("%(number)s was merged into this one, %(into)s.")
    messages.info(request, said % {"number": ticket.number, "into": found.into.number})
    return redirect("desk:ticket", found.into.number)


@require_POST
@doors.page
def watch(request: HttpRequest, number: str) -> HttpResponse:
    """Follow the ticket, or let it go where one follows it: one press."""
    ticket = records.get_ticket(request, number)
    is_on = request.POST.get("then") != "unwatch"
    (actions.watch if is_on else actions.unwatch)(ticket, by=request.actor, at=request.at)
    said = _("You watch %(number)s.") if is_on else _("You no longer watch %(number)s.")
    sentence, way_back = said % {"number": ticket.number}, undo.of_watch(ticket, request.actor, is_on=is_on)
    if "quiet" in request.POST:  # the script of the queue: it shows the toast itself
        return JsonResponse({"said": sentence, "undo": way_back})
    undo.say(request, sentence, way_back)
    return verbs.back(request, ticket)


@require_http_methods(["GET", "POST"])
@doors.page
def mute(request: HttpRequest, number: str) -> HttpResponse:
    """POST: hear nothing more of this ticket, or again (`then` is unmute). GET: the button that is right now, loaded
    after the page."""
    ticket = records.get_ticket(request, number)
    if request.method == "GET":
        own = {"customer_id": ticket.customer_id, "ticket": ticket, "user_id": request.actor.user_id or 0}
        is_muted = TicketMute.objects.filter(**own).exclude(until_at__lte=request.at).exists()
        return shell.fragment(request, "desk/_mute.html", number=ticket.number, is_muted=is_muted)
    is_on = request.POST.get("then") != "unmute"
    hear = preferences.mute_ticket if is_on else preferences.unmute_ticket
    hear(request.user, by=request.actor, at=request.at, number=ticket.number)
    said = _("You hear nothing more of %(number)s.") if is_on else _("You hear of %(number)s again.")
    way_back = undo.of_mute(ticket, request.actor, is_on=is_on)
    undo.say(request, said % {"number": ticket.number}, way_back)
    return verbs.back(request, ticket)


@require_http_methods(["GET", "POST"])
@doors.page
def let_in(request: HttpRequest, number: str) -> HttpResponse:
    """Let a person of the customer take part."""
    ticket = records.get_ticket(request, number)
    policy.require(request.actor, "involve", ticket)
    form = ParticipantForm(request.POST or None)
    form.fields["person"].choices = [("", _("Choose…")), *choices_of(_persons(request, ticket))]
    title = _("Let somebody take part in %(number)s") % {"number": ticket.number}
    named = {
        "title": title, "form": form, "submit": _("Let take part"),
        "text": _("They see the whole public conversation, may answer, and are told by mail."),
    }  # fmt: skip
    if request.method == "GET":
        processes.of(ticket).workflow.check(ticket, "involve")
        return verbs.dialog(request, ticket, **named)
    if form.is_valid():
        person = _persons(request, ticket, pk=form.cleaned_data["person"])[0]
        try:
            actions.add_participant(ticket, by=request.actor, at=request.at, person=person)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("%(name)s takes part now.") % {"name": person.name})
            return verbs.back(request, ticket)
    return verbs.dialog(request, ticket, status=422, **named)


@require_POST
@doors.page
def let_out(request: HttpRequest, number: str, participant_id: int) -> HttpResponse:
    """Take a person out again."""
    ticket = records.get_ticket(request, number)
    actions.remove_participant(ticket, by=request.actor, at=request.at, participant_id=participant_id)
    messages.success(request, _("They no longer take part."))
    return redirect(reverse("desk:ticket", args=[ticket.number]))


def _persons(request: HttpRequest, ticket: Ticket, **only: Any) -> list[Person]:
    rows = Person.objects.visible_to(request.actor).filter(customer_id=ticket.customer_id, is_active=True)
    return list(rows.filter(**only).exclude(pk=ticket.requester_id).order_by("name", "id")[:MOST])
