"""The queue: what is to be done, ordered and grouped by time left, with a preview beside it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.views.decorators.http import require_GET

from core import pagination
from core.actor import Actor
from desk import doors, preview, shell, showing, views_of_queue
from desk.views_of_queue import Asked
from tickets import filters, processes
from tickets.choices import Phase
from tickets.models import Message, Ticket

PAGE = 50
SOON = dt.timedelta(hours=2)
STREAM = "/live/queue/"  # served by the streams process, on the same address


@dataclass(frozen=True)
class Group:
    """One stretch of the queue by time left; `holds` says which tickets lie in it."""

    key: str
    label: Any
    icon: str = "clock"
    is_hot: bool = False


GROUPS = (
    Group("overdue", __("Overdue"), is_hot=True),
    Group("soon", __("Next 2 hours")),
    Group("today", __("Later today")),
    Group("later", __("Later")),
    Group("none", __("No deadline"), "calendar"),
    Group("paused", __("Clock paused"), "clock-pause"),
)


@require_GET
@doors.page
def queue(request: HttpRequest) -> HttpResponse:
    """All that is open and visible, as the address narrows it (8.6.1); a script may ask for the list alone."""
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    rows = views_of_queue.rows(asked, request.actor, request.at)
    counted = _count(rows, request.at)
    page, total = _page(request, asked, rows), sum(counted.values())
    base = reverse("desk:queue")
    has_preview = request.GET.get("preview") != "off"
    context = {
        "title": str(asked.view.title),
        "count": total,
        "count_text": _("%(shown)d of %(all)d") % {"shown": len(page.items), "all": total},
        "groups": _groups(page.items, counted, asked, request),
        "row_count": total,
        "chips": views_of_queue.chips(asked, base, request.actor),
        "sort": _sort(asked, base),
        "pager": _pager(page, asked, base, total),
        "empty": _empty(asked, base),
        "bulk_url": reverse("desk:bulk"),
    }
    if request.headers.get("HX-Target") == "queue-list":
        return shell.fragment(request, "desk/_queue_list.html", **context)
    current = page.items[0] if page.items else None
    return shell.render(
        request, "desk/queue.html", current=asked.view.slug, **context,
        bulk=_bulk(request.actor), has_preview=has_preview, new_url=_new_url(request.actor),
        filter_url=reverse("desk:filter") + asked.query(),
        preview=preview.context(request, current, asked) if has_preview and current else None,
        preview_toggle_url=base + asked.query(preview="off" if has_preview else ""),
        live={"url": STREAM, "poll_url": reverse("desk:changes") + asked.query(), "text": ""},
        note_line=read_only_line(request.actor),
    )  # fmt: skip


def read_only_line(actor: Actor) -> str:
    """Why nothing can be changed here, for who only reads."""
    if actor.may("ticket.work"):
        return ""
    return _("You read this as an auditor or administrator: working on tickets needs the role Agent.")


def ordered(rows: QuerySet, asked: Asked) -> tuple[QuerySet, tuple[str, ...]]:
    """The rows that have a place in the order of this address, and its key-set order."""
    return filters.ordered(rows, asked.ordering)


def _page(request: HttpRequest, asked: Asked, rows: QuerySet) -> pagination.Page:
    rows, order = ordered(rows.annotate(is_answered=_is_answered()), asked)
    return pagination.paginate(rows, pagination.keys(*order), cursor=request.GET.get("cursor"), size=PAGE)


def _is_answered() -> Exists:
    """Whether the desk has said something in public since the customer's last message."""
    said = Message.objects.filter(
        customer_id=OuterRef("customer_id"),
        ticket_id=OuterRef("id"),
        audience="public",
        is_from_customer=False,
    )
    return Exists(said.filter(at__gte=OuterRef("last_customer_at")))


def _count(rows: QuerySet, at: dt.datetime) -> dict[str, int]:
    """How many tickets lie in each group, over the whole view, from one query."""
    midnight = _end_of_day(at)
    due, soon = Q(due_at__isnull=False), at + SOON
    waiting = Q(due_at=None, phase=Phase.WAITING)
    parts = {
        "overdue": Q(due_at__lte=at),
        "soon": Q(due_at__gt=at, due_at__lte=soon),
        "today": Q(due_at__gt=soon, due_at__lt=midnight),
        "later": due & Q(due_at__gt=soon, due_at__gte=midnight),
        "none": Q(due_at=None) & ~waiting,
        "paused": waiting,
    }
    return rows.aggregate(**{key: Count("id", filter=part) for key, part in parts.items()})


