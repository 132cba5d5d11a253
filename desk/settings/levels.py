"""Settings about time: business hours in versions, and agreements with their targets and steps (8.3.3)."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Team
from calendars import actions as calendars
from calendars import holidays
from calendars import queries as calendar_queries
from calendars.models import Calendar
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import display, errors
from core.actor import Actor
from core.form_fields import LocalDayField
from desk.settings import notation
from desk.settings.people import customers_for, zone_field
from desk.settings.section import Save, Section, SettingForm
from desk.settings.services import provider_id
from slas import actions as slas
from slas import documents, metrics
from slas.choices import AgreementKind
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement
from tickets import reference

TIME = __("Time")
DAY_NAMES = {
    "mon": __("Monday"), "tue": __("Tuesday"), "wed": __("Wednesday"), "thu": __("Thursday"), "fri": __("Friday"),
    "sat": __("Saturday"), "sun": __("Sunday"),
}  # fmt: skip
SPARE_TARGETS = 3


def _read(form: forms.Form, name: str, reader: Any, text: str) -> Any:
    """The value of a typed field, or its fault at the field."""
    try:
        return reader(text)
    except notation.Unreadable as fault:
        form.add_error(name, str(fault))
        return None


class CalendarForm(SettingForm):
    """Opening hours: seven days, holidays, days of their own. A change is a version from a day on."""

    fixed = ("customer",)
    customer = forms.ModelChoiceField(
        None, label=__("One customer's own"), required=False, help_text=__("Empty: for all.")
    )
    name = forms.CharField(label=__("Name"), max_length=120)
    time_zone = zone_field()
    holidays = forms.CharField(
        label=__("Holidays"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=__("One a line: 2026-12-25 Christmas; 12-25 Christmas for each year; 2026-12-24..2027-01-01 Closed."),
    )  # fmt: skip
    special_days = forms.CharField(
        label=__("Days with other hours"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=__("One a line: 2026-12-24 09:00-12:00. A special day beats a holiday."),
    )  # fmt: skip
    valid_from = LocalDayField(
        label=__("In force from"),
        required=False,
        help_text=__("Empty: today. The past stays as it was judged."),
    )

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "calendar.write")
            del self.fields["valid_from"]
        for day in notation.DAYS:
            self.fields[day] = forms.CharField(
                label=DAY_NAMES[day], required=False, max_length=200, help_text=__("Empty: closed.")
            )
        head = ["customer", "name", "time_zone", *notation.DAYS]
        self.order_fields(
            [*(one for one in head if one in self.fields), "holidays", "special_days", "valid_from"]
        )

    def present(self, row: Calendar) -> dict[str, Any]:
        newest = calendar_queries.newest_version(row)
        return {
            "name": row.name,
            "time_zone": newest.time_zone,
            "holidays": notation.write_holidays(newest.holidays),
            "special_days": notation.write_special_days(newest.special_days),
            **{day: notation.write_windows(newest.week.get(day, [])) for day in notation.DAYS},
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        week = {day: _read(self, day, notation.read_windows, given.get(day, "")) for day in notation.DAYS}
        given["week"] = {day: windows for day, windows in week.items() if windows}
        given["holidays"] = _read(self, "holidays", notation.read_holidays, given.get("holidays", ""))
        given["special_days"] = _read(
            self, "special_days", notation.read_special_days, given.get("special_days", "")
        )
        return given

    def given(self) -> dict[str, Any]:
        values = {
            name: value for name, value in self.values().items() if name not in (*notation.DAYS, "reason")
        }
        if self.row is None:
            return values
        changed = set(self.changed_data) | (
            {"week"} if set(notation.DAYS) & set(self.changed_data) else set()
        )
        return {name: value for name, value in values.items() if name in changed or name == "valid_from"}


def _save_calendar(save: Save) -> Calendar:
    if save.row is None:
        own = {name: save.values[name] for name in ("name", "time_zone", "customer")}
        hours = {name: save.values[name] for name in ("week", "holidays", "special_days")}
        return calendars.create_calendar(Calendar(**own), **hours, **save.common)
    valid_from = save.values.pop("valid_from", None)
    return calendars.change_calendar(save.row, valid_from=valid_from, version=save.version, **save.change)


def _of_calendar(row: Calendar, _actor: Actor, at: dt.datetime) -> dict[str, Any]:
    return {
        "versions": list(reversed(calendar_queries.versions_of(row))),
        "countries": sorted(holidays.countries()),
        "year": at.year,
    }


def propose_holidays(row: Calendar | None, query: Mapping[str, str]) -> dict[str, Any]:
    """The holidays that are there, and a country's of two years from the one that was asked for."""
    known = calendar_queries.newest_version(row).holidays if row is not None else []
    year = query.get("year", "")
    if not year.isdecimal() or len(year) > 4:
        raise errors.Malformed(_("Say from which year the holidays are to be proposed."))
    found = holidays.propose(
        query.get("country", ""), first_year=int(year), last_year=int(year) + 1, part=query.get("part", "")
    )
    dates = {one.get("date") for one in known}
    return {
        "holidays": notation.write_holidays([*known, *(one for one in found if one["date"] not in dates)])
    }


