"""The step of business hours: the same form as in the Settings, for the calendar that everything falls back to."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from calendars import actions as calendars
from calendars import holidays, queries
from calendars.models import Calendar
from core import errors
from core.actor import Actor
from customers.models import Customer
from desk.settings import levels
from slas.models import Agreement

MADE_WITH = "UTC"


class HoursForm(levels.CalendarForm):
    """Opening hours without what only the Settings ask for."""

    def prepare(self) -> None:
        super().prepare()
        for name in ("customer", "valid_from", "reason"):
            self.fields.pop(name, None)


def standard() -> Calendar | None:
    """The calendar of the best effort, which counts where no agreement says otherwise."""
    agreement = Agreement.objects.filter(is_default=True).first()
    return agreement.latest.calendar if agreement else None


def form(actor: Actor, data: Any = None, *, query: Any = None, **_files: Any) -> HoursForm:
    """The form, with a country's holidays proposed where `query` names one, and the organisation's time zone."""
    row = standard()
    wanted = query if query and query.get("country") else None
    proposal = levels.propose_holidays(row, wanted) if wanted else {}
    return HoursForm(actor, row, data, proposal=proposal if data else {**_zone(row), **proposal})


def _zone(row: Calendar | None) -> dict[str, Any]:
    """The time zone that was said in the first step, while the calendar has none but the one it was made with."""
    said = Customer.objects.filter(is_provider=True).values_list("time_zone", flat=True).first()
    is_untouched = row is None or queries.newest_version(row).time_zone == MADE_WITH
    return {"time_zone": said} if said and is_untouched else {}


def beside(_actor: Actor, at: dt.datetime) -> dict[str, Any]:
    """Countries that holidays are known for, by name."""
    return {"countries": holidays.names(), "year": at.year}


def save(given: HoursForm, *, by: Actor, at: dt.datetime) -> str:
    """Give the standard calendar these hours, or make it."""
    values = {name: value for name, value in given.given().items() if name != "valid_from"}
    if given.row is not None:
        calendars.change_calendar(given.row, by=by, at=at, fields=values, reason=_("Setting up"))
        return _("Clocks run in these hours.")
    own = {name: values[name] for name in ("name", "time_zone")}
    rest = {name: values[name] for name in ("week", "holidays", "special_days")}
    if not rest["week"]:
        raise errors.required("mon", _("Somebody must be there at least once a week."))
    calendars.create_calendar(Calendar(**own), by=by, at=at, reason=_("Setting up"), **rest)
    return _("Clocks run in these hours.")