def group_of(ticket: Ticket, at: dt.datetime) -> str:
    """The key of the group that the ticket lies in."""
    if ticket.due_at is None:
        return "paused" if ticket.phase == Phase.WAITING else "none"
    if ticket.due_at <= at:
        return "overdue"
    if ticket.due_at <= at + SOON:
        return "soon"
    return "today" if ticket.due_at < _end_of_day(at) else "later"


def _end_of_day(at: dt.datetime) -> dt.datetime:
    """The next midnight of the reader."""
    tomorrow = timezone.localtime(at).date() + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(tomorrow, dt.time.min))


def _groups(
    tickets: Iterable[Ticket], counted: dict[str, int], asked: Asked, request: HttpRequest
) -> list[dict[str, Any]]:
    rows = [(one, row(one, asked, request)) for one in tickets]
    if not asked.is_by_time:
        return [{"key": "all", "label": "", "rows": [shown for _one, shown in rows]}] if rows else []
    found = []
    for group in GROUPS:
        own = [shown for one, shown in rows if group_of(one, request.at) == group.key]
        if own:
            found.append(
                {
                    "key": group.key, "label": group.label, "icon": group.icon, "is_hot": group.is_hot,
                    "count": counted[group.key], "rows": own,
                }
            )  # fmt: skip
    return found


def row(ticket: Ticket, asked: Asked, request: HttpRequest) -> dict[str, Any]:
    """One line of the queue."""
    query = asked.query(view=asked.view.slug)
    flow = processes.of(ticket).workflow
    is_unread = bool(
        ticket.last_customer_at and ticket.is_open and ticket.state != flow.initial and not ticket.is_answered
    )
    return {
        "number": ticket.number,
        "url": reverse("desk:ticket", args=[ticket.number]) + query,
        "preview_url": reverse("desk:preview", args=[ticket.number]) + query,
        "title": ticket.title,
        "requester": ticket.requester.name if ticket.requester else ticket.customer.name,
        "priority": ticket.priority,
        "status": showing.status(ticket),
        "assignee": showing.login(ticket.assignee, request.actor),
        "fuse": showing.fuse(ticket, request.at),
        "is_unread": is_unread,
        "is_major": ticket.is_major,
        "flags": showing.flags(ticket),
    }


def _sort(asked: Asked, base: str) -> dict[str, str]:
    descending = asked.ordering == "-due_at"
    other = Asked(asked.view, asked.filters, "due_at" if descending else "-due_at")
    direction = "descending" if descending else "ascending"
    return {"label": _("Next due"), "url": base + other.query(), "direction": direction}


def _pager(page: pagination.Page, asked: Asked, base: str, total: int) -> dict[str, str]:
    return {
        "newer_url": base + asked.query(cursor=page.previous) if page.previous else "",
        "older_url": base + asked.query(cursor=page.next) if page.next else "",
        "text": _("%(shown)d of %(all)d") % {"shown": len(page.items), "all": total} if total > PAGE else "",
    }


def _empty(asked: Asked, base: str) -> dict[str, str]:
    if asked.filters:
        last = list(asked.filters)[-1]
        fewer = {name: value for name, value in asked.filters.items() if name != last}
        url = base + Asked(asked.view, fewer, "").query()
        return {"text": _("Nothing matches these filters."), "label": _("Drop the last filter"), "url": url}
    if asked.view.slug == "all":
        return {"text": str(asked.view.empty), "label": _("New ticket"), "url": reverse("desk:new")}
    return {"text": str(asked.view.empty), "label": _("Show all open"), "url": base}


def _bulk(actor: Actor) -> list[dict[str, str]]:
    if not actor.may("ticket.assign"):
        return []
    return [
        {"label": _("Assign"), "key": "a", "value": "assign", "name": "deed"},
        {"label": _("Take"), "key": "shift+a", "value": "take", "name": "deed"},
    ]


def _new_url(actor: Actor) -> str:
    return reverse("desk:new") if actor.may("ticket.open") and actor.may("ticket.work") else ""
