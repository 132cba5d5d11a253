"""One ticket for the desk: conversation, properties, clocks, links, history; and the two editors that never mix."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Person
from core import display, panels
from desk import (
    clocks,
    composing,
    custom_fields,
    doors,
    following,
    history,
    links,
    outbox,
    position,
    preview,
    properties,
    queue,
    records,
    shell,
    showing,
    tasks,
    time,
    timeline,
    verbs,
)
from journal.models import Entry
from tickets import beside, policy, processes, queries
from tickets.models import PendingSend, Ticket

TABS = ("", "tasks", "linked", "time", "history")


@require_GET
@doors.page
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one ticket (8.6.1)."""
    found = records.get_ticket(request, number)
    return following.where_it_goes_on(request, found) or show(
        request, found, opened=request.GET.get("compose", "")
    )


def show(
    request: HttpRequest,
    ticket: Ticket,
    *,
    opened: str = "",
    held: composing.Held | None = None,
    new_since: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page; after a refused send with the editor open, its text kept, and the reason above it."""
    tab = request.GET.get("tab", "") if request.GET.get("tab", "") in TABS else ""
    known = beside.of(ticket, request.actor)
    moments = queries.timeline(ticket, request.actor, is_plain=not (known.has_files or known.has_duplicates))
    allowed = {one.verb for one in policy.allowed(request.actor, ticket)}
    process = processes.of(ticket)
    detail = process.detail.objects.filter(pk=ticket.pk).first() if process.detail else None
    rows = properties.long(ticket, request.actor, detail)
    linked = links.of(ticket, request.actor) if known.has_links else []
    url = reverse("desk:ticket", args=[ticket.number]) + position.query_of(request)
    context = {
        "ticket": _head(ticket, allowed),
        "back": position.of(request, ticket),
        "verbs": verbs.offered(ticket, request),
        "version": ticket.version,
        "presence_url": reverse("desk:presence", args=[ticket.number]),
        "related_url": reverse("desk:related", args=[ticket.number]),
        "note_line": _read_only(request, ticket, allowed),
        "tabs": _tabs(url, tab, moments, linked, known),
        "clocks": clocks.card(ticket, request),
        "rows": rows[: properties.OPEN],
        "more_rows": rows[properties.OPEN :],
        "has_more_open": request.COOKIES.get("fields") == "open",
        "requester": _requester(request, ticket),
        "panels": [
            *(custom_fields.panel(ticket, allowed) if known.fields else []),
            *_panels(request, ticket),
            *_items(ticket, allowed, known),
            following.panel(request, ticket, allowed, known),
        ],
        "tab": tab,
    }
    if tab == "history":
        entries = _entries(moments)
        changes = [*history.of_ticket(ticket), *history.of_custom(entries)]
        changes.sort(key=lambda one: one.at, reverse=True)
        context |= {"changes": changes, "entries": [history.line(one) for one in entries]}
    elif tab == "tasks":
        context |= tasks.tab(ticket, request, allowed)
    elif tab == "time":
        context |= time.tab(ticket, allowed)
    elif tab == "linked":
        context |= {"links": linked, **links.adding(ticket, allowed)}
    else:
        context |= _conversation(request, ticket, allowed, moments, url, opened, held, new_since, known)
    return shell.render(
        request, "desk/ticket.html", is_narrow=True, status=status,
        current=request.GET.get("view", "") or "all", **context,
    )  # fmt: skip


def _head(ticket: Ticket, allowed: set[str]) -> dict[str, Any]:
    change = reverse("desk:change", args=[ticket.number])
    return {
        "number": ticket.number,
        "title": ticket.title,
        "priority": ticket.priority,
        "status": showing.status(ticket),
        "opened_at": ticket.opened_at,
        "opened_by": preview.via(ticket),
        "is_major": ticket.is_major,
        "compartment_word": _("Restricted") if ticket.compartment else "",
        "edit_url": change if "change" in allowed else "",
        "title_url": f"{change}?only=title" if "change" in allowed else "",
        "items_url": f"{change}?only=items" if "change" in allowed else "",
    }


def _conversation(
    request: HttpRequest,
    ticket: Ticket,
    allowed: set[str],
    moments: list[queries.Moment],
    url: str,
    opened: str,
    held: composing.Held | None,
    new_since: int | None,
    known: beside.Beside,
) -> dict[str, Any]:
    """The first tab: what was said and happened, and the editors below it."""
    shown = request.GET.get("show", "")
    has_pending = "reply" in allowed and known.has_pending
    pending = outbox.waiting(ticket, request.actor) if has_pending else []
    return {
        "timeline": _stream(request, ticket, moments, pending, shown, new_since, known.read_at),
        "earlier_url": f"{url}{'&' if '?' in url else '?'}earlier={_parts(request) + 1}",
        "show": timeline.options(url, shown),
        "composer": composing.context(
            request, ticket, allowed, seen=timeline.newest(moments), opened=opened, held=held, pending=pending,
            has_draft=known.has_draft,
            took_part=composing.took_part([one.message for one in moments if one.message]),
        ),
    }  # fmt: skip


def _stream(
    request: HttpRequest,
    ticket: Ticket,
    moments: list[queries.Moment],
    pending: list[PendingSend],
    shown: str,
    new_since: int | None,
    read_at: dt.datetime | None,
) -> list[dict[str, Any]]:
    """The conversation, and below it what has not left the outbox."""
    me = showing.login(request.user, request.actor) or {}
    said = timeline.entries(moments, ticket, request.actor, show=shown, new_since=new_since)
    said = (
        said
        if shown or new_since is not None
        else timeline.fold(said, read_at=read_at, parts=_parts(request))
    )
    return [*said, *(outbox.entries(pending, me) if shown in ("", "messages") else [])]


def _parts(request: HttpRequest) -> int:
    """How many parts of a very long conversation are asked for."""
    asked = request.GET.get("earlier", "")
    return int(asked) if asked.isdecimal() and len(asked) < 4 else 0


def _read_only(request: HttpRequest, ticket: Ticket, allowed: set[str]) -> str:
    if not records.may_work(request.actor, ticket):
        return queue.read_only_line(request.actor) or _(
            "Your role lets you read this customer's tickets only."
        )
    state = processes.of(ticket).workflow.state(ticket).label
    if "reply" not in allowed:
        return _(
            "This is %(state)s: it takes notes, and nothing else. For something new, open a new ticket."
        ) % {"state": str(state).lower()}
    return ""


def _tabs(
    url: str, tab: str, moments: list[queries.Moment], linked: list[Any], known: beside.Beside
) -> list[dict[str, Any]]:
    sign = "&" if "?" in url else "?"
    said = sum(1 for one in moments if one.message)
    return [
        {"label": _("Conversation"), "url": url, "count": said, "current": tab == ""},
        {
            "label": _("Tasks"),
            "url": f"{url}{sign}tab=tasks",
            "count": f"{known.open_tasks}/{known.tasks}" if known.tasks else "",
            "current": tab == "tasks",
        },
        {
            "label": _("Linked"),
            "url": f"{url}{sign}tab=linked",
            "count": len(linked),
            "current": tab == "linked",
        },
        {
            "label": _("Time"),
            "url": f"{url}{sign}tab=time",
            "count": display.duration(known.seconds) if known.seconds else "",
            "current": tab == "time",
        },
        {"label": _("History"), "url": f"{url}{sign}tab=history", "current": tab == "history"},
    ]


def _requester(request: HttpRequest, ticket: Ticket) -> dict[str, Any] | None:
    who = ticket.requester
    if who is None:
        return None
    return {
        **(showing.person(who) or {}),
        "text": ". ".join(filter(None, [_where(who, ticket), _there(who, request)])),
        "phone": who.phone,
        "email": who.email,
        "url": reverse("desk:queue") + f"?requester={who.pk}&phase=open,waiting,resolved,closed",
    }


def _where(who: Person, ticket: Ticket) -> str:
    sample = _("Sample") if ticket.customer.is_sample else ""
    return ", ".join(filter(None, [ticket.customer.name, who.site.name if who.site else "", sample]))


def _there(who: Person, request: HttpRequest) -> str:
    """What the clock says where this person is, if that differs from here."""
    name = who.time_zone or (who.site.time_zone if who.site else "")
    if not name or name not in available_timezones():
        return ""
    there = request.at.astimezone(ZoneInfo(name))
    if there.utcoffset() == timezone.localtime(request.at).utcoffset():
        return ""
    return _("%(time)s there") % {"time": date_format(there, "H:i")}


def _panels(request: HttpRequest, ticket: Ticket) -> list[dict[str, Any]]:
    """The boxes that higher rooms fill, drawn here: each with its own template."""
    return [
        {
            "title": context.get("title", ""),
            "aside": context.get("aside", ""),
            "id": one.name,
            "content": _drawn(one.template, {**context, "now": request.at}, request),
        }
        for one, context in panels.filled("ticket.side", ticket, request.actor)
    ]


def _items(ticket: Ticket, allowed: set[str], known: beside.Beside) -> list[dict[str, Any]]:
    rows = ticket.affected_items.filter(customer_id=ticket.customer_id).select_related("item__type")
    items = [one.item for one in rows.order_by("item__name", "id")] if known.has_items else []
    context = {"items": items, "number": ticket.number, "may_change": "change" in allowed}
    content = loader.render_to_string("desk/_items.html", context)
    return [{"title": _("Items"), "content": format_html("{}", content), "id": "items"}]


def _drawn(template: str, context: dict[str, Any], request: HttpRequest) -> SafeString:
    return loader.render_to_string(template, context, request)


def _entries(moments: list[queries.Moment]) -> list[Entry]:
    return [one.entry for one in reversed(moments) if one.entry]
