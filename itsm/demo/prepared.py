"""What the sample desk has prepared for itself: macros, texts, templates, rules that are off, fields, views."""

import datetime as dt
import tomllib
from functools import cache
from typing import Any

from accounts import suppliers
from accounts.models import User
from automation import actions as automation
from automation.choices import Frequency, MonthDay
from automation.models import Macro, Rule, SavedText, Schedule, TicketTemplate
from catalogue import actions as catalogue
from catalogue.models import Category
from core.actor import Actor
from incidents.major import settings_actions as majors
from incidents.models import TopManager
from itsm.demo.cast import HERE, Cast
from tickets import actions as tickets
from tickets import surveys, view_actions
from tickets.models import CustomField, SavedView, Survey


@cache
def read() -> dict[str, Any]:
    """The description."""
    return tomllib.loads((HERE / "prepared.toml").read_text("utf-8"))


def build(cast: Cast, *, by: Actor, at: dt.datetime, encoded_password: str) -> None:
    """Make all of it at an instant in the past, beside what the installation has: a name that is taken stays."""
    told, common = read(), {"by": by, "at": at}
    for one in told["categories"]:
        parent = Category.objects.get(customer=None, slug=one["parent"])
        row = Category(slug=one["slug"], name=one["name"], parent=parent)
        catalogue.create_category(row, **common)
    top = cast.staff[told["top_management"]]
    if not TopManager.objects.filter(customer=None).exists():
        majors.create_top_manager(TopManager(user=top), **common)
    if not Survey.objects.filter(customer=None).exists():
        surveys.create_survey(Survey(), **common)
    for place, one in enumerate(told["fields"]):
        if not CustomField.objects.filter(kind="incident", key=one["key"]).exists():
            row = CustomField(**one, kind="incident", is_on_form=False, is_folded=True, position=10 * place)
            tickets.create_field(row, **common)
    for one in told["views"]:
        view_actions.create_view(SavedView(**one), **common)
    _texts(cast, told, **common)
    _rules(cast, told, **common)
    _recurring(cast, told["recurring"], **common)
    cast.supplier = _supplier(cast, told["supplier_login"], encoded_password, **common)


def _texts(cast: Cast, told: dict[str, Any], *, by: Actor, at: dt.datetime) -> None:
    for one in told["macros"]:
        row = Macro(**{**one, "set_team": cast.teams.get(one.get("set_team", ""))})
        _prepare(row, by=by, at=at)
    for one in told["texts"]:
        _prepare(SavedText(**one), by=by, at=at)
    for one in told["templates"]:
        category = Category.objects.get(customer=None, slug=one["category"])
        row = TicketTemplate(**{**one, "category": category})
        _prepare(row, by=by, at=at)


def _prepare(row: Any, *, by: Actor, at: dt.datetime) -> None:
    if not type(row).objects.filter(customer=None, user=None, name=row.name).exists():
        automation.create_prepared(row, by=by, at=at)


def _rules(cast: Cast, told: dict[str, Any], *, by: Actor, at: dt.datetime) -> None:
    for place, one in enumerate(told["rules"], 1):
        if not Rule.objects.filter(customer=None, name=one["name"]).exists():
            row = Rule(**{**one, "set_team": cast.teams[one["set_team"]]}, position=10 * place, is_on=False)
            automation.create_rule(row, by=by, at=at)


def _recurring(cast: Cast, one: dict[str, str], *, by: Actor, at: dt.datetime) -> None:
    party = cast.parties[one["customer"]]
    template = TicketTemplate.objects.get(customer=None, user=None, team=None, name=one["template"])
    row = Schedule(
        customer=party.customer, name=one["name"], template=template, requester=party.manager,
        frequency=Frequency.MONTHLY, month_day=MonthDay.WEEKDAY, month_number=1, weekdays=[0],
        local_time=dt.time(6, 30), time_zone=party.customer.time_zone, starts_on=at.date(), is_on=False,
    )  # fmt: skip
    automation.create_schedule(row, by=by, at=at)


def _supplier(cast: Cast, one: dict[str, str], encoded: str, *, by: Actor, at: dt.datetime) -> User:
    firm = cast.suppliers[one["supplier"]]
    user = suppliers.create_member(one["email"], one["name"], by=by, at=at, organization=firm)
    user.password = encoded
    user.save(update_fields=["password"])
    cast.sign_ins.append((user, "supplier", None))
    return user
