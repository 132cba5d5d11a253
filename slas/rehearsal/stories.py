"""What a replay reads: tickets a thousand at a time, each as the facts it was opened with and what happened then.

Nothing here is guessed. The journal holds names where the ticket holds keys, so a field's way back is followed from
what the ticket says now to the value before its first change.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.models import Site, Team
from catalogue.models import Category
from cmdb.models import ConfigurationItem
from core.actor import Actor, ActorKind
from customers.models import Customer
from journal.models import Entry
from slas.choices import AgreementKind
from slas.events import Corrected
from slas.models import Timer
from slas.rehearsal import courses
from tickets import events, processes
from tickets.choices import Origin, Phase
from tickets.models import AffectedItem

HEARD = (
    events.Opened, events.Replied, events.Accepted, events.Held, events.Resumed, events.Moved, events.Changed,
    events.UpdatePromised, events.PromiseEnded, events.Resolved, events.Reopened, events.Closed, events.Cancelled,
    events.Misfiled, events.Merged, events.Unmerged, events.Absorbed, events.Released, events.Assigned,
    events.EscalatedTo,
)  # fmt: skip
MOVES = frozenset(
    {"service", "category", "subcategory", "site", "impact", "urgency", "priority", "configuration_items"}
)
CORRECTED = f"sla.{Corrected.past}"
_OURS = "="  # marks a name that an import's mapping translated to a slug of ours
_COLUMNS = (
    "id", "number", "customer_id", "kind", "origin", "channel", "opened_at", "impact", "urgency", "priority",
    "matrix_version", "requester_id", "service_id", "category_id", "site_id", "team_id",
)  # fmt: skip


class Facts(NamedTuple):
    """What decides which target holds, at one moment. `hand` is a priority set by hand, which no matrix touches."""

    customer_id: int
    kind: str
    service_id: int | None
    category_id: int | None
    site_id: int | None
    impact: int
    urgency: int
    priority: int
    hand: bool
    item_types: frozenset[int] = frozenset()


class Told(NamedTuple):
    """One entry of a ticket. `is_human`: a person said or did it. `changed` are facts that hold from here on."""

    past: str
    at: dt.datetime
    is_human: bool
    data: Mapping[str, Any]
    changed: Facts | None = None
    requester: bool | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket: how it began, and everything since that a clock hears, oldest first."""

    ticket_id: int
    number: str
    is_import: bool
    channel: str
    opened_at: dt.datetime
    entered_at: dt.datetime
    facts: Facts
    team_id: int | None
    has_requester: bool
    told: Sequence[Told]


class Directory:
    """The keys behind the names that entries hold, read once: services, categories, sites, teams, matrices."""

    def __init__(
        self, customers: Iterable[int], by: Actor, judges: Mapping[int, Any], *, asks_items: bool = False
    ):
        wanted = list(customers)
        self.judges, self.asks_items = judges, asks_items
        self._types: dict[int, int] = {}
        self._services: dict[str, int] = {}
        for key, slug, name in (
            ConfigurationItem.objects.visible_to(by).services().values_list("id", "slug", "name")
        ):
            self._services |= {one: key for one in (name, slug) if one}
        rows = Category.objects.visible_to(by).values_list(
            "id", "slug", "customer_id", "parent__name", "name"
        )
        self._slugs: dict[str, int] = {}
        self._names: dict[tuple[int | None, str | None, str], int] = {}
        self._tiers: dict[int, tuple[str, str | None]] = {}
        for key, slug, customer_id, parent, name in rows:
            self._slugs[slug] = key
            self._names[customer_id, parent, name] = key
            self._tiers[key] = (parent or name, name if parent else None)
        sites = Site.objects.filter(customer_id__in=wanted, calendar__isnull=False)
        self._sites = {(one, name): key for key, one, name in sites.values_list("id", "customer_id", "name")}
        self._teams = dict(Team.objects.visible_to(by).values_list("name", "id"))

    def items_of(self, tickets: Sequence[Mapping[str, Any]]) -> dict[int, list[int]]:
        """What each ticket affects now: {ticket id: item ids}; nothing where no target asks for it."""
        found: dict[int, list[int]] = defaultdict(list)
        if self.asks_items:
            rows = AffectedItem.objects.filter(
                customer_id__in={one["customer_id"] for one in tickets},
                ticket_id__in=[one["id"] for one in tickets],
            )
            for key, item_id in rows.values_list("ticket_id", "item_id"):
                found[key].append(item_id)
        return found

    def types_of(self, items: Iterable[int]) -> frozenset[int]:
        """The types of these items, each looked up once."""
        wanted = set(items) if self.asks_items else set()
        missing = wanted - self._types.keys()
        if missing:
            rows = ConfigurationItem.objects.filter(pk__in=missing).values_list("id", "type_id")
            self._types |= dict.fromkeys(missing, 0) | dict(rows)
        return frozenset(self._types[one] for one in wanted)

    def team(self, name: str | None) -> int | None:
        return self._teams.get(name or "")

    def tier(self, category_id: int | None) -> tuple[str | None, str | None]:
        """A category as an import names it: (category, subcategory)."""
        return self._tiers.get(category_id or 0, (None, None))

    def key(self, field: str, name: Any, customer_id: int) -> int | None:
        """The key behind a name of one field; None for none, and for what is not known any more."""
        if name is None:
            return None
        plain = str(name).removeprefix(_OURS)
        if field == "service":
            return self._services.get(plain)
        return self._sites.get((customer_id, plain)) if field == "site" else self._slugs.get(plain)

    def imported_category(self, names: tuple[str | None, str | None], customer_id: int) -> int | None:
        """The category behind an import's two names."""
        first, second = (one and str(one).removeprefix(_OURS) for one in names)
        own = self._names.get((customer_id, first, second)) if second else None
        return own or self._names.get((customer_id, None, first or "")) or self._slugs.get(first or "")

    def is_by_hand(self, version: int | None, impact: int, urgency: int, priority: int) -> bool:
        """Whether somebody set the priority: the matrix that judged the ticket says another."""
        cells = self.judges.get(version or 0)
        return cells is None or cells[str(impact)][str(urgency)] != priority


