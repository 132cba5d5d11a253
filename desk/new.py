"""A new ticket at the desk: the caller first, then what is wrong; impact and urgency as two plain questions."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core import validators
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET, require_http_methods

from accounts import actions as accounts
from accounts.models import Person, Team, User, email_key
from automation import queries as prepared
from catalogue.models import Category
from cmdb.models import ConfigurationItem, Subscription
from core import errors
from core.actor import Actor
from customers.models import Customer
from desk import beside, callers, changes, custom_fields, doors, filled, shell, uploading, verb_forms
from desk.forms import DeskForm, FilesField, choices_of
from tickets import custom_forms, processes
from tickets.actions import Opening
from tickets.choices import Channel
from tickets.models import Ticket

CHANNELS = (Channel.PHONE, Channel.IN_PERSON, Channel.CHAT, Channel.EMAIL, Channel.DESK)
IMPACT = (
    ("3", __("One person")),
    ("2", __("A team or a site")),
    ("1", __("Everybody, or a critical service")),
)
ASKS = (
    "service",
    "category",
    "impact",
    "urgency",
    "channel",
)  # which custom fields are asked for hangs on these
NEW_CALLER = ("caller_name", "caller_contact")
LONGEST_PHONE = 60
URGENCY = (("3", __("Work goes on")), ("2", __("Work is hard")), ("1", __("Work has stopped")))


class NewForm(DeskForm):
    """What is wrong, for a caller who is known, or for one who is written down with it."""

    caller_name = django_forms.CharField(label=__("Caller's name"), max_length=200)
    caller_contact = django_forms.CharField(
        label=__("Caller's email address or phone"), max_length=254, required=False
    )
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
    items = django_forms.MultipleChoiceField(
        label=__("Which of these?"), required=False, widget=django_forms.CheckboxSelectMultiple
    )
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
        self.fields["service"].choices = services_of(customer, actor)
        self.fields["category"].choices = changes.categories(
            actor, processes.every()[0].kind, customer_id=customer.pk
        )
        teams = choices_of(verb_forms.teams(actor, customer.pk))
        self.fields["team"].choices = [("", _("As the service says")), *teams]
        self.fields["assignee"].choices = verb_forms.assignees(customer.pk, None)
        self.fields["items"].choices = callers.items(caller, actor) if caller else []
        for name in ASKS:
            self.fields[name].widget.attrs["data-asks"] = "1"
        custom_fields.attach(self, processes.every()[0].kind, customer)
        if caller is not None:
            for name in NEW_CALLER:
                del self.fields[name]
            self.fields["title"].widget.attrs["autofocus"] = True
        if not self.fields["items"].choices:
            del self.fields["items"]

    @property
    def own(self) -> list[django_forms.BoundField]:
        """The fields that every new ticket has, but for the files, which stand last."""
        return [
            one
            for one in self.visible_fields()
            if one.name != "files" and not one.name.startswith(custom_forms.PREFIX)
        ]

    @property
    def extra(self) -> list[django_forms.BoundField]:
        return custom_forms.bound(self)

    def clean_caller_contact(self) -> str:
        """An address where there is an @, else a number."""
        text = self.cleaned_data["caller_contact"].strip()
        if "@" in text:
            validators.validate_email(text)
        elif len(text) > LONGEST_PHONE:
            raise django_forms.ValidationError(_("This is too long for a phone number."))
        return text


@require_http_methods(["GET", "POST"])
@doors.page
def new(request: HttpRequest) -> HttpResponse:
    """Find the caller, then take the report (8.6.1 a)."""
    callers.require_agent(request.actor)
    caller = callers.find_caller(request)
    customer = caller.customer if caller else callers.find_customer(request)
    if customer is None:
        return _choose(request)
    draft = filled.kept(request, "new", customer, caller)
    form = NewForm(
        request.actor, customer, caller, *([request.POST, request.FILES] if request.method == "POST" else []),
        initial={"caller_name": request.GET.get("q", ""), **filled.start(draft["row"], _filled_in(request))},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            with uploading.stored(request, form.cleaned_data["files"]) as uploads:
                extra = custom_forms.given(form)
                ticket = open_for(request, customer, caller, form.cleaned_data, uploads, extra)
        except errors.Refused as refusal:
            form.take(refusal)
        else:
            filled.drop(request, "new", customer, caller)
            messages.success(request, _("%(number)s is open.") % {"number": ticket.number})
            return redirect(reverse("desk:ticket", args=[ticket.number]))
    return _write(request, customer, caller, form, draft)


def services_of(customer: Customer, actor: Actor) -> list[tuple[str, str]]:
    """The services that this customer takes, as choices."""
    taken = Subscription.objects.of_customers(actor).filter(customer=customer).select_related("service")
    return choices_of([one.service for one in taken.order_by("service__name")], empty=_("Not known yet"))


@require_GET
@doors.page
def found(request: HttpRequest) -> HttpResponse:
    """The callers that match what is being typed."""
    callers.require_agent(request.actor)
    return shell.fragment(request, "desk/_callers.html", **callers.context(request))


def _choose(request: HttpRequest) -> HttpResponse:
    customers = Customer.objects.visible_to(request.actor).exclude(life__in=["archived", "erased"])
    return shell.render(
        request, "desk/new_caller.html", current="new", title=_("Who is calling?"),
        customers=customers.order_by("name")[:200], begun=filled.begun(request.actor), **callers.context(request),
    )  # fmt: skip


def _write(
    request: HttpRequest, customer: Customer, caller: Person | None, form: NewForm, draft: dict[str, Any]
) -> HttpResponse:
    return shell.render(
        request, "desk/new.html", current="new", status=422 if form.is_bound else 200,
        title=_("New ticket"), form=form, draft=draft, submit=_("Create"), action=request.get_full_path(),
        phone_url=f"{reverse('desk:phone')}?{request.GET.urlencode()}",
        customer=customer, caller=callers.card(caller) if caller else None,
        open_tickets=callers.tickets(caller, request) if caller else [], query=request.GET.urlencode(),
        templates=prepared.templates(request.actor).for_customer(customer.pk)[:20],
        similar=beside.context(request, customer, caller, form.data) if form.is_bound else {},
        back={"url": reverse("desk:new"), "label": _("Another caller")}, cancel_url=reverse("desk:queue"),
    )  # fmt: skip


def open_for(
    request: HttpRequest,
    customer: Customer,
    caller: Person | None,
    given: dict[str, Any],
    uploads: list[str],
    extra: dict[str, Any] | None = None,
) -> Ticket:
    """Open the ticket for this caller, or for one who is written down with it; `given` as the form names them."""
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
        configuration_items=list(
            ConfigurationItem.objects.visible_to(request.actor).filter(pk__in=given.get("items") or [])
        ),
        uploads=uploads,
        extra=extra or {},
    )
    return process.open(opening, by=request.actor, at=request.at)


def _new_person(request: HttpRequest, customer: Customer, given: dict[str, Any]) -> Person:
    """The caller who was not known; one who is known by this address after all is that person."""
    contact = given["caller_contact"]
    address = contact if "@" in contact else ""
    known = Q(email_key=email_key(address)) if address else Q(pk=None)
    found = Person.objects.filter(known, customer=customer).first()
    if found is not None:
        return found
    phone = "" if address else contact
    person = Person(customer=customer, name=given["caller_name"], email=address, phone=phone)
    return accounts.create_person(person, by=request.actor, at=request.at)


def _filled_in(request: HttpRequest) -> dict[str, Any]:
    """What a template fills in: ?template=. Raises NotFound."""
    key = request.GET.get("template", "")
    if not key:
        return {}
    rows = prepared.templates(request.actor)
    found = rows.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if found is None:
        raise errors.NotFound(_("There is no such template, or it is not yours to use."))
    names = ("title", "description", "impact", "urgency", "channel")
    keys = {"service": found.service_id, "category": found.category_id, "team": found.to_team_id}
    return {
        **{name: getattr(found, name) for name in names}, **{name: str(key or "") for name, key in keys.items()},
        "assignee": str(found.to_user_id or ""),
    }  # fmt: skip


def _row(rows: Any, key: str) -> Any:
    return rows.filter(pk=key).first() if key else None
