"""The queue: what is to be done, ordered and grouped by time left, with a preview beside it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import pagination
from core.actor import Actor
from desk import (
    bulk_forms,
    chips,
    columns,
    counters,
    doors,
    drawing,
    grouping,
    position,
    preview,
    row_keys,
    shell,
    view_menu,
    views_of_queue,
)
from desk.grouping import Counted
from desk.views_of_queue import Asked
from tickets import queries
from tickets.models import Message, Ticket, TicketRead

FIRST, MORE = 50, 100  # rows of the first screen, and of what is loaded ahead
MOST_LOOKED_AT = 100  # rows that one request draws anew
TIGHT = 7  # columns from which on the subject keeps a width of its own
STREAM = "/live/queue/"  # served by the streams process, on the same address
_NUMBER = "NUMBER"  # stands for a ticket's number in an address that a script fills in


@require_GET
@doors.page
def queue(request: HttpRequest) -> HttpResponse:
    """All that is open and visible, as the address narrows it (8.6.1). A script may ask for the list alone
    (`HX-Target: queue-list`), or for the next rows (`queue-more`)."""
    asked = position.asked_of(request)
    rows = views_of_queue.rows(asked, request.actor)
    target = request.headers.get("HX-Target")
    size = MORE if target == "queue-more" else FIRST
    page = _page(request, asked, rows, size)
    context = {**_frame_of_list(asked), **_next(page, asked)}
    if target == "queue-more":
        return shell.fragment(
            request, "desk/_queue_rows.html", groups=_groups(page.items, None, asked, request), **context
        )
    counted = counters.kept(
        request.actor, f"count:{asked.query()}", lambda: grouping.count(rows, asked, request.at)
    )
    context |= _list(request, asked, page, counted)
    if target == "queue-list":
        return shell.fragment(request, "desk/_queue_list.html", **context)
    return shell.render(
        request, "desk/queue.html", current=asked.view.slug, **context, **_around(request, asked, page)
    )


@require_GET
@doors.page
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of `?n=INC-1,INC-2` as they stand now; `data-gone` on those that left the view."""
    asked = views_of_queue.read(request.GET.dict(), request.actor)
    numbers = request.GET.get("n", "").split(",")[:MOST_LOOKED_AT]
    seen = with_reading(Ticket.objects.visible_to(request.actor).filter(number__in=numbers), request.actor)
    tickets = list(queries.rows(seen).prefetch_related(*columns.needs(asked.shown_columns)).order_by("id"))
    here = views_of_queue.rows(asked, request.actor).select_related(None).filter(number__in=numbers)
    kept = set(here.values_list("id", flat=True))
    pen = drawing.pen(request, asked)
    shown = [drawing.row(one, pen, is_gone=one.pk not in kept) for one in tickets]
    return shell.fragment(request, "desk/_queue_rows.html", groups=[{"rows": shown}])


def read_only_line(actor: Actor) -> str:
    """Why nothing can be changed here, for who only reads."""
    if actor.may("ticket.work"):
        return ""
    return _("You read this as an auditor or administrator: working on tickets needs the role Agent.")


def with_reading(rows: QuerySet, actor: Actor) -> QuerySet:
    """With `is_answered` (the desk spoke after the customer) and `read_at` (when this login read it)."""
    own = {"customer_id": OuterRef("customer_id"), "ticket_id": OuterRef("id")}
    said = Message.objects.filter(**own, audience="public", is_from_customer=False)
    read = TicketRead.objects.filter(**own, user_id=actor.user_id or 0)
    return rows.annotate(
        is_answered=Exists(said.filter(at__gte=OuterRef("last_customer_at"))),
        read_at=Subquery(read.values("at")[:1], output_field=DateTimeField()),
    )


def _page(request: HttpRequest, asked: Asked, rows: QuerySet, size: int) -> pagination.Page:
    rows, order = grouping.ordered(with_reading(rows, request.actor), asked)
    rows = rows.prefetch_related(*columns.needs(asked.shown_columns))
    return pagination.paginate(rows, pagination.keys(*order), cursor=request.GET.get("cursor"), size=size)


def _groups(
    tickets: Iterable[Ticket], counted: Counted | None, asked: Asked, request: HttpRequest
) -> list[dict[str, Any]]:
    pen = drawing.pen(request, asked)
    drawn = [(one, drawing.row(one, pen)) for one in tickets]
    return grouping.groups(drawn, counted, asked, request.at)


def _frame_of_list(asked: Asked) -> dict[str, Any]:
    """What the table says once for all its rows."""
    query = asked.query(view=asked.view.slug)
    return {
        "heads": _heads(asked),
        "preview_base": reverse("desk:preview", args=[_NUMBER]) + query,
        "ticket_base": reverse("desk:ticket", args=[_NUMBER]) + query,
        "pick_base": reverse("desk:pick", args=[_NUMBER, "FIELD"]) + query,
        "columns_text": ",".join(asked.shown_columns),
        "rows_url": reverse("desk:rows") + asked.query(),
    }