def read(rows: Iterable[Sequence[Any]], until: dt.datetime, directory: Directory) -> list[Story]:
    """The stories of these rows of `columns()`, up to an instant: one query."""
    tickets = [dict(zip(_COLUMNS, one, strict=True)) for one in rows]
    entries = entries_of([(one["id"], one["customer_id"], one["kind"]) for one in tickets], until)
    items, corrected = directory.items_of(tickets), _corrected(entries)
    return [
        _story({**one, "items": items.get(one["id"], [])}, entries.get(one["id"], []), directory, corrected)
        for one in tickets
    ]


def columns() -> tuple[str, ...]:
    """What `read` wants of each ticket, in this order."""
    return _COLUMNS


def phases() -> dict[tuple[str, str], Phase]:
    """In which phase each state of each process is: {(kind, state): phase}."""
    return {
        (process.kind, name): Phase(state.phase)
        for process in processes.every()
        for name, state in process.workflow.states.items()
    }


def entries_of(
    tickets: Sequence[tuple[int, int, str]], until: dt.datetime
) -> dict[int, list[tuple[Any, ...]]]:
    """The entries that clocks hear, of tickets (id, customer, kind), in the order in which they were recorded, which is
    the order in which the clocks heard them: {id: [(name, at, kind of actor, data)]}."""
    kinds = {kind for _key, _customer, kind in tickets}
    rows = Entry.objects.filter(
        customer_id__in={customer for _key, customer, _kind in tickets},
        subject_kind__in=kinds,
        subject_id__in=[key for key, _customer, _kind in tickets],
        name__in=[*(f"{kind}.{past}" for kind in kinds for past in _heard(kind)), CORRECTED],
        at__lte=until,
    )
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *rest in rows.order_by("id").values_list("subject_id", "name", "at", "actor_kind", "data"):
        found[key].append(tuple(rest))
    return found


def _heard(kind: str) -> set[str]:
    """What clocks of a process hear: what all do, and what it declares itself."""
    own = (name for course in courses.of(kind).values() for name in (*course.starts, *course.stops))
    return {*(event.past for event in HEARD), *own}


def _corrected(entries: Mapping[int, Sequence[tuple[Any, ...]]]) -> dict[int, tuple[str, int]]:
    """Which clocks agreed corrections are about: {timer id: (metric, cycle)}, the customers' clocks only."""
    wanted = {
        data["timer_id"] for told in entries.values() for name, _at, _by, data in told if name == CORRECTED
    }
    rows = Timer.objects.filter(pk__in=wanted, kind=AgreementKind.SLA) if wanted else Timer.objects.none()
    return {key: (metric, cycle) for key, metric, cycle in rows.values_list("id", "metric", "cycle")}


