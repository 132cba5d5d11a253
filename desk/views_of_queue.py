"""The views of the queue, as filters with a name; what the address says, and what the chips say about it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts import queries as logins
from accounts.models import Site, Team
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core import errors, time
from core.actor import Actor
from customers.models import Customer
from tickets import filters, processes, queries
from tickets.choices import Phase
from tickets.models import Priority, Ticket

OWN = ("view", "cursor", "at", "preview", "compose", "tab", "show")  # parameters that are no filters
_CLOSING = ("phase", "state", "q")  # filters that look beyond what is open


@dataclass(frozen=True)
class View:
    """One named view: `title`, the filters it stands for, and the sentence for when nothing is in it."""

    slug: str
    title: Any
    filters: Mapping[str, str] = field(default_factory=dict)
    empty: Any = ""


_SYSTEM = {
    one.slug: one
    for one in (
        View("all", __("All open"), {}, __("All clear: nothing is open.")),
        View("mine", __("Assigned to me"), {"assignee": "me"}, __("Nothing is assigned to you.")),
        View("unassigned", __("Unassigned"), {"assignee": "none"}, __("Every open ticket is in somebody's hands.")),
        View("overdue", __("Overdue"), {"due_before": "now"}, __("Nothing is overdue.")),
        View("paused", __("Clock paused"), {"phase": "waiting"}, __("No ticket waits for anybody.")),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What one address of the queue asks for: a view, further filters, an order."""

    view: View
    filters: Mapping[str, str]
    ordering: str = ""

    @property
    def is_by_time(self) -> bool:
        """Whether the list is ordered, and so grouped, by time left."""
        return self.ordering == "due_at"

    def query(self, **more: str) -> str:
        """The query string of this state, `?view=mine&priority=1`; empty for the plain queue."""
        named = {"view": self.view.slug} if self.view.slug != "all" else {}
        order = {"ordering": self.ordering} if self.ordering and not self.is_by_time else {}
        values = {**named, **self.filters, **order, **more}
        return f"?{urlencode({name: value for name, value in values.items() if value})}" if values else ""


def read(params: Mapping[str, str], actor: Actor) -> Asked:
    """The state that the query string describes. Raises NotFound for an unknown view."""
    given = {name: value for name, value in params.items() if value and name not in (*OWN, "ordering")}
    view = find(params.get("view", "all"), actor)
    closed = "due_at" if not {"phase", "state"} & given.keys() else "-number"
    return Asked(view, given, params.get("ordering") or closed)


def find(slug: str, actor: Actor) -> View:
    """A view by its slug; `team:<slug>` is a team's. Raises NotFound."""
    if slug in _SYSTEM:
        return _SYSTEM[slug]
    team = Team.objects.visible_to(actor).filter(slug=slug.removeprefix("team:")).first()
    if team is None or not slug.startswith("team:"):
        raise errors.NotFound(_("There is no such view: choose one at the side."))
    return View(slug, team.name, {"team": team.slug}, _("%(team)s has nothing open.") % {"team": team.name})


def rows(asked: Asked, actor: Actor, at: dt.datetime) -> QuerySet:
    """The tickets of this state, not yet ordered. Raises Malformed, naming a filter that is wrong."""
    visible = Ticket.objects.visible_to(actor)
    found = visible if any(name in asked.filters for name in _CLOSING) else visible.open()
    own = {
        name: time.iso(at) or "" if value == "now" else value for name, value in asked.view.filters.items()
    }
    return filters.apply(filters.apply(queries.rows(found), own, actor), asked.filters, actor)


def chips(asked: Asked, base: str, actor: Actor) -> list[dict[str, str]]:
    """The filters in force as sentences, each with the address that takes it away."""
    found = []
    for name, value in asked.filters.items():
        rest = {one: text for one, text in asked.filters.items() if one != name}
        without = Asked(asked.view, rest, "" if name in _CLOSING else asked.ordering)
        is_not, text = value.startswith("!"), value.lstrip("!")
        label = LABELS.get(name, name.replace("_", " ").capitalize())
        verb = _("%(field)s is not") if is_not else _("%(field)s is")
        shown = ", ".join(_name(name, one, actor) for one in text.split(","))
        found.append(
            {"text": verb % {"field": label}, "value": shown, "remove_url": f"{base}{without.query()}"}
        )
    return found


def _name(name: str, value: str, actor: Actor) -> str:
    if value == "none":
        return _("nobody") if name in ("assignee", "requester") else _("none")
    if value == "me":
        return _("me")
    if name == "assignee":
        return _login(value, actor)
    return str(_NAMES[name](value)) if name in _NAMES else value


def _login(value: str, actor: Actor) -> str:
    """The name of a login that the actor may know of, else what was typed: numbers are no way to learn names."""
    found = logins.desk_users(actor).filter(pk=value).first() if value.isdecimal() else None
    return str(found or value)


def _from(model: Any, column: str) -> Callable[[str], str]:
    """The name of a row by the key that the filter takes; the key itself where there is none."""

    def name(value: str) -> str:
        if column == "pk" and not value.isdecimal():
            return value
        return str(model.objects.filter(**{column: value}).first() or value)

    return name


def _state(value: str) -> str:
    states = [one.workflow.states[value] for one in processes.every() if value in one.workflow.states]
    return str(states[0].label) if states else value


LABELS = {
    "state": __("Status"),
    "phase": __("Phase"),
    "priority": __("Priority"),
    "customer": __("Customer"),
    "site": __("Site"),
    "service": __("Service"),
    "category": __("Category"),
    "team": __("Team"),
    "assignee": __("Assignee"),
    "requester": __("Requester"),
    "is_major": __("Major incident"),
    "q": __("Text"),
    "kind": __("Type"),
}
_NAMES: dict[str, Callable[[str], Any]] = {
    "state": _state,
    "phase": lambda value: dict(Phase.choices).get(value, value),
    "priority": _from(Priority, "level"),
    "customer": _from(Customer, "slug"),
    "service": _from(ConfigurationItem, "slug"),
    "category": _from(Category, "slug"),
    "team": _from(Team, "slug"),
    "site": _from(Site, "pk"),
}
