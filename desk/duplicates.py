"""Merging two tickets, looked at before it is done: which one stays, what comes along, the clocks, who is told."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from core import errors
from desk import doors, forms, records, shell, showing
from desk.forms import DeskForm
from slas import explaining, merging
from tickets import actions, policy, related, verbs
from tickets.models import Attachment, Link, Message, Participant, Ticket, Watcher

MOST_OFFERED = 6


class ConfirmForm(DeskForm):
    """The one thing that is chosen beside which ticket stays."""

    participant = django_forms.BooleanField(label=__("Let its requester take part"), required=False)


class OtherForm(django_forms.Form):
    """With which other ticket; only asks, so it needs no key."""

    b = django_forms.CharField(
        label=__("Number of the other ticket"), max_length=24,
        widget=django_forms.TextInput(attrs={"data-focus": True, "autocomplete": "off"}),
        help_text=__("Of the same customer, like INC-4502. Nothing is done yet: you see first what would happen."),
    )  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two tickets: `goes` is closed as a duplicate of `stays`."""

    goes: Ticket
    stays: Ticket

    @property
    def since(self) -> dt.datetime:
        """The earliest receipt of all that would be in the one that stays."""
        return min(actions.earliest_receipt(self.stays), actions.earliest_receipt(self.goes))


@require_http_methods(["GET", "POST"])
@doors.page
def merge(request: HttpRequest) -> HttpResponse:
    """`?a=INC-1` asks with which other one, `?a=INC-1&b=INC-2` shows what would happen, `stays=` says which one stays;
    a POST of the same does it (8.6.1)."""
    given = request.POST if request.method == "POST" else request.GET
    first = records.get_ticket(request, given.get("a", ""))
    policy.require(request.actor, "merge", first)
    if not given.get("b", "").strip():
        return _ask(request, first)
    second = Ticket.objects.visible_to(request.actor).numbered(_number(given["b"], first)).first()
    if second is None:
        return _ask(request, first, _("There is no ticket “%(value)s”.") % {"value": given["b"][:24]})
    pair = _arranged(records.get_ticket(request, second.number), first, given.get("stays", ""))
    return _carry_out(request, pair) if request.method == "POST" else _show(request, pair, ConfirmForm())


def _number(typed: str, first: Ticket) -> str:
    """What was typed as a number: digits alone are of the first one's kind."""
    kind = first.number.rpartition("-")[0]
    return f"{kind}-{typed.strip()}" if typed.strip().isdecimal() else typed


def address(*numbers: str, stays: str = "") -> str:
    """The address of the page for one ticket or two."""
    given = {**dict(zip("ab", numbers, strict=False)), **({"stays": stays} if stays else {})}
    return f"{reverse('desk:merge')}?{urlencode(given)}"


def _arranged(one: Ticket, other: Ticket, stays: str) -> Pair:
    """Which one stays: as said; else a major incident, what is still open, the older one, in this order."""
    pair = sorted(
        (one, other), key=lambda each: (not each.is_major, not each.is_open, each.opened_at, each.pk)
    )
    if stays.strip().upper() == pair[1].number:
        pair.reverse()
    return Pair(goes=pair[1], stays=pair[0])


def _carry_out(request: HttpRequest, pair: Pair) -> HttpResponse:
    form = ConfirmForm(request.POST)
    form.is_valid()  # a box that is ticked or not
    raw = {"into": pair.stays.number, "participant": bool(form.cleaned_data.get("participant"))}
    version = forms.version_of(request)
    try:
        done = verbs.run(pair.goes, "merge", raw, by=request.actor, at=request.at, version=version)
    except errors.Refused as refusal:
        form.take(refusal)
        fresh = Pair(*(records.get_ticket(request, one.number) for one in (pair.goes, pair.stays)))
        return _show(request, fresh, form, status=refusal.status)
    named = {"number": done.number, "into": pair.stays.number}
    messages.success(
        request,
        _("%(number)s went into %(into)s. For 24 hours it can be taken out again, under People.") % named,
    )
    url = reverse("desk:ticket", args=[pair.stays.number])
    if doors.is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _ask(request: HttpRequest, ticket: Ticket, wrong: str = "") -> HttpResponse:
    """With which other one: what looks related stands ready, any other number is typed."""
    hits = related.find(ticket, request.actor, request.at)
    near = [one.ticket for one in hits if one.ticket and _fits(one.ticket, ticket)][:MOST_OFFERED]
    offered = [
        {"ticket": one, "status": showing.status(one), "url": address(ticket.number, one.number)}
        for one in near
    ]
    title = _("Merge %(number)s") % {"number": ticket.number}
    form = OtherForm({"b": request.GET.get("b", "")} if wrong else None)
    if wrong:
        form.add_error("b", wrong)
    return _drawn(
        request, ticket, 422 if wrong else 200, title=title, offered=offered, form=form,
        action=reverse("desk:merge"), is_asking=True,
    )  # fmt: skip