def _story(
    row: Mapping[str, Any],
    entries: Sequence[tuple[Any, ...]],
    directory: Directory,
    corrected: Mapping[int, tuple[str, int]],
) -> Story:
    told = [
        Told(name.rpartition(".")[2], at, kind == ActorKind.USER, {**data, "by": kind})
        if name != CORRECTED
        else Told("corrected", at, True, {**data, "clock": corrected.get(data["timer_id"])})
        for name, at, kind, data in entries
    ]
    opened = next((one for one in told if one.past == "opened"), None)
    values = _Values(row, told, opened, directory)
    has_requester = values.has_requester
    began, following = values.begin(told, opened)
    return Story(
        ticket_id=row["id"], number=row["number"], is_import=row["origin"] == Origin.IMPORT,
        channel=opened.data.get("channel", row["channel"]) if opened else row["channel"],
        opened_at=row["opened_at"], entered_at=opened.at if opened else row["opened_at"], facts=began,
        team_id=_first_team(row, told, directory), has_requester=has_requester, told=following,
    )  # fmt: skip


def _first_team(row: Mapping[str, Any], told: Sequence[Told], directory: Directory) -> int | None:
    first = next((one for one in told if one.past == "assigned" or one.data.get("team_id")), None)
    if first is None:
        return row["team_id"]
    return directory.team(first.data.get("was_team"))


class _Values:
    """The fields of one ticket on their way from its opening to now."""

    def __init__(
        self, row: Mapping[str, Any], told: Sequence[Told], opened: Told | None, directory: Directory
    ):
        self.row, self.directory = row, directory
        self.is_import = row["origin"] == Origin.IMPORT
        first: dict[str, Any] = {}
        for one in told:
            for name, pair in one.data.get("changes", {}).items() if one.past == "changed" else ():
                first.setdefault(name, pair[0])
        category, subcategory = directory.tier(row["category_id"])
        self.names = (first.get("category", category), first.get("subcategory", subcategory))
        self.keys = {
            field: directory.key(field, first[field], row["customer_id"])
            if field in first
            else row[f"{field}_id"]
            for field in ("service", "category", "site")
        }
        self.items = first.get("configuration_items", row["items"])
        self.levels = {name: first.get(name, row[name]) for name in ("impact", "urgency", "priority")}
        if "priority" not in first and opened:
            self.levels["priority"] = opened.data.get("priority") or row["priority"]
        self.has_requester = bool(first["requester"] if "requester" in first else row["requester_id"])

    def begin(self, told: Sequence[Told], opened: Told | None) -> tuple[Facts, list[Told]]:
        """The facts that the clocks started by, and what came after. What a rule changed at the very opening had
        happened when they started."""
        following, facts = [], self.facts()
        for one in told:
            if one is opened:
                continue
            if one.past != "changed":
                following.append(one)
                continue
            moved = self.take(one.data.get("changes", {}))
            if opened and one.at == opened.at and one.data["by"] == ActorKind.RULE:
                facts = self.facts()
            else:
                following.append(
                    one._replace(changed=self.facts() if moved else None, requester=self.has_requester)
                )
        return facts, following

    def take(self, changes: Mapping[str, Sequence[Any]]) -> bool:
        """Take the values after a change; whether one of them can move a clock."""
        after = {name: pair[1] for name, pair in changes.items()}
        for field in self.keys.keys() & after.keys():
            self.keys[field] = self.directory.key(field, after[field], self.row["customer_id"])
        self.names = (after.get("category", self.names[0]), after.get("subcategory", self.names[1]))
        self.levels |= {name: after[name] for name in self.levels.keys() & after.keys() if after[name]}
        self.items = after.get("configuration_items", self.items)
        if "requester" in after:
            self.has_requester = after["requester"] is not None
        return bool(MOVES & after.keys())

    def facts(self) -> Facts:
        customer_id, levels = self.row["customer_id"], self.levels
        category = self.keys["category"]
        if self.is_import and self.names[0] is not None:
            category = self.directory.imported_category(self.names, customer_id)
        return Facts(
            customer_id, self.row["kind"], self.keys["service"], category, self.keys["site"],
            **levels, hand=self.directory.is_by_hand(self.row["matrix_version"], **levels),
            item_types=self.directory.types_of(self.items),
        )  # fmt: skip


def customers_of(by: Actor, permission: str) -> list[int]:
    """The customers at whom the actor holds a permission, as far as he sees them."""
    seen = Customer.objects.values_list("id", flat=True)
    return sorted(one for one in seen if by.sees(one) and by.may(permission, one))
