"""Settings that agents keep for themselves, their team or everybody: macros, saved texts, templates of tickets."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import queries as logins
from accounts.models import Team
from automation import actions, macros, queries, use, variables
from automation.models import Macro, SavedText, TicketTemplate
from automation.models.owned import MANAGE, Owned
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core.actor import Actor
from customers.models import Customer
from desk.new import IMPACT, URGENCY
from desk.settings.section import Save, Section, SettingForm, yes
from tickets import processes, reference
from tickets.choices import Channel
from tickets.models import Ticket

PREPARED = __("Macros and templates")
OWN, ALL = "own", "all"
SHOWN_OF_TICKET = ("customer", "requester", "service", "team", "assignee", "category")
LONG = forms.Textarea(attrs={"rows": 6})


@dataclass(frozen=True)
class OwnedSection(Section):
    """A section whose rows are one's own, a team's or everybody's: one's own need no right to manage others'."""

    def may_read(self, actor: Actor) -> bool:
        return super().may_read(actor) or actor.may(MANAGE)

    def may_write(self, actor: Actor, row: Any = None) -> bool:
        if row is None:
            return actor.may("ticket.work") or actor.may(MANAGE)
        if row.user_id and row.user_id == actor.user_id:
            return actor.may("ticket.work", row.customer_id)
        if row.customer_id is None:
            return row.user_id is None and actor.may_everywhere(MANAGE)
        return row.user_id is None and actor.may(MANAGE, row.customer_id)


class OwnedForm(SettingForm):
    """For whom it is; the rest says what."""

    fixed = ("customer",)
    name = forms.CharField(label=__("Name"), max_length=120)
    whose = forms.ChoiceField(label=__("For whom"))
    customer = forms.ModelChoiceField(
        None, label=__("Only for tickets of"), required=False, empty_label=__("All customers")
    )
    is_active = forms.BooleanField(label=__("Can be chosen"), required=False, initial=True)

    def prepare(self) -> None:
        known = [(OWN, _("Me"))] if self.actor.may("ticket.work") else []
        if self.actor.may(MANAGE) or self.row is not None:
            teams = Team.objects.visible_to(self.actor).filter(is_active=True).order_by("name")
            known += [(ALL, _("Everybody")), *((str(one.pk), str(one)) for one in teams)]
        self.fields["whose"].choices = known
        if "customer" in self.fields:
            self.fields["customer"].queryset = Customer.objects.visible_to(self.actor).order_by("name")

    def present(self, row: Owned) -> dict[str, Any]:
        whose = OWN if row.user_id else str(row.team_id) if row.team_id else ALL
        return {**super().present(row), "whose": whose}

    def given(self) -> dict[str, Any]:
        values = super().given()
        whose = values.pop("whose", None)
        if whose is not None:
            values["user"] = use.login(self.actor) if whose == OWN else None
            values["team"] = Team.objects.get(pk=whose) if whose not in (OWN, ALL) else None
        return values


