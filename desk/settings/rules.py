"""Settings about what runs by itself: routing rules with dry run and log, recurring tickets with what comes next."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import queries as logins
from accounts.models import Person, Team, email_key
from automation import actions, dry, occurrences, queries
from automation.choices import WEEKDAYS, CatchUp, Frequency, MonthDay
from automation.models import Occurrence, Rule, Schedule, TicketTemplate
from core.actor import Actor
from core.form_fields import LocalDayField
from desk.settings.people import check_zone, customers_for
from desk.settings.prepared import categories, priorities, services
from desk.settings.section import Save, Section, SettingForm, yes
from tickets import reference
from tickets.choices import Channel

ALONE = __("What runs by itself")
SHOWN = 20


class RuleForm(SettingForm):
    """When a new ticket is like this, then that. All conditions must hold; empty ones always do."""

    fixed = ("customer",)
    name = forms.CharField(label=__("Name"), max_length=120, help_text=__("Stands in the ticket's history."))
    position = forms.IntegerField(
        label=__("Place in the order"), initial=100, min_value=0, max_value=100_000,
        help_text=__("Low ones are tried first; the first that fits acts, no other."),
    )  # fmt: skip
    is_on = forms.BooleanField(
        label=__("Switched on"), required=False, help_text=__("Look at the dry run below first.")
    )
    customer = forms.ModelChoiceField(
        None, label=__("If the customer is"), required=False, empty_label=__("Any")
    )
    service = forms.ModelChoiceField(
        None, label=__("If the service is"), required=False, empty_label=__("Any")
    )
    category = forms.ModelChoiceField(
        None, label=__("If the category is"), required=False, empty_label=__("Any")
    )
    priorities = forms.TypedMultipleChoiceField(
        label=__("If the priority is one of"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    channels = forms.MultipleChoiceField(
        label=__("If it came by one of"), required=False, choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    words = forms.CharField(
        label=__("If it says one of"),
        required=False,
        max_length=300,
        help_text=__("With commas: vpn, token."),
    )
    set_team = forms.ModelChoiceField(None, label=__("Then give it to the team"), required=False)
    set_assignee = forms.ModelChoiceField(None, label=__("Then give it to"), required=False)
    set_priority = forms.TypedChoiceField(
        label=__("Then set the priority"), required=False, coerce=int, empty_value=None
    )

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, actions.RULES)
        self.fields["service"].queryset = services(self.actor)
        self.fields["category"].queryset = categories(self.actor)
        levels = reference.priorities()
        self.fields["priorities"].choices = [(str(one.level), f"P{one.level} {one.name}") for one in levels]
        self.fields["set_priority"].choices = priorities(_("As the matrix says"))
        self.fields["set_team"].queryset = Team.objects.visible_to(self.actor).order_by("name")
        self.fields["set_assignee"].queryset = logins.desk_users(self.actor).order_by("name", "id")


def _save_rule(save: Save) -> Rule:
    if save.row is None:
        return actions.create_rule(Rule(**save.values), **save.common)
    return actions.change_rule(save.row, version=save.version, **save.change)


def _beside_rule(row: Rule, actor: Actor, _at: dt.datetime) -> dict[str, Any]:
    found = dry.run(row, actor)
    return {"dry": found, "hits": found.hits[:SHOWN], "log": queries.log_of(row, actor, SHOWN)}


class ScheduleForm(SettingForm):
    """What is opened, on which days, at which local time."""

    fixed = ("customer",)
    customer = forms.ModelChoiceField(None, label=__("Customer"))
    name = forms.CharField(label=__("Name"), max_length=120)
    template = forms.ModelChoiceField(None, label=__("Ticket template"))
    requester = forms.EmailField(
        label=__("Requester's email address"), required=False, help_text=__("Who is told. Empty: nobody.")
    )
    frequency = forms.ChoiceField(label=__("How often"), choices=Frequency.choices)
    interval = forms.IntegerField(
        label=__("Every"),
        initial=1,
        min_value=1,
        max_value=99,
        help_text=__("1 = each, 2 = each second one."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=__("On these days"),
        required=False,
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    month_day = forms.ChoiceField(
        label=__("In a month"), required=False, choices=[("", __("Not monthly")), *MonthDay.choices]
    )
    month_number = forms.IntegerField(
        label=__("Which one"), required=False, min_value=-1, max_value=31,
        help_text=__("1 = the first, 15 = the 15th, -1 = the last."),
    )  # fmt: skip
    local_time = forms.TimeField(
        label=__("At"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    time_zone = forms.CharField(label=__("Time zone"), max_length=64, validators=[check_zone], initial="UTC")
    starts_on = LocalDayField(label=__("From"))
    ends_on = LocalDayField(label=__("Until"), required=False)
    catch_up = forms.ChoiceField(
        label=__("What was missed"), choices=CatchUp.choices, initial=CatchUp.LAST,
        help_text=__("When nothing ran at its time."),
    )  # fmt: skip
    is_on = forms.BooleanField(label=__("Switched on"), required=False)

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, actions.RULES)
        rows = TicketTemplate.objects.visible_to(self.actor).filter(user=None, is_active=True)
        if self.row is not None:
            rows = rows.for_customer(self.row.customer_id)
        self.fields["template"].queryset = rows.order_by("name", "id")

    def present(self, row: Schedule) -> dict[str, Any]:
        return {**super().present(row), "requester": row.requester.email if row.requester else ""}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["requester"] = self._person(given)
        return given

    def _person(self, given: dict[str, Any]) -> Person | None:
        address = given.get("requester")
        customer_id = self.row.customer_id if self.row else getattr(given.get("customer"), "pk", None)
        if not address or customer_id is None:
            return None
        people = Person.objects.visible_to(self.actor).filter(customer_id=customer_id, is_active=True)
        found = people.filter(email_key=email_key(address)).first()
        if found is None:
            self.add_error("requester", _("This customer has nobody with this address."))
        return found


def _save_schedule(save: Save) -> Schedule:
    if save.row is None:
        return actions.create_schedule(Schedule(**save.values), **save.common)
    return actions.change_schedule(save.row, version=save.version, **save.change)


def _beside_schedule(row: Schedule, actor: Actor, at: dt.datetime) -> dict[str, Any]:
    past = Occurrence.objects.of_customers(actor).filter(customer_id=row.customer_id, schedule=row)
    return {"coming": occurrences.after(row, at, 10), "past": list(past.order_by("-on")[:SHOWN])}


def _next(row: Schedule) -> str:
    return row.next_at.strftime("%Y-%m-%d %H:%M UTC") if row.next_at else ""


SECTIONS = (
    Section(
        "rules", __("Routing rules"), __("Routing rule"), "arrow-forward-up", ALONE, __("Where new tickets go."),
        actions.RULES,
        lambda actor: Rule.objects.visible_to(actor).select_related("customer", "set_team", "set_assignee"),
        ((__("Name"), str), (__("Place"), lambda row: row.position), (__("On"), lambda row: yes(row.is_on)),
         (__("Customer"), lambda row: row.customer or _("Any")), (__("Team"), lambda row: row.set_team or ""),
         (__("Assignee"), lambda row: row.set_assignee or ""),
         (__("Priority"), lambda row: f"P{row.set_priority}" if row.set_priority else "")),
        RuleForm, _save_rule, order=("position", "id"), after="desk/setting_rule.html", beside=_beside_rule,
    ),
    Section(
        "recurring", __("Recurring tickets"), __("Recurring ticket"), "calendar-time", ALONE,
        __("Tickets that open themselves, in local time."), actions.RULES,
        lambda actor: Schedule.objects.of_customers(actor).select_related("customer", "template", "requester"),
        ((__("Name"), str), (__("Customer"), lambda row: row.customer), (__("Template"), lambda row: row.template),
         (__("How often"), lambda row: row.get_frequency_display()), (__("On"), lambda row: yes(row.is_on)),
         (__("Next"), _next)),
        ScheduleForm, _save_schedule, after="desk/setting_recurring.html", beside=_beside_schedule,
    ),
)  # fmt: skip
