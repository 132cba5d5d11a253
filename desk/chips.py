"""The fields by which the queue is narrowed: their names, what may be said of each, and the chips as sentences."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import queries as logins
from accounts.models import Person, Site, Team
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import time
from core.actor import Actor
from customers.models import Customer
from desk.views_of_queue import Asked
from tickets import processes, reference
from tickets.choices import Phase
from tickets.models import Priority

MOST = 50  # choices of one list; more are found by typing
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Field:
    """One thing a queue can be narrowed by.

    `options(actor, words)` are its values, found by typing; without them a value is typed. `key` is the column by
    which a value names a row of `rows(actor)`. `is_time`: before or after an instant.
    """

    name: str
    label: Any
    options: Callable[[Actor, str], Options] | None = None
    rows: Callable[[Actor], QuerySet] | None = None
    key: str = "slug"
    is_time: bool = False
    special: tuple[tuple[str, Any], ...] = ()
    takes_not: bool = True


def _visible(model: Any) -> Callable[[Actor], QuerySet]:
    def rows(actor: Actor) -> QuerySet:
        return model.objects.visible_to(actor)

    return rows


def _services(actor: Actor) -> QuerySet:
    return ConfigurationItem.objects.visible_to(actor).services()


def _sites(actor: Actor) -> QuerySet:
    return Site.objects.of_customers(actor)


def _by_words(rows: Callable[[Actor], QuerySet], key: str = "slug") -> Callable[[Actor, str], Options]:
    def found(actor: Actor, words: str) -> Options:
        asked = rows(actor).filter(name__icontains=words) if words else rows(actor)
        return [(str(getattr(one, key)), str(one)) for one in asked.order_by("name")[:MOST]]

    return found


def _fixed(make: Callable[[], Options]) -> Callable[[Actor, str], Options]:
    def found(_actor: Actor, words: str) -> Options:
        return [(value, str(text)) for value, text in make() if words.casefold() in str(text).casefold()]

    return found


def _states() -> Options:
    known = {state.name: state.label for one in processes.every() for state in one.workflow.states.values()}
    return list(known.items())


def _priorities() -> Options:
    return [(str(one.level), f"P{one.level} {one.name}") for one in reference.priorities()]


def _people(actor: Actor, words: str) -> Options:
    known = [(str(one.pk), str(one)) for one in logins.desk_users(actor).order_by("name", "id")]
    return [one for one in known if words.casefold() in one[1].casefold()][:MOST]


def _requesters(actor: Actor, words: str) -> Options:
    rows = Person.objects.visible_to(actor)
    rows = rows.filter(name__icontains=words) | rows.filter(email__icontains=words) if words else rows
    rows = rows.select_related("customer").order_by("name", "id")[:MOST]
    return [(str(one.pk), f"{one.name}, {one.customer.name}") for one in rows]


def _kinds() -> Options:
    return [(one.kind, str(one.label)) for one in processes.every()]


_NONE = (("none", __("None")),)
_NOBODY = (("me", __("Me")), ("none", __("Nobody")))
_ALL = (
    Field("state", __("Status"), _fixed(_states)),
    Field("phase", __("Phase"), _fixed(lambda: list(Phase.choices))),
    Field("priority", __("Priority"), _fixed(_priorities)),
    Field("assignee", __("Assignee"), _people, logins.desk_users, "pk", special=_NOBODY),
    Field("team", __("Team"), _by_words(_visible(Team)), _visible(Team), special=_NONE),
    Field("customer", __("Customer"), _by_words(_visible(Customer)), _visible(Customer)),
    Field("requester", __("Requester"), _requesters, _visible(Person), "pk", special=(("none", __("Nobody")),)),
    Field("service", __("Service"), _by_words(_services), _services, special=_NONE),
    Field("category", __("Category"), _by_words(_visible(Category)), _visible(Category), special=_NONE),
    Field("site", __("Site"), _by_words(_sites, "pk"), _sites, "pk", special=_NONE),
    Field("kind", __("Type"), _fixed(_kinds)),
    Field(
        "is_major", __("Major incident"), _fixed(lambda: [("true", _("Yes")), ("false", _("No"))]),
        takes_not=False,
    ),
    Field(
        "is_blocked", __("Kept from ending"), _fixed(lambda: [("true", _("Yes")), ("false", _("No"))]),
        takes_not=False,
    ),
    Field("q", __("Text"), takes_not=False),
    Field("email", __("Requester's address"), takes_not=False),
    Field("external_reference", __("External reference"), takes_not=False),
    Field("opened", __("Opened"), is_time=True),
    Field("due", __("Due"), is_time=True),
    Field("updated", __("Updated"), is_time=True),
    Field("closed", __("Closed"), is_time=True),
)  # fmt: skip
FIELDS = {one.name: one for one in _ALL}
# Periods of customers' clocks: pages lead to them, nobody types them.
RANGES = {"sla_breached": __("Target breached"), "sla_due": __("Target due")}
_TIMES = {f"{one.name}_{side}": (one, side) for one in _ALL if one.is_time for side in ("before", "after")}


def known(name: str) -> Field | None:
    """The field behind a parameter of the address: `opened_before` is Opened."""
    return _TIMES[name][0] if name in _TIMES else FIELDS.get(name)


def chips(asked: Asked, base: str, actor: Actor) -> list[dict[str, str]]:
    """The filters in force as sentences, each with the address that takes it away."""
    found = []
    for name, value in asked.filters.items():
        rest = {one: text for one, text in asked.filters.items() if one != name}
        without = asked.with_(filters=rest)
        text, shown = sentence(name, value, actor)
        field = known(name)
        found.append(
            {
                "text": text, "value": shown, "field": field.name if field else "", "name": name,
                "remove_url": f"{base}{without.query()}",
            }
        )  # fmt: skip
    return found


def sentence(name: str, value: str, actor: Actor) -> tuple[str, str]:
    """One filter in words: ("Status is not", "Closed")."""
    field = known(name)
    if name in RANGES:
        return str(RANGES[name]), period(value)
    if name in _TIMES:
        verb = _("%(field)s before") if _TIMES[name][1] == "before" else _("%(field)s after")
        return verb % {"field": _TIMES[name][0].label}, moment(value)
    is_not = value.startswith("!")
    verb = _("%(field)s is not") if is_not else _("%(field)s is")
    label = field.label if field else name.replace("_", " ").capitalize()
    values = value.removeprefix("!").split(",") if field and field.options else [value]
    return verb % {"field": label}, _(" or ").join(names(field, values, actor))


def names(field: Field | None, values: list[str], actor: Actor) -> list[str]:
    """The values as people read them, from one query; what the actor may not see stays as it was typed."""
    if field is None or field.options is None:
        return values
    found = {value: str(text) for value, text in field.special}
    if field.rows is None:
        found |= dict(field.options(actor, ""))
    else:
        asked = [one for one in values if field.key != "pk" or one.isdecimal()]
        rows = field.rows(actor).filter(**{f"{field.key}__in": asked}) if set(asked) - found.keys() else ()
        found |= {str(getattr(one, field.key)): str(one) for one in rows}
    if field.name == "priority" and not found:
        found = {str(one.level): one.name for one in Priority.objects.all()}
    return [found.get(one, one) for one in values]


_STEPS = {"h": __("%(count)s h"), "d": __("%(count)s days")}


def moment(value: str) -> str:
    """An instant of a filter in words: "now", "7 days ago", "18 Nov 09:00"."""
    if value == "now":
        return _("now")
    if value.startswith("now") and value[3:4] in "+-" and value[-1] in _STEPS:
        step = str(_STEPS[value[-1]]) % {"count": value[4:-1]}
        return (_("%(time)s ago") if value[3] == "-" else _("in %(time)s")) % {"time": step}
    at = time.find_instant(value)
    return date_format(timezone.localtime(at), _("j M Y H:i")) if at else value


def period(value: str) -> str:
    """A range of a filter in words: "now to in 2 h", "since 18 Nov 2026 00:00"."""
    first, _dots, last = value.partition("..")
    if not last:
        return _("since %(when)s") % {"when": moment(first)}
    if not first:
        return _("until %(when)s") % {"when": moment(last)}
    return _("%(first)s to %(last)s") % {"first": moment(first), "last": moment(last)}


def read_moment(text: str, at: dt.datetime) -> str:
    """What was typed as a time, as the address holds it: "7 days ago", "today", "18.11.2026". Raises ValueError."""
    words = text.strip().casefold()
    days = {_("now").casefold(): "now", "now": "now", "today": 0, "yesterday": -1, "tomorrow": 1}
    days |= {_("today").casefold(): 0, _("yesterday").casefold(): -1, _("tomorrow").casefold(): 1}
    found = days.get(words)
    if isinstance(found, str) or (words.startswith("now") and words[3:4] in ("+", "-")):
        return words if found is None else str(found)
    if found is not None:
        return _start_of(timezone.localtime(at).date() + dt.timedelta(days=found))
    relative = _relative(words)
    return relative or _absolute(text.strip())


def _relative(words: str) -> str:
    parts = words.split()
    sign = "-" if parts and parts[-1] in ("ago", "her") else "+" if parts and parts[0] == "in" else ""
    number = next((one for one in parts if one.isdecimal() and len(one) < 5), "")
    if not sign or not number:
        return ""
    return f"now{sign}{number}{'h' if any(one.startswith(('h', 'st')) for one in parts) else 'd'}"


def _absolute(text: str) -> str:
    if known_instant := time.find_instant(text):
        return time.iso(known_instant) or ""
    for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%d", "%d.%m.%Y"):
        try:
            naive = dt.datetime.strptime(text, form)  # noqa: DTZ007 - the reader's zone is put on next
        except ValueError:
            continue
        return time.iso(timezone.make_aware(naive)) or ""
    raise ValueError(_("Write a day like 2026-11-24, “today”, or “7 days ago”."))


def _start_of(day: dt.date) -> str:
    return time.iso(timezone.make_aware(dt.datetime.combine(day, dt.time.min))) or ""
