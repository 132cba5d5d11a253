"""What one address of the queue asks for: a view, filters, order, groups, columns, density; and how it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Team
from core import errors
from core.actor import Actor
from desk import columns
from tickets import filters, queries, standing
from tickets.models import SavedView, Ticket

# Parameters of the address that are no filters.
SHAPE = ("ordering", "group", "columns", "density")
OWN = ("view", "filters", "field", "cursor", "at", "preview", "compose", "tab", "show", "since", "n", *SHAPE)
NONE = "none"  # filters=none: the view's own filters were all taken away


@dataclass(frozen=True)
class View:
    """One named view: `title`, what it stands for, and the sentence for when nothing is in it.

    A saved view's filters are shown as chips and can be changed; those of the house's and teams' views cannot.
    """

    slug: str
    title: Any
    filters: Mapping[str, str] = field(default_factory=dict)
    empty: Any = ""
    ordering: str = ""
    group: str = ""
    columns: tuple[str, ...] = ()
    density: str = ""
    saved: SavedView | None = None

    @property
    def chips(self) -> Mapping[str, str]:
        """The filters that stand as chips when the view is opened."""
        return self.filters if self.saved else {}


_WORDS = {
    "all": (__("All open"), __("All clear: nothing is open.")),
    "mine": (__("Assigned to me"), __("Nothing is assigned to you.")),
    "unassigned": (__("Unassigned"), __("Every open ticket is in somebody's hands.")),
    "overdue": (__("Overdue"), __("Nothing is overdue.")),
    "paused": (__("Clock paused"), __("No ticket waits for anybody.")),
    "blocked": (__("Needs finishing"), __("Nothing is kept from ending by itself.")),
    "closed": (__("Closed"), __("Nothing was closed yet.")),
}
SYSTEM = {
    slug: View(slug, _WORDS[slug][0], given, _WORDS[slug][1], standing.ORDERS.get(slug, ""))
    for slug, given in standing.SYSTEM.items()
}


@dataclass(frozen=True)
class Asked:
    """What one address of the queue asks for."""

    view: View
    filters: Mapping[str, str]
    ordering: str = ""
    group: str = ""
    columns: tuple[str, ...] = ()
    density: str = ""

    @property
    def order(self) -> str:
        """The order in force."""
        return self.ordering or self.view.ordering or _usual_order(self)

    @property
    def is_by_time(self) -> bool:
        """Whether the list is ordered, and so may be grouped, by time left."""
        return self.order == "due_at"

    @property
    def grouping(self) -> str:
        """What the rows are grouped by: time left where nothing else is said, which only its own order allows."""
        found = self.group or self.view.group or "time"
        return "none" if found == "time" and not self.is_by_time else found

    @property
    def shown_columns(self) -> tuple[str, ...]:
        """The columns in force, each with a width if it has one of its own."""
        return self.columns or self.view.columns or columns.USUAL

    @property
    def shown_density(self) -> str:
        """The density in force; empty: the reader's own."""
        return self.density or self.view.density

    @property
    def is_changed(self) -> bool:
        """Whether the address says more than the name of its view."""
        return bool(self._own())

    def with_(self, **more: Any) -> "Asked":
        """The same, changed."""
        return replace(self, **more)

    def params(self, **more: str) -> dict[str, str]:
        """The query string of this state as pairs."""
        named = {"view": self.view.slug} if self.view.slug != "all" else {}
        values = {**named, **self._own(), **more}
        return {name: value for name, value in values.items() if value}

    def query(self, **more: str) -> str:
        """The query string of this state, `?view=mine&priority=1`; empty for the plain queue."""
        found = self.params(**more)
        return f"?{urlencode(found)}" if found else ""

    def _own(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if dict(self.filters) != dict(self.view.chips):
            found = dict(self.filters) or {"filters": NONE}
        usual = self.view.ordering or _usual_order(self)
        if self.ordering and self.ordering != usual:
            found["ordering"] = self.ordering
        if self.group and self.group != (self.view.group or "time"):
            found["group"] = self.group
        if self.columns and self.columns != (self.view.columns or columns.USUAL):
            found["columns"] = ",".join(self.columns)
        if self.density and self.density != self.view.density:
            found["density"] = self.density
        return found


def _usual_order(asked: Asked) -> str:
    return "-number" if {"phase", "state"} & asked.filters.keys() else "due_at"


def read(params: Mapping[str, str], actor: Actor) -> Asked:
    """The state that the query string describes. Raises NotFound for an unknown view, Malformed for a shape."""
    given = {name: value for name, value in params.items() if value and name not in OWN}
    _check(params)
    view = find(params.get("view") or "all", actor)
    is_said = given or params.get("filters") == NONE
    return Asked(
        view, given if is_said else dict(view.chips), params.get("ordering", ""), params.get("group", ""),
        columns.read(params.get("columns", "")), params.get("density", ""),
    )  # fmt: skip


def _check(params: Mapping[str, str]) -> None:
    # A query string inside a field (`view_query`, `to`) brings what the middleware refuses elsewhere.
    if any("\0" in text for pair in params.items() for text in pair):
        raise errors.Malformed(_("An address holds a character that is no text (NUL)."))
    known = {"group": standing.GROUPINGS, "density": standing.DENSITIES}
    wrong = {
        name: [_("Choose one of: %(known)s.") % {"known": ", ".join(words)}]
        for name, words in known.items()
        if params.get(name) and params[name] not in words
    }
    if wrong:
        raise errors.Malformed(_("Not understood: %(names)s.") % {"names": ", ".join(wrong)}, errors=wrong)


def find(slug: str, actor: Actor) -> View:
    """A view by its slug; `team:<slug>` is a team's. Raises NotFound."""
    if slug in SYSTEM:
        return SYSTEM[slug]
    if slug.startswith("team:"):
        team = Team.objects.visible_to(actor).filter(slug=slug.removeprefix("team:")).first()
        if team:
            nothing = _("%(team)s has nothing open.") % {"team": team.name}
            return View(slug, team.name, {"team": team.slug}, nothing)
    saved = standing.find_saved(slug[:80], actor)
    if saved is None:
        raise errors.NotFound(_("There is no such view: choose one at the side."))
    return of_saved(saved)


def of_saved(saved: SavedView) -> View:
    """A saved view as the queue shows it."""
    return View(
        saved.slug, saved.name, saved.filters, _("Nothing is in this view now."), saved.ordering, saved.grouping,
        tuple(saved.columns), saved.density, saved,
    )  # fmt: skip


def rows(asked: Asked, actor: Actor) -> QuerySet:
    """The tickets of this state, not yet ordered. Raises Malformed, naming a filter that is wrong."""
    visible = Ticket.objects.visible_to(actor)
    beyond = standing.BEYOND & {*asked.filters, *(() if asked.view.slug == "paused" else asked.view.filters)}
    found = queries.rows(visible if beyond else visible.open())
    if asked.view.saved is None:
        found = filters.apply(found, asked.view.filters, actor)
    return filters.apply(found, asked.filters, actor)
