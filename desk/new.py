"""A new ticket at the desk: the caller first, then what is wrong; impact and urgency as two plain questions."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods

from accounts import actions as accounts
from accounts.models import Person, Team, User, email_key
from catalogue.models import Category
from cmdb.models import ConfigurationItem, Subscription
from core import errors
from core.actor import Actor
from customers.models import Customer
from desk import callers, changes, custom_fields, doors, shell, uploading, verb_forms
from desk.forms import DeskForm, FilesField, choices_of
from tickets import policy, processes
from tickets.actions import Opening
from tickets.choices import Channel
from tickets.models import Ticket

CHANNELS = (Channel.PHONE, Channel.IN_PERSON, Channel.CHAT, Channel.EMAIL, Channel.DESK)
IMPACT = (
    ("3", __("One person")),
    ("2", __("A team or a site")),
    ("1", __("Everybody, or a critical service")),
)
URGENCY = (("3", __("Work goes on")), ("2", __("Work is hard")), ("1", __("Work has stopped")))


class NewForm(DeskForm):
    """What is wrong, for a caller who is known, or for one who is written down with it."""

    caller_name = django_forms.CharField(label=__("Caller's name"), max_length=200)
    caller_email = django_forms.EmailField(label=__("Caller's email address"), required=False)
    caller_phone = django_forms.CharField(label=__("Caller's phone"), max_length=60, required=False)
    channel = django_forms.ChoiceField(
        label=__("How does this reach you?"),
        choices=[(one.value, one.label) for one in CHANNELS],
        initial="phone",
    )
    title = django_forms.CharField(
        label=__("Subject"), max_length=250, help_text=__("One line, as the caller would say it.")
    )
    description = django_forms.CharField(
        label=__("What happens?"),
        required=False,
        max_length=100_000,
        widget=django_forms.Textarea(attrs={"rows": 5}),
    )
    service = django_forms.ChoiceField(label=__("Service"), required=False)
    impact = django_forms.ChoiceField(
        label=__("How many are affected?"), choices=IMPACT, initial="3", widget=django_forms.RadioSelect
    )
    urgency = django_forms.ChoiceField(
        label=__("Can they work?"), choices=URGENCY, initial="2", widget=django_forms.RadioSelect
    )
    category = django_forms.ChoiceField(
        label=__("Category"), required=False, help_text=__("Empty: the service's.")
    )
    team = django_forms.ChoiceField(
        label=__("Team"), required=False, help_text=__("Empty: the service's team.")
    )
    assignee = django_forms.ChoiceField(label=__("Assignee"), required=False)
    files = FilesField(label=__("Files"), required=False)

    def __init__(self, actor: Actor, customer: Customer, caller: Person | None, *args: Any, **options: Any):
        super().__init__(*args, **options)
        taken = (
            Subscription.objects.filter(customer=customer).select_related("service").order_by("service__name")
        )
        self.fields["service"].choices = choices_of([one.service for one in taken], empty=_("Not known yet"))
        self.fields["category"].choices = changes.categories(
            actor, processes.every()[0].kind, customer_id=customer.pk
        )
        teams = choices_of(verb_forms.teams(actor, customer.pk))
        self.fields["team"].choices = [("", _("As the service says")), *teams]
        self.fields["assignee"].choices = verb_forms.assignees(customer.pk, None)
        custom_fields.attach(self, processes.every()[0].kind, customer)
        if caller is not None:
            for name in ("caller_name", "caller_email", "caller_phone"):
                del self.fields[name]


@require_http_methods(["GET", "POST"])
@doors.page
def new(request: HttpRequest) -> HttpResponse:
    """Find the caller, then take the report (8.6.1 a)."""
    _require_agent(request.actor)
    caller = _caller(request)
    customer = caller.customer if caller else _customer(request)
    if customer is None:
        return _choose(request)
    form = NewForm(
        request.actor, customer, caller, *([request.POST, request.FILES] if request.method == "POST" else []),
        initial={"caller_name": request.GET.get("q", "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            with uploading.stored(request, form.cleaned_data["files"]) as uploads:
                extra = custom_fields.given(form)
                ticket = _open(request, customer, caller, form.cleaned_data, uploads, extra)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            messages.success(request, _("%(number)s is open.") % {"number": ticket.number})
            return redirect(reverse("desk:ticket", args=[ticket.number]))
    return _write(request, customer, caller, form)


@require_GET
@doors.page
def found(request: HttpRequest) -> HttpResponse:
    """The callers that match what is being typed."""
    _require_agent(request.actor)
    return shell.fragment(request, "desk/_callers.html", **callers.context(request))


def _require_agent(actor: Actor) -> None:
    if not actor.may("ticket.work"):
        raise errors.Forbidden(
            _("Opening tickets at the desk needs the role Agent: an administrator grants it.")
        )
    policy.require_permission(actor, "ticket.open", None, what=_("open a ticket"))


def _caller(request: HttpRequest) -> Person | None:
    key = request.GET.get("caller", "")
    if not key:
        return None
    people = Person.objects.visible_to(request.actor).select_related("customer", "site")
    found = people.filter(pk=key, is_active=True).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise errors.NotFound(_("There is no such caller, or they are not yours to see."))
    return found


def _customer(request: HttpRequest) -> Customer | None:
    slug = request.GET.get("customer", "")
    if not slug:
        return None
    found = Customer.objects.visible_to(request.actor).filter(slug=slug).first()
    if found is None:
        raise errors.NotFound(_("There is no such customer, or it is not yours to see."))
    return found


def _choose(request: HttpRequest) -> HttpResponse:
    customers = Customer.objects.visible_to(request.actor).exclude(life__in=["archived", "erased"])
    return shell.render(
        request, "desk/new_caller.html", current="new", title=_("Who is calling?"),
        customers=customers.order_by("name")[:200], **callers.context(request),
    )  # fmt: skip


def _write(request: HttpRequest, customer: Customer, caller: Person | None, form: NewForm) -> HttpResponse:
    return shell.render(
        request, "desk/new.html", current="new", status=422 if form.is_bound else 200,
        title=_("New ticket"), form=form, submit=_("Create"), action=request.get_full_path(),
        customer=customer, caller=callers.card(caller) if caller else None,
        open_tickets=callers.tickets(caller, request) if caller else [],
        back={"url": reverse("desk:new"), "label": _("Another caller")}, cancel_url=reverse("desk:queue"),
    )  # fmt: skip


def _open(
    request: HttpRequest,
    customer: Customer,
    caller: Person | None,
    given: dict[str, Any],
    uploads: list[str],
    extra: dict[str, Any],
) -> Ticket:
    process = processes.every()[0]
    requester = caller or _new_person(request, customer, given)
    opening = Opening(
        customer=customer,
        title=given["title"],
        description=given["description"],
        service=_row(ConfigurationItem.objects.visible_to(request.actor), given["service"]),
        impact=int(given["impact"]),
        urgency=int(given["urgency"]),
        requester=requester,
        category=_row(Category.objects.visible_to(request.actor), given["category"]),
        team=_row(Team.objects.visible_to(request.actor), given["team"]),
        assignee=_row(User.objects.filter(is_active=True), given["assignee"]),
        channel=given["channel"],
        uploads=uploads,
        extra=extra,
    )
    return process.open(opening, by=request.actor, at=request.at)


def _new_person(request: HttpRequest, customer: Customer, given: dict[str, Any]) -> Person:
    """The caller who was not known; one who is known by this address after all is that person."""
    address = given["caller_email"]
    known = Q(email_key=email_key(address)) if address else Q(pk=None)
    found = Person.objects.filter(known, customer=customer).first()
    if found is not None:
        return found
    person = Person(customer=customer, name=given["caller_name"], email=address, phone=given["caller_phone"])
    return accounts.create_person(person, by=request.actor, at=request.at)


def _row(rows: Any, key: str) -> Any:
    return rows.filter(pk=key).first() if key else None