@dataclass(frozen=True)
class TargetRow:
    """The fields of one target, side by side in the table."""

    number: int
    fields: list[forms.BoundField]


class AgreementForm(SettingForm):
    """An agreement: whom and what it covers, by which hours, and its targets."""

    fixed = ("customer", "kind")
    customer = forms.ModelChoiceField(None, label=__("Customer"))
    kind = forms.ChoiceField(label=__("Kind"), choices=AgreementKind.choices)
    name = forms.CharField(label=__("Name"), max_length=120)
    calendar = forms.ModelChoiceField(None, label=__("Business hours"))
    services = forms.ModelMultipleChoiceField(
        None,
        label=__("Services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=__("None chosen: all."),
    )
    valid_from = LocalDayField(label=__("Valid from"), required=False)
    valid_to = LocalDayField(label=__("Valid to"), required=False)

    def prepare(self) -> None:
        if "customer" in self.fields:
            self.fields["customer"].queryset = customers_for(self.actor, "agreement.write")
        self.fields["calendar"].queryset = Calendar.objects.visible_to(self.actor).order_by("name")
        services = ConfigurationItem.objects.visible_to(self.actor).services().order_by("name")
        if self.row is not None and self.row.customer_id is None:
            del self.fields["services"]
        else:
            own = {"subscriptions__customer_id": self.row.customer_id} if self.row else {}
            self.fields["services"].queryset = services.filter(**own).distinct()
        self.targets = documents.targets_of(self.row) if self.row else []
        for number in range(len(self.targets) + SPARE_TARGETS):
            self.fields.update(self._target_fields(number))

    def present(self, row: Agreement) -> dict[str, Any]:
        known = vars(documents.draft_of(row))
        listed = [] if row.latest.covers_all else sorted(documents.service_ids(row))
        return {name: known[name] for name in self.base_fields if name in known} | {"services": listed}

    def _target_fields(self, number: int) -> dict[str, forms.Field]:
        known = self.targets[number] if number < len(self.targets) else None
        levels = [(str(one.level), f"P{one.level}") for one in reference.priorities()]
        categories = [
            (str(one.pk), one.name) for one in Category.objects.visible_to(self.actor).order_by("name")
        ]
        steps = "; ".join(_step_text(one) for one in known.steps.all()) if known else ""
        made = {
            "metric": _choose(__("Metric"), "–", list(metrics.labels().items()), known and known.metric),
            "priority": _choose(__("Priority"), _("any"), levels, known and known.priority),
            "category": _choose(__("Category"), _("any"), categories, known and known.category_id),
            "time": forms.CharField(
                label=__("Time"), max_length=40, initial=notation.write_duration(known.seconds) if known else ""
            ),
            "pauses": forms.CharField(
                label=__("Pauses while"), max_length=80, initial=", ".join(known.pauses_on) if known else ""
            ),
            "steps": forms.CharField(label=__("Steps"), max_length=500, initial=steps),
        }  # fmt: skip
        for field in made.values():
            field.required = False
            field.label = _("Target %(number)d: %(what)s") % {
                "number": number + 1,
                "what": display.inside(field.label),
            }
            field.widget.attrs["aria-label"] = field.label
        return {f"t{number}_{name}": field for name, field in made.items()}

    @property
    def main(self) -> Iterator[forms.BoundField]:
        """The fields above the table of targets."""
        return (field for field in self if not field.name.startswith("t") or field.name == "title")

    @property
    def rows(self) -> Iterator[TargetRow]:
        """The table of targets."""
        for number in range(len(self.targets) + SPARE_TARGETS):
            yield TargetRow(number + 1, [self[f"t{number}_{name}"] for name in TARGET_FIELDS])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        count = len(self.targets) + SPARE_TARGETS
        given["targets"] = [one for one in (self._target(given, number) for number in range(count)) if one]
        return given

    def _target(self, given: dict[str, Any], number: int) -> TargetDraft | None:
        metric = given.get(f"t{number}_metric")
        if not metric:
            return None
        known = self.targets[number] if number < len(self.targets) else None
        seconds = _read(self, f"t{number}_time", notation.read_duration, given.get(f"t{number}_time", ""))
        steps = _read(self, f"t{number}_steps", notation.read_steps, given.get(f"t{number}_steps", ""))
        priority, category = given.get(f"t{number}_priority"), given.get(f"t{number}_category")
        return TargetDraft(
            metric=metric,
            seconds=seconds or 0,
            priority=int(priority) if priority else None,
            ticket_kind=known.ticket_kind if known else "",
            category=Category.objects.visible_to(self.actor).filter(pk=category).first()
            if category
            else None,
            item_type=known.item_type if known else None,
            calendar=known.calendar if known else None,
            pauses_on=notation.read_names(given.get(f"t{number}_pauses", "")),
            steps=tuple(self._step(number, one) for one in steps or ()),
        )

    def _step(self, number: int, one: dict[str, Any]) -> StepDraft:
        team = None
        if one["reassign_to"]:
            team = Team.objects.visible_to(self.actor).filter(slug=one["reassign_to"]).first()
            if team is None:
                self.add_error(
                    f"t{number}_steps", _("There is no team “%(slug)s”.") % {"slug": one["reassign_to"]}
                )
        return StepDraft(**{**one, "reassign_to": team})

    def given(self) -> dict[str, Any]:
        names = ("customer", "kind", "name", "calendar", "valid_from", "valid_to", "targets")
        found = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return {**found, "services": list(self.cleaned_data.get("services") or []) or None}


def _choose(label: Any, nothing: str, choices: list[tuple[str, Any]], initial: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", nothing), *choices], initial=initial)


TARGET_FIELDS = ("metric", "priority", "category", "time", "pauses", "steps")


def _step_text(step: Any) -> str:
    return notation.write_step(
        percent=step.percent, offset_seconds=step.offset_seconds, counting=step.counting, notify=step.notify,
        reassign_to=step.reassign_to.slug if step.reassign_to else "",
    )  # fmt: skip


def _save_agreement(save: Save) -> Agreement:
    if save.row is None:
        return slas.create_agreement(AgreementDraft(**save.values), **save.common)
    if not save.values["targets"]:
        raise errors.Invalid(
            _("An agreement needs at least one target: to end it, say until when it is valid.")
        )
    return slas.change_agreement(save.row, version=save.version, **save.change)


SECTIONS = (
    Section(
        "calendars", __("Business hours"), __("Calendar"), "calendar-time", TIME, __("When clocks run, and when not."),
        "calendar.write", lambda actor: Calendar.objects.visible_to(actor).select_related("customer"),
        ((__("Name"), str), (__("Time zone"), lambda row: row.time_zone),
         (__("Customer"), lambda row: row.customer or ""),
         (__("Version"), lambda row: row.version)),
        CalendarForm, _save_calendar, owner=lambda row: row.customer_id or provider_id(row),
        after="desk/setting_calendar.html", beside=_of_calendar, propose=propose_holidays,
    ),
    Section(
        "agreements", __("Agreements"), __("Agreement"), "clock", TIME,
        __("What we promised to whom, and who is told when."),
        "agreement.write", documents.agreements,
        ((__("Name"), str), (__("Customer"), lambda row: row.customer or _("Best effort, for all")),
         (__("Kind"), lambda row: row.get_kind_display()), (__("Business hours"), lambda row: row.latest.calendar),
         (__("Valid from"), lambda row: row.latest.valid_from or ""),
         (__("Valid to"), lambda row: row.latest.valid_to or ""),
         (__("Version"), lambda row: row.version)),
        AgreementForm, _save_agreement, owner=lambda row: row.customer_id or provider_id(row),
        after="desk/setting_agreement.html", links=((__("Rehearse"), "desk:rehearse", "player-play"),),
    ),
)  # fmt: skip
