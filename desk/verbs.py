"""The dialog of every verb: a form made from its declaration, one call, and the refusals at the fields they name."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import errors
from desk import away, doors, forms, merging, position, records, shell, showing, undo, verb_forms
from desk.forms import DeskForm
from tickets import policy, processes, verbs
from tickets.engine import Transition
from tickets.models import Ticket

EDITORS = ("reply", "note")  # they have editors of their own on the ticket's page
ELSEWHERE = (*EDITORS, "change", "link", "watch", "involve")
BY_KEY = ("apply_macro",)  # reached by M and the composer, not by a button of the header
ICONS = {
    "accept": "player-play", "assign": "user-check", "hold": "player-pause", "resume": "player-play",
    "resolve": "check", "close": "circle-check", "reopen": "refresh", "cancel": "x",
    "restrict": "lock", "lift_restriction": "lock-open",
    "escalate": "bell", "merge": "copy", "unmerge": "refresh", "split": "copy", "move_to_customer": "building",
    "follow_up": "plus",
}  # fmt: skip
FIRST = ("accept", "resume", "resolve", "hold", "reopen", "close", "assign")


@require_http_methods(["GET", "POST"])
@doors.page
def verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Show a verb's form, or carry it out."""
    ticket = records.get_ticket(request, number)
    if verb in ELSEWHERE:
        return redirect(_elsewhere(ticket, verb))
    transition = processes.of(ticket).workflow.transition(verb)
    policy.require(request.actor, verb, ticket)
    if request.method == "POST":
        return _carry_out(request, ticket, transition)
    if verb == "merge":
        return redirect(
            f"{reverse('desk:merge')}?{urlencode({'a': ticket.number})}"
        )  # looked at before it is done
    if ticket.state not in transition.sources:
        processes.of(ticket).workflow.check(ticket, verb)  # raises, and says what is allowed instead
    form = verb_forms.build(transition, ticket, request.actor)
    return dialog(request, ticket, title=title(transition, ticket), form=form, submit=str(transition.label))


@require_POST
@doors.page
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Assign the ticket to oneself: one press, no form."""
    ticket = records.get_ticket(request, number)
    version = forms.version_of(request)
    done = verbs.run(ticket, "assign", {"assignee": "me"}, by=request.actor, at=request.at, version=version)
    way_back = undo.of_verb(ticket, done, "assign", request.actor)
    undo.say(request, _("%(number)s is yours.") % {"number": done.number}, way_back)
    return back(request, done)


def offered(ticket: Ticket, request: HttpRequest) -> list[dict[str, Any]]:
    """The buttons of the ticket's page: what the actor may do now, the next step first."""
    actor = request.actor
    found, allowed = [], policy.allowed(actor, ticket)
    for one in allowed:
        if one.verb not in (*ELSEWHERE, *BY_KEY):
            is_direct = not one.fields
            found.append(
                {
                    "label": one.label, "url": reverse("desk:verb", args=[ticket.number, one.verb]),
                    "icon": ICONS.get(one.verb, ""), "key": one.key, "verb": one.verb, "is_direct": is_direct,
                }
            )  # fmt: skip
    found.sort(key=lambda one: FIRST.index(one["verb"]) if one["verb"] in FIRST else len(FIRST))
    if any(one["verb"] == "assign" for one in found) and ticket.assignee_id != actor.user_id:
        take_it = {"label": _("Take"), "url": reverse("desk:take", args=[ticket.number]), "icon": "user-plus"}
        found.append({**take_it, "key": "shift+a", "verb": "take", "is_direct": True})
    return [*found, *_linking({one.verb for one in allowed}, ticket)]


def _linking(allowed: set[str], ticket: Ticket) -> list[dict[str, Any]]:
    """What has a page of its own elsewhere, and a key here."""
    if "link" not in allowed:
        return []
    url = reverse("desk:link", args=[ticket.number])
    return [{"label": _("Link"), "url": url, "icon": "link", "key": "l", "verb": "link", "is_direct": False}]


def title(transition: Transition, ticket: Ticket) -> str:
    """What the dialog does, and to what: "Resolve INC-4502"."""
    return f"{transition.label} {ticket.number}"


def dialog(
    request: HttpRequest,
    ticket: Ticket,
    *,
    title: str,
    form: DeskForm,
    submit: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A form in the shared dialog, or on a page of its own where no script asked for it."""
    context = {
        "title": title, "form": form, "submit": submit or title, "version": ticket.version,
        "action": request.get_full_path(), "ticket": {"number": ticket.number}, **more,
    }  # fmt: skip
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_dialog.html", status=status, **context)
    url = reverse("desk:ticket", args=[ticket.number])
    back_to = {"url": url, "label": f"{ticket.number} {ticket.title}"}
    return shell.render(request, "desk/form.html", status=status, back=back_to, cancel_url=url, **context)


def back(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """After something was done: the page it was asked from, drawn anew; without a script, the ticket's."""
    if doors.is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect(reverse("desk:ticket", args=[ticket.number]))


def _carry_out(request: HttpRequest, ticket: Ticket, transition: Transition) -> HttpResponse:
    form = verb_forms.build(transition, ticket, request.actor, request.POST)
    named = {"title": title(transition, ticket), "form": form, "submit": str(transition.label)}
    if not form.is_valid():
        return dialog(request, ticket, status=422, **named)
    version = forms.version_of(request)
    try:
        done = verbs.run(
            ticket,
            transition.verb,
            verb_forms.raw(form, transition),
            by=request.actor,
            at=request.at,
            version=version,
        )
    except errors.Stale:
        return dialog(request, ticket, status=412, merge=merging.since(ticket, version), **named)
    except errors.Refused as refusal:
        if not transition.fields:
            raise
        form.take(refusal)
        return dialog(request, ticket, status=409 if refusal.status == 409 else 422, **named)
    way_back = undo.of_verb(ticket, done, transition.verb, request.actor, form.cleaned_data)
    undo.say(request, done.told or said(done), way_back)
    if transition.verb == "assign" and (warned := away.warning(done.assignee, request.at)):
        messages.warning(request, warned)
    return back(request, done)


def said(ticket: Ticket) -> str:
    """What was done, and in whose hands the ticket is now: where both sound alike ("With customer, with …") in two
    sentences."""
    if told := getattr(ticket, "told", ""):
        return str(told)
    named = {"number": ticket.number, "status": showing.status(ticket)["word"], "who": ticket.assignee}
    if ticket.assignee:
        return _("%(number)s: %(status)s. Assigned to %(who)s.") % named
    return _("%(number)s: %(status)s.") % named


def _elsewhere(ticket: Ticket, verb: str) -> str:
    url = reverse("desk:ticket", args=[ticket.number])
    if verb in EDITORS:
        return position.editor(url, verb)
    return reverse("desk:change", args=[ticket.number]) if verb == "change" else f"{url}?tab=linked"
