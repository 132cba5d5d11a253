"""The lines of the queue: fifty on every page, so each is one string, and what repeats on a page is drawn once.

Drawn by a template they were half of what the page costs (docs/performance.md). Every text in them is escaped.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from desk import columns, grouping, shell
from desk.columns import Column, Look
from desk.views_of_queue import Asked
from tickets import processes
from tickets.models import Ticket

_NUMBER = "NUMBER"  # stands for a ticket's number in what is the same for all rows


@dataclass(frozen=True)
class Pen:
    """What all rows of a page share: who looks, the ticket's address around its number, the column with what opens its
    cell, and the words at the box that selects a row."""

    asked: Asked
    look: Look
    before: str
    after: str
    cells: list[tuple[Column, str]]
    select: str


def pen(request: HttpRequest, asked: Asked) -> Pen:
    """For the rows of this request."""
    before, _number, after = reverse("desk:ticket", args=[_NUMBER]).partition(_NUMBER)
    return Pen(
        asked,
        Look(request.actor, request.at, shell.beside(request).away),
        before,
        after + asked.query(view=asked.view.slug),
        [(one, _opening(one)) for one, _width in columns.arranged(asked.shown_columns)],
        _("Select %(number)s"),
    )


def _opening(column: Column) -> str:
    pick = f' data-pick="{escape(column.pick)}"' if column.pick else ""
    return f'<td class="{escape(column.style)}"{pick}>'


def row(ticket: Ticket, pen: Pen, *, is_gone: bool = False) -> SafeString:
    """One line: a <tr>. `data-place` says what it is ordered by, `data-gone` that it has left the view."""
    unread, number = is_unread(ticket), escape(ticket.number)
    url = f"{pen.before}{ticket.number}{pen.after}"
    place = f"{grouping.key_of(ticket, pen.asked, pen.look.at)}|{_place(ticket, pen.asked)}"
    cells = "".join(
        [
            f"{opening}{columns.subject(ticket, url, is_unread=unread)}</td>"
            if one is columns.SUBJECT
            else f"{opening}{one.draw(ticket, pen.look)}</td>"
            for one, opening in pen.cells
        ]
    )
    select = escape(pen.select % {"number": ticket.number})
    return mark_safe(  # noqa: S308
        f'<tr class="r{" unread" if unread else ""}" id="row-{number}" data-v="{ticket.version}"'
        f' data-place="{escape(place)}"{" data-gone" if is_gone else ""}><td class="c1"><label class="pick">'
        f'<input type="checkbox" name="ticket" value="{number}" autocomplete="off" aria-label="{select}"></label></td>'
        f"{cells}</tr>\n"
    )


def is_unread(ticket: Ticket) -> bool:
    """Whether a customer wrote what this login has not read and nobody has answered."""
    if not ticket.last_customer_at or not ticket.is_open or ticket.is_answered:
        return False
    if ticket.read_at:
        return ticket.last_customer_at > ticket.read_at
    return ticket.state != processes.of(ticket).workflow.initial  # a new ticket says so itself


def _place(ticket: Ticket, asked: Asked) -> Any:
    """What the row is ordered by: when it differs, the row should move."""
    name = asked.order.lstrip("-")
    return getattr(ticket, name, "") if name != "due_at" else ticket.due_at or ""
