"""Phone mode: one column, the note under the cursor, a stopwatch, and one press that opens and ends or hands on.

The caller is recognised by the number: `desk/phone/?number=+49…` is where a telephone system leads.
"""

import datetime as dt
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from core import errors, time
from core.actor import Actor
from customers.models import Customer
from desk import callers, custom_fields, doors, filled, new, shell, verb_forms
from desk.forms import DeskForm, choices_of
from incidents.choices import Code
from tickets import actions, custom, custom_forms, processes, verbs
from tickets.choices import Channel, LinkKind
from tickets.models import Ticket

LONGEST_CALL = dt.timedelta(hours=4)
TITLE = 120


class PhoneForm(DeskForm):
    """What the caller says, and what became of it."""

    caller_name = django_forms.CharField(label=__("Caller's name"), max_length=200)
    caller_contact = new.NewForm.base_fields["caller_contact"]
    description = django_forms.CharField(
        label=__("What the caller says"), max_length=100_000,
        widget=django_forms.Textarea(attrs={"rows": 6, "autofocus": True}),
        help_text=__("The first line becomes the subject."),
    )  # fmt: skip
    service = django_forms.ChoiceField(label=__("Service"), required=False)
    impact = new.NewForm.base_fields["impact"]
    urgency = new.NewForm.base_fields["urgency"]
    solution = django_forms.CharField(
        label=__("What solved it"), required=False, max_length=100_000, widget=django_forms.Textarea(attrs={"rows": 3}),
        help_text=__("For “Create and close”: the caller reads it."),
    )  # fmt: skip
    team = django_forms.ChoiceField(label=__("Team"), required=False)
    assignee = django_forms.ChoiceField(label=__("Assignee"), required=False)
    started = django_forms.CharField(widget=django_forms.HiddenInput, required=False, max_length=40)

    def __init__(self, actor: Actor, customer: Customer, caller: Person | None, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["service"].choices = new.services_of(customer, actor)
        teams = choices_of(verb_forms.teams(actor, customer.pk))
        self.fields["team"].choices = [("", _("As the service says")), *teams]
        self.fields["assignee"].choices = verb_forms.assignees(customer.pk, None)
        if caller is not None:
            for name in new.NEW_CALLER:
                del self.fields[name]

        custom_fields.attach(self, processes.every()[0].kind, customer, is_asked=custom.is_needed)

    clean_caller_contact = new.NewForm.clean_caller_contact


@require_http_methods(["GET", "POST"])
@doors.page
def phone(request: HttpRequest) -> HttpResponse:
    """Find the caller by number or words, then take the call (8.6.1 a)."""
    callers.require_agent(request.actor)
    caller = callers.find_caller(request) or _recognised(request)
    customer = caller.customer if caller else callers.find_customer(request)
    if customer is None:
        return _choose(request)
    data = [request.POST] if request.method == "POST" else []
    draft = filled.kept(request, "phone", customer, caller)
    form = PhoneForm(
        request.actor,
        customer,
        caller,
        *data,
        initial={**_initial(request), **filled.start(draft["row"], {})},
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _take(request, customer, caller, form.cleaned_data, custom_forms.given(form))
        except errors.Refused as refusal:
            form.take(refusal)
    return _show(request, customer, caller, form, draft)


def _recognised(request: HttpRequest) -> Person | None:
    """The one person with this number; None where there are several, or nobody."""
    found = callers.numbered(request.GET.get("number", "")[:60], request.actor)
    return found[0] if len(found) == 1 else None


def _initial(request: HttpRequest) -> dict[str, Any]:
    number = request.GET.get("number", "")[:60]
    return {
        "started": time.iso(request.at),
        "caller_contact": number,
        "caller_name": request.GET.get("q", ""),
    }


def _choose(request: HttpRequest) -> HttpResponse:
    number = request.GET.get("number", "")[:60]
    several = callers.numbered(number, request.actor)
    found = callers.context(request, "desk:phone")
    people = [callers.card(one, "desk:phone") for one in several] or found["people"]
    customers = Customer.objects.visible_to(request.actor).exclude(life__in=["archived", "erased"])
    return shell.render(
        request, "desk/new_caller.html", current="new", title=_("Who is on the phone?"), is_phone=True, number=number,
        customers=customers.order_by("name")[:200], begun=filled.begun(request.actor),
        **{**found, "people": people, "is_asked": bool(number) or found["is_asked"]},
    )  # fmt: skip


def _show(
    request: HttpRequest, customer: Customer, caller: Person | None, form: PhoneForm, draft: dict[str, Any]
) -> HttpResponse:
    return shell.render(
        request, "desk/phone.html", current="new", status=422 if form.is_bound else 200, title=_("On the phone"),
        form=form, draft=draft, customer=customer, caller=callers.card(caller) if caller else None,
        query=request.GET.urlencode(),
        open_tickets=callers.tickets(caller, request) if caller else [], major=_major(request, customer),
        started=form["started"].value(), action=request.get_full_path(),
        back={"url": reverse("desk:phone"), "label": _("Another caller")},
    )  # fmt: skip


def _major(request: HttpRequest, customer: Customer) -> Ticket | None:
    rows = Ticket.objects.visible_to(request.actor).open().filter(customer=customer, is_major=True)
    return rows.order_by("opened_at", "id").first()


def _take(
    request: HttpRequest,
    customer: Customer,
    caller: Person | None,
    given: dict[str, Any],
    extra: dict[str, Any],
) -> HttpResponse:
    deed = request.POST.get("deed", "assign")
    if deed == "close" and not given["solution"].strip():
        raise errors.required("solution", _("To close it now, say what solved it."))
    first, _sign, _rest = given["description"].strip().partition("\n")
    values = {**given, "title": first.strip()[:TITLE], "channel": Channel.PHONE, "category": ""}
    ticket = new.open_for(request, customer, caller, values, [], extra)
    common = {"by": request.actor, "at": request.at}
    _log(request, ticket, given["started"])
    filled.drop(request, "phone", customer, caller)
    if deed == "close":
        note = {"code": Code.FIXED.value, "note": given["solution"]}
        ticket = verbs.run(ticket, "resolve", note, **common)
        ticket = verbs.run(ticket, "close", {}, **common)
        said = _("%(number)s is recorded and closed.")
    elif deed == "link" and (major := _major(request, customer)):
        actions.link(ticket, kind=LinkKind.CHILD_OF, other=major, **common)
        said = _("%(number)s is open, and linked to the major incident.")
    else:
        said = _("%(number)s is open.")
    messages.success(request, said % {"number": ticket.number})
    return redirect(
        reverse("desk:phone") if deed == "close" else reverse("desk:ticket", args=[ticket.number])
    )


def _log(request: HttpRequest, ticket: Ticket, started: str) -> None:
    """The time of the call, as the stopwatch showed it."""
    began = time.find_instant(started)
    if began is None or not dt.timedelta(seconds=1) <= request.at - began <= LONGEST_CALL:
        return
    seconds = int((request.at - began).total_seconds())
    actions.log_time(
        ticket, by=request.actor, at=request.at, seconds=seconds, started_at=began, note=_("On the phone")
    )
