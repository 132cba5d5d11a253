"""Settings about time: business hours in versions, and agreements with their targets and steps (8.3.3)."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from calendars import actions as calendars
from calendars import holidays
from calendars import queries as calendar_queries
from calendars.models import Calendar
from core import errors
from core.actor import Actor
from core.form_fields import LocalDayField
from desk.settings import notation
from desk.settings.people import customers_for, zone_field
from desk.settings.section import Save, Section, SettingForm
from desk.settings.services import provider_id
from slas import documents

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
        if not self.errors and not given["week"] and not given["special_days"]:
            self.add_error(
                "mon", _("Without a single window it never opens, and no deadline could ever come.")
            )
        return given

    def take(self, refusal: errors.Refused) -> None:
        """What the action says of the week stands at the day that it names, else at the first."""
        texts = refusal.errors.pop("week", [])
        for text in texts:
            named = [day for day in notation.DAYS if re.search(rf"\b{day}\b", text)]
            self.add_error((named or ["mon"])[0], text)
        if not texts or refusal.errors:
            super().take(refusal)

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
        __("What we promised to whom, and who is told when."), "agreement.write", documents.agreements, (),
        SettingForm, lambda save: save.row, can_create=False, elsewhere="desk:agreements",
    ),
)  # fmt: skip
