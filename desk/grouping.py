"""The stretches of the queue: by time left, or by whose and how urgent the tickets are; and how many lie in each."""

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from core import pagination
from desk.views_of_queue import Asked
from tickets import filters
from tickets.choices import Phase
from tickets.models import Ticket

SOON = dt.timedelta(hours=2)
EXACT = 10_000  # a longer list is not counted: the planner guesses


@dataclass(frozen=True)
class Group:
    """One stretch of the queue by time left."""

    key: str
    label: Any
    icon: str = "clock"
    is_hot: bool = False


TIMES = (
    Group("overdue", __("Overdue"), is_hot=True),
    Group("soon", __("Next 2 hours")),
    Group("today", __("Later today")),
    Group("later", __("Later")),
    Group("none", __("No deadline"), "calendar"),
    Group("paused", __("Clock paused"), "clock-pause"),
)
_BY_KEY = {one.key: one for one in TIMES}
LABELS = {
    "time": __("Time left"), "priority": __("Priority"), "team": __("Team"), "assignee": __("Assignee"),
    "customer": __("Customer"), "service": __("Service"), "none": __("Nothing"),
}  # fmt: skip
_EMPTY = {"team": __("No team"), "assignee": __("Unassigned"), "service": __("No service")}
_ICONS = {"team": "users", "assignee": "user", "customer": "building", "service": "server"}


@dataclass(frozen=True)
class Counted:
    """How many tickets a view holds. `total` is the planner's guess where not `is_exact`; `groups` by their keys."""

    total: int
    is_exact: bool
    groups: dict[Any, int]


def ordered(rows: QuerySet, asked: Asked) -> tuple[QuerySet, tuple[str, ...]]:
    """The rows that have a place in the order of this address, and its key-set order: first by group, then within."""
    rows, order = filters.ordered(rows, asked.order)
    if asked.grouping in ("time", "none"):
        return rows, order
    return _named(rows, asked.grouping), ("group_key", *order)


def _named(rows: QuerySet, by: str) -> QuerySet:
    """With `group_key`: what the rows are grouped by; empty comes first."""
    key = F("priority") if by == "priority" else Coalesce(f"{by}__name", Value(""))
    return rows.annotate(group_key=key)


def place_of(ticket: Ticket, name: str, by: str) -> Any:
    """The value of one column of the order for a ticket that was not read by it."""
    if name != "group_key":
        return getattr(ticket, name)
    row = getattr(ticket, by)
    return row if by == "priority" else row.name if row else ""


def key_of(ticket: Ticket, asked: Asked, at: dt.datetime) -> Any:
    """The key of the group that the ticket lies in."""
    if asked.grouping == "time":
        return time_of(ticket, at)
    return "all" if asked.grouping == "none" else place_of(ticket, "group_key", asked.grouping)


def time_of(ticket: Ticket, at: dt.datetime) -> str:
    """The stretch of time left that the ticket lies in."""
    if ticket.due_at is None:
        return "paused" if ticket.phase == Phase.WAITING else "none"
    if ticket.due_at <= at:
        return "overdue"
    if ticket.due_at <= at + SOON:
        return "soon"
    return "today" if ticket.due_at < _end_of_day(at) else "later"


def count(rows: QuerySet, asked: Asked, at: dt.datetime) -> Counted:
    """How many there are, in all and per group: counted to the 10,000th, never by reading a long list whole."""
    rows = ordered(rows.select_related(None), asked)[
        0
    ].order_by()  # any 10,001 will do: to order them costs more
    if asked.grouping not in ("time", "none"):
        return _count_named(rows, asked.grouping)
    near = rows.values("id", "due_at", "phase")[: EXACT + 1]
    found: dict[Any, int] = near.aggregate(**_parts(at))
    total = sum(found.values())
    if total <= EXACT:
        return Counted(total, True, found)
    return Counted(max(total, pagination.planned(rows)), False, found)


def _count_named(rows: QuerySet, by: str) -> Counted:
    """The same by what the rows belong to. A group has no end in sight, so the planner is asked first."""
    guess = pagination.planned(rows)
    if guess > EXACT:
        return Counted(guess, False, {})
    found = dict(_named(rows, by).values_list("group_key").annotate(Count("id")).order_by())
    return Counted(sum(found.values()), True, found)


def _parts(at: dt.datetime) -> dict[str, Count]:
    midnight, soon = _end_of_day(at), at + SOON
    due, waiting = Q(due_at__isnull=False), Q(due_at=None, phase=Phase.WAITING)
    parts = {
        "overdue": Q(due_at__lte=at),
        "soon": Q(due_at__gt=at, due_at__lte=soon),
        "today": Q(due_at__gt=soon, due_at__lt=midnight),
        "later": due & Q(due_at__gt=soon, due_at__gte=midnight),
        "none": Q(due_at=None) & ~waiting,
        "paused": waiting,
    }
    return {key: Count("id", filter=part) for key, part in parts.items()}


def _end_of_day(at: dt.datetime) -> dt.datetime:
    """The next midnight of the reader."""
    return _midnight_after(at, timezone.get_current_timezone())


@functools.lru_cache(maxsize=64)  # every row of a page asks for the same one
def _midnight_after(at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    tomorrow = at.astimezone(zone).date() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(tomorrow, dt.time.min), zone)


def groups(
    rows: Iterable[tuple[Ticket, SafeString]], counted: Counted | None, asked: Asked, at: dt.datetime
) -> list[dict[str, Any]]:
    """The drawn rows in their groups, in the order of the page; a count where it is known for the whole view."""
    found: dict[Any, dict[str, Any]] = {}
    for ticket, shown in rows:
        key = key_of(ticket, asked, at)
        if key not in found:
            number = counted.groups.get(key) if counted and counted.is_exact else None
            found[key] = {**_head(key, asked), "count": number, "rows": []}
        found[key]["rows"].append(shown)
    if asked.grouping == "time":
        return [found[one.key] for one in TIMES if one.key in found]
    return list(found.values())


def _head(key: Any, asked: Asked) -> dict[str, Any]:
    by = asked.grouping
    if by == "time":
        one = _BY_KEY[key]
        return {"key": key, "label": one.label, "icon": one.icon, "is_hot": one.is_hot}
    if by == "none":
        return {"key": "all", "label": "", "icon": ""}
    label = _("Priority %(level)s") % {"level": key} if by == "priority" else key or str(_EMPTY.get(by, ""))
    return {"key": key, "label": label, "icon": _ICONS.get(by, "flag")}