def _fits(one: Ticket, other: Ticket) -> bool:
    return one.is_open and (one.customer_id, one.kind) == (other.customer_id, other.kind)


def _show(request: HttpRequest, pair: Pair, form: ConfirmForm, status: int = 200) -> HttpResponse:
    goes, stays = pair.goes, pair.stays
    said = "" if form.errors else actions.refusal(goes, stays, by=request.actor)
    form.fields["participant"].label = _who_takes_part(pair)
    if not _may_take_part(pair):
        del form.fields["participant"]
    return _drawn(
        request, goes, status, title=_("Merge two tickets"), form=form, action=reverse("desk:merge"),
        pair=pair, sides=[_side(one, is_staying=one is stays) for one in (stays, goes)], refused=said,
        swap_url=address(goes.number, stays.number, stays=goes.number), comes=_comes(pair),
        clocks=_clocks(pair, request.at), told=_told(pair), version=goes.version,
    )  # fmt: skip


def _drawn(request: HttpRequest, ticket: Ticket, status: int, **context: Any) -> HttpResponse:
    if doors.is_fragment(request):
        return shell.fragment(request, "desk/_duplicates.html", status=status, ticket=ticket, **context)
    url = reverse("desk:ticket", args=[ticket.number])
    back = {"url": url, "label": f"{ticket.number} {ticket.title}"}
    return shell.render(
        request, "desk/duplicates.html", status=status, ticket=ticket, back=back, cancel_url=url, **context
    )


def _side(ticket: Ticket, *, is_staying: bool) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "status": showing.status(ticket),
        "url": reverse("desk:ticket", args=[ticket.number]),
        "is_staying": is_staying,
    }


def _comes(pair: Pair) -> list[tuple[Any, int]]:
    """What of the one that goes is read in the one that stays: (word, how many)."""
    own = {"customer_id": pair.goes.customer_id, "ticket": pair.goes}
    counted = [
        (__("Messages"), Message.objects.filter(**own).count()),
        (__("Files"), Attachment.objects.filter(**own).count()),
        (__("Links"), Link.objects.filter(**own).count()),
        (__("Watchers"), Watcher.objects.filter(**own).count()),
    ]
    return [(word, count) for word, count in counted if count]


def _clocks(pair: Pair, at: dt.datetime) -> dict[str, Any]:
    """Clocks of the one that stays before and after, and those of the other one that end; breaches stay on record."""
    moved = merging.preview(pair.stays, pair.since, at)
    ends = merging.ending(pair.goes)
    return {
        "moved": [{"label": explaining.metric_label(one.metric), "clock": one} for one in moved],
        "is_earlier": any(one.before_at != one.after_at for one in moved),
        "breached": [explaining.metric_label(one.metric) for one in ends if one.breached_at],
        "ending": [explaining.metric_label(one.metric) for one in ends if not one.breached_at],
    }


def _told(pair: Pair) -> list[str]:
    """Who of the customer gets a mail that says where it goes on."""
    rows = Participant.objects.filter(customer_id=pair.goes.customer_id, ticket=pair.goes)
    people = [pair.goes.requester, *(one.person for one in rows.select_related("person").order_by("id"))]
    return list(dict.fromkeys(one.name for one in people if one and one.is_active and one.email))


def _may_take_part(pair: Pair) -> bool:
    return pair.goes.requester is not None and pair.goes.requester_id != pair.stays.requester_id


def _who_takes_part(pair: Pair) -> str:
    name = pair.goes.requester.name if pair.goes.requester else ""
    return _("%(name)s takes part in %(number)s: reads the whole public conversation, and may answer") % {
        "name": name, "number": pair.stays.number,
    }  # fmt: skip