def _heads(asked: Asked) -> list[dict[str, Any]]:
    found = columns.arranged(asked.shown_columns)
    tight = " is-tight" if len(found) > TIGHT else ""  # else nothing would be left for the subject
    return [
        {
            "name": one.name, "label": one.label, "width": width,
            "style": f"k-{one.name}{tight if one is columns.SUBJECT else ''}",
            "is_silent": one.is_silent, "is_due": one is columns.DUE,
        }
        for one, width in found
    ]  # fmt: skip


def _next(page: pagination.Page, asked: Asked) -> dict[str, str]:
    base = reverse("desk:queue")
    return {"more_url": base + asked.query(cursor=page.next) if page.next else ""}


def _list(request: HttpRequest, asked: Asked, page: pagination.Page, counted: Counted) -> dict[str, Any]:
    base, shown = reverse("desk:queue"), len(page.items)
    is_whole = not page.next and not page.previous
    total = shown if is_whole else max(counted.total, shown)
    return {
        "title": str(asked.view.title),
        "count": total,
        "count_text": count_text(shown, total, counted.is_exact),
        "groups": _groups(page.items, counted, asked, request),
        "row_count": total if counted.is_exact else -1,
        "sort": _sort(asked, base),
        "newer_url": base + asked.query(cursor=page.previous) if page.previous else "",
        "empty": _empty(asked, base, request.actor),
        "bulk_url": reverse("desk:bulk"),
        "density": asked.shown_density,
    }


def _around(request: HttpRequest, asked: Asked, page: pagination.Page) -> dict[str, Any]:
    """What stands around the list on a whole page."""
    base = reverse("desk:queue")
    has_preview = (request.GET.get("preview") or request.COOKIES.get("preview", "")) != "off"
    current = page.items[0] if page.items else None
    return {
        "chips": chips.chips(asked, base, request.actor),
        "bulk": _bulk(request.actor, asked),
        "has_preview": has_preview,
        "new_url": _new_url(request.actor),
        "filter_url": reverse("desk:filter") + asked.query(),
        "preview": preview.context(request, current, asked) if has_preview and current else None,
        "preview_toggle_url": base + asked.query(preview="off" if has_preview else "on"),
        "live": {"url": STREAM, "poll_url": reverse("desk:changes") + asked.query(), "text": ""},
        "note_line": read_only_line(request.actor),
        "may_work": request.actor.may("ticket.work"),
        "deeds": row_keys.deeds(request.actor),
        "moves": row_keys.moves(),
        "menu": view_menu.of(asked, request.actor, shell.beside(request).stars),
    }


def count_text(shown: int, total: int, is_exact: bool) -> SafeString:
    """ "50 of 3,214", or "50 of about 31,000" where nobody counted."""
    many = formats.number_format(total if is_exact else round(total, -2), force_grouping=total > 9999)
    sentence = conditional_escape(_("%(shown)s of %(all)s") if is_exact else _("%(shown)s of about %(all)s"))
    here = format_html("<span data-shown>{}</span>", shown)
    return format_html(sentence.replace("%(shown)s", "{0}").replace("%(all)s", "{1}"), here, many)


def _sort(asked: Asked, base: str) -> dict[str, str]:
    descending = asked.order == "-due_at"
    other = asked.with_(ordering="due_at" if descending else "-due_at")
    direction = "descending" if descending else "ascending" if asked.is_by_time else "none"
    return {"label": _("Next due"), "url": base + other.query(), "direction": direction}


def _empty(asked: Asked, base: str, actor: Actor) -> dict[str, str]:
    if asked.filters:
        last = list(asked.filters)[-1]
        fewer = {name: value for name, value in asked.filters.items() if name != last}
        url = base + asked.with_(filters=fewer).query()
        return {"text": _("Nothing matches these filters."), "label": _("Drop the last filter"), "url": url}
    if asked.view.slug == "all":
        label, url = (_("New ticket"), _new_url(actor)) if _new_url(actor) else ("", "")
        return {"text": str(asked.view.empty), "label": label, "url": url}
    return {"text": str(asked.view.empty), "label": _("Show all open"), "url": base}


def _bulk(actor: Actor, asked: Asked) -> dict[str, Any]:
    """The toolbar: what is at hand, what lies in its two menus, and the address that "all in this view" stands for."""
    known = [
        {
            "label": one.label, "key": one.key, "value": one.name, "name": "deed", "place": one.place,
            "pick_url": reverse("desk:bulk-pick", args=[one.name]) if one.name in bulk_forms.PICKED else "",
        }
        for one in bulk_forms.offered(actor)
    ]  # fmt: skip
    at = {place: [one for one in known if one["place"] == place] for place in ("hand", "status", "rest")}
    return {"at_hand": at["hand"], "status": at["status"], "rest": at["rest"], "query": asked.query()}


def _new_url(actor: Actor) -> str:
    return reverse("desk:new") if actor.may("ticket.open") and actor.may("ticket.work") else ""