class MacroForm(OwnedForm):
    """What the macro does, in the order in which it is done."""

    set_category = forms.ModelChoiceField(None, label=__("Set the category"), required=False)
    set_priority = forms.TypedChoiceField(
        label=__("Set the priority"), required=False, coerce=int, empty_value=None
    )
    priority_reason = forms.CharField(label=__("Reason of the priority"), max_length=200, required=False)
    set_team = forms.ModelChoiceField(None, label=__("Give it to the team"), required=False)
    set_assignee = forms.ModelChoiceField(None, label=__("Give it to"), required=False)
    takes = forms.BooleanField(label=__("Give it to who applies the macro"), required=False)
    note = forms.CharField(label=__("Write a note"), required=False, widget=LONG, max_length=20_000)
    reply = forms.CharField(label=__("Reply to the customer"), required=False, widget=LONG, max_length=20_000)
    verb = forms.ChoiceField(label=__("Then"), required=False)
    values = forms.CharField(
        label=__("With"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("One a line: code: fixed; reason: with-customer. What it needs and lacks is the reply."),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        known = dict.fromkeys(
            (one.verb, one.label)
            for process in processes.every()
            for one in process.workflow.transitions.values()
            if one.verb not in actions.NOT_BY_MACRO and one.verb != "note"
        )
        self.fields["verb"].choices = [("", _("Nothing more")), *known]
        self.fields["set_priority"].choices = priorities(_("As it is"))
        self.fields["set_category"].queryset = categories(self.actor)
        self.fields["set_team"].queryset = Team.objects.visible_to(self.actor).order_by("name")
        self.fields["set_assignee"].queryset = logins.desk_users(self.actor).order_by("name", "id")

    def present(self, row: Macro) -> dict[str, Any]:
        lines = "\n".join(f"{name}: {value}" for name, value in row.values.items())
        return {**super().present(row), "values": lines}

    def clean_values(self) -> str:
        for line in self.cleaned_data["values"].splitlines():
            if line.strip() and ":" not in line:
                raise forms.ValidationError(_("Write each line as name: value."))
        return self.cleaned_data["values"]

    def given(self) -> dict[str, Any]:
        found = super().given()
        if "values" in found:
            pairs = (line.split(":", 1) for line in found["values"].splitlines() if line.strip())
            found["values"] = {name.strip(): value.strip() for name, value in pairs}
        return found


class TextForm(OwnedForm):
    body = forms.CharField(label=__("Text"), widget=forms.Textarea(attrs={"rows": 8}), max_length=20_000)


class TemplateForm(OwnedForm):
    """A new ticket, filled in."""

    title = forms.CharField(label=__("Subject"), max_length=250)
    description = forms.CharField(label=__("What happens?"), required=False, widget=LONG, max_length=100_000)
    service = forms.ModelChoiceField(None, label=__("Service"), required=False)
    category = forms.ModelChoiceField(None, label=__("Category"), required=False)
    impact = forms.TypedChoiceField(
        label=__("How many are affected?"), choices=IMPACT, coerce=int, initial="3"
    )
    urgency = forms.TypedChoiceField(label=__("Can they work?"), choices=URGENCY, coerce=int, initial="3")
    to_team = forms.ModelChoiceField(None, label=__("Team"), required=False)
    to_user = forms.ModelChoiceField(None, label=__("Assignee"), required=False)
    channel = forms.ChoiceField(label=__("Channel"), choices=Channel.choices, initial=Channel.DESK)

    def prepare(self) -> None:
        super().prepare()
        self.fields["service"].queryset = services(self.actor)
        self.fields["category"].queryset = categories(self.actor)
        self.fields["to_team"].queryset = Team.objects.visible_to(self.actor).order_by("name")
        self.fields["to_user"].queryset = logins.desk_users(self.actor).order_by("name", "id")


def services(actor: Actor) -> Any:
    """The services that the actor sees."""
    return ConfigurationItem.objects.visible_to(actor).services().order_by("name")


def categories(actor: Actor) -> Any:
    """The categories in use."""
    return Category.objects.visible_to(actor).filter(is_active=True).order_by("name")


def priorities(empty: str) -> list[tuple[str, str]]:
    """The levels of priority as choices."""
    return [("", empty), *((str(one.level), f"P{one.level} {one.name}") for one in reference.priorities())]


def _save(model: type[Owned]) -> Any:
    def save(given: Save) -> Owned:
        if given.row is None:
            return actions.create_prepared(model(**given.values), **given.common)
        return actions.change_prepared(given.row, version=given.version, **given.change)

    return save


def _rows(model: type[Owned]) -> Any:
    return lambda actor: model.objects.readable_by(actor).select_related("customer", "user", "team")


def whose(row: Owned) -> str:
    """For whom it is, in words."""
    return _("Me") if row.user_id else str(row.team) if row.team_id else _("Everybody")


def _samples(row: Owned, actor: Actor) -> list[Ticket]:
    """The newest open tickets that it fits: what a preview is tried on."""
    rows = Ticket.objects.visible_to(actor).open() if actor.is_desk else Ticket.objects.none()
    fitting = rows.filter(customer_id=row.customer_id) if row.customer_id else rows
    return list(fitting.select_related(*SHOWN_OF_TICKET).order_by("-id")[:5])


def _beside_macro(row: Macro, actor: Actor, at: dt.datetime) -> dict[str, Any]:
    """What the macro would do to the newest ticket that it fits, the variables, and how often it was used."""
    samples = _samples(row, actor)
    return {
        "variables": known_variables(),
        "plan": macros.plan(row, samples[0], by=actor, at=at) if samples else None,
        "sample": samples[0] if samples else None,
        "others": [(one.number, reverse("desk:macro", args=[one.number, row.pk])) for one in samples],
        "uses": queries.uses(actor, row),
    }


def _beside_text(row: SavedText, actor: Actor, at: dt.datetime) -> dict[str, Any]:
    sample = next(iter(_samples(row, actor)), None)
    written = variables.fill(row.body, sample, actor, at).text if sample else ""
    return {"variables": known_variables(), "sample": sample, "written": written}


def known_variables() -> list[tuple[str, Any]]:
    """The variables as they are typed, each with what stands in its place."""
    return [(f"{{{{ {name} }}}}", label) for name, label in variables.VARIABLES.items()]


_COMMON = (
    (__("Name"), str), (__("For whom"), whose), (__("Customer"), lambda row: row.customer or ""),
    (__("Can be chosen"), lambda row: yes(row.is_active)),
)  # fmt: skip

SECTIONS = (
    OwnedSection(
        "macros", __("Macros"), __("Macro"), "bolt", PREPARED, __("Texts and changes that are taken together."),
        "ticket.work", _rows(Macro), _COMMON, MacroForm, _save(Macro), after="desk/setting_macro.html",
        beside=_beside_macro,
    ),
    OwnedSection(
        "texts", __("Saved texts"), __("Saved text"), "file-text", PREPARED, __("What you write again and again."),
        "ticket.work", _rows(SavedText), _COMMON, TextForm, _save(SavedText), after="desk/setting_macro.html",
        beside=_beside_text,
    ),
    OwnedSection(
        "templates", __("Ticket templates"), __("Ticket template"), "copy", PREPARED, __("New tickets, filled in."),
        "ticket.work", _rows(TicketTemplate),
        (*_COMMON[:1], (__("Subject"), lambda row: row.title), *_COMMON[1:]),
        TemplateForm, _save(TicketTemplate),
    ),
)  # fmt: skip
