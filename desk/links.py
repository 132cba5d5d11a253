"""What a ticket is to others: the list, adding one, taking one away."""

from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods, require_POST

from core import errors
from core.actor import Actor
from desk import doors, records, showing, undo, verbs
from desk.forms import DeskForm
from tickets import actions, policy
from tickets.choices import LinkKind
from tickets.models import Link, Merge, Ticket

BACK = {
    LinkKind.DUPLICATE_OF: __("has the duplicate"),
    LinkKind.CHILD_OF: __("is the parent of"),
    LinkKind.CAUSED_BY: __("is the cause of"),
    LinkKind.RELATED_TO: __("related to"),
    LinkKind.SOLVED_BY: __("solves"),
}


class LinkForm(DeskForm):
    """What this ticket is to which other one."""

    kind = django_forms.ChoiceField(
        label=__("This ticket is"), choices=LinkKind.choices, initial="related_to"
    )
    number = django_forms.CharField(label=__("Number"), max_length=24, help_text=__("Like INC-4502."))


@dataclass(frozen=True)
class Linked:
    """One link as the tab shows it: the word, the other ticket, and the address that takes it away."""

    word: Any
    other: Ticket
    status: dict[str, Any]
    remove_url: str


def of(ticket: Ticket, actor: Actor) -> list[Linked]:
    """Links in both directions, as far as the actor sees the other side; those of its duplicates too."""
    merged = Merge.objects.filter(customer_id=ticket.customer_id, into=ticket, undone_at=None).values(
        "ticket_id"
    )
    both = Q(ticket=ticket, customer_id=ticket.customer_id) | Q(
        other=ticket, other_customer_id=ticket.customer_id
    )
    own = {"customer_id": ticket.customer_id, "ticket_id__in": merged}
    both |= Q(**own) & ~Q(other=ticket)
    rows = list(
        Link.objects.filter(both).select_related(
            "ticket", "other", "ticket__hold_reason", "other__hold_reason"
        )
    )
    return [_linked(one, ticket) for one in rows if _sees_other_side(one, ticket, actor)]


def adding(ticket: Ticket, allowed: set[str]) -> dict[str, Any]:
    """What the tab needs to add a link."""
    return {
        "link_url": reverse("desk:link", args=[ticket.number]) if "link" in allowed else "",
        "link_form": LinkForm(),
    }


@require_http_methods(["GET", "POST"])
@doors.page
def link(request: HttpRequest, number: str) -> HttpResponse:
    """Link the ticket to another one that the actor sees."""
    ticket = records.get_ticket(request, number)
    policy.require(request.actor, "link", ticket)
    form = LinkForm(request.POST or None)
    named = {"title": _("Link %(number)s") % {"number": ticket.number}, "form": form, "submit": _("Link")}
    if request.method == "GET":
        return verbs.dialog(request, ticket, **named)
    if form.is_valid():
        try:
            made = _link(request, ticket, form.cleaned_data)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            undo.say(request, _("Linked."), undo.of_link(ticket, request.actor, made.pk))
            return verbs.back(request, ticket)
    return verbs.dialog(request, ticket, status=422, **named)


@require_POST
@doors.page
def unlink(request: HttpRequest, number: str, link_id: int) -> HttpResponse:
    """Take a link away."""
    ticket = records.get_ticket(request, number)
    gone = ticket.links.select_related("other").filter(customer_id=ticket.customer_id, pk=link_id).first()
    actions.unlink(ticket, by=request.actor, at=request.at, link_id=link_id)
    way_back = undo.of_unlink(ticket, request.actor, gone.kind, gone.other.number) if gone else ""
    undo.say(request, _("The link is gone."), way_back)
    return redirect(reverse("desk:ticket", args=[ticket.number]) + "?tab=linked")


def _link(request: HttpRequest, ticket: Ticket, given: dict[str, str]) -> Link:
    other = Ticket.objects.visible_to(request.actor).numbered(given["number"]).first()
    if other is None:
        raise errors.required("number", _("There is no such ticket, or it is not yours to see."))
    return actions.link(ticket, by=request.actor, at=request.at, kind=given["kind"], other=other)


def _sees_other_side(one: Link, ticket: Ticket, actor: Actor) -> bool:
    other = one.other if one.ticket_id == ticket.pk else one.ticket
    return actor.sees(other.customer_id) and other.compartment in actor.compartments


def _linked(one: Link, ticket: Ticket) -> Linked:
    if ticket.pk not in (one.ticket_id, one.other_id):
        word = _("%(number)s: %(word)s") % {"number": one.ticket.number, "word": LinkKind(one.kind).label}
        return Linked(word, one.other, showing.status(one.other), "")
    if one.ticket_id == ticket.pk:
        url = reverse("desk:unlink", args=[ticket.number, one.pk])
        return Linked(LinkKind(one.kind).label, one.other, showing.status(one.other), url)
    return Linked(BACK[LinkKind(one.kind)], one.ticket, showing.status(one.ticket), "")
