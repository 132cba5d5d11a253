"""The columns of the queue: which there are, how wide, and how each draws its cell. Subject and due always stand."""

import datetime as dt
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from core import display, errors
from core.actor import Actor
from core.templatetags import parts
from desk import away, showing
from tickets import processes
from tickets.models import Ticket
from tickets.processes import Process

Draw = Callable[[Ticket, "Look"], str]  # safe HTML
_WRITTEN = re.compile(r"([a-z_]{1,24})(?::([0-9]{2,3}))?")


@dataclass(frozen=True)
class Look:
    """Who looks, and when; who is away until which day. `drawn` keeps the cells of this page that repeat."""

    actor: Actor
    at: dt.datetime
    away: Mapping[int, dt.date] = field(default_factory=dict)
    drawn: dict[Any, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """One column: its head, the class of its cells, its usual width in pixels, and what a cell holds.

    `pick` names the picker that opens at the cell. A head that is `is_silent` is for screen readers only.
    """

    name: str
    label: Any
    style: str
    width: int
    draw: Draw
    pick: str = ""
    is_silent: bool = False


def _once(key: Callable[[Ticket], Any], draw: Draw) -> Draw:
    """The same cell, drawn once on a page for all tickets with this key."""

    def drawn(ticket: Ticket, look: Look) -> str:
        place = (draw, key(ticket))
        found = look.drawn.get(place)
        if found is None:
            found = look.drawn[place] = draw(ticket, look)
        return found

    return drawn


def _own(text: str) -> str:
    """Words that people gave, in their own direction."""
    return f'<span class="own">{escape(text)}</span>' if text else ""


def _name_of(relation: str) -> Draw:
    def draw(ticket: Ticket, _look: Look) -> str:
        row = getattr(ticket, relation)
        return _own(row.name) if row else ""

    return _once(operator.attrgetter(f"{relation}_id"), draw)


def _moment(field: str) -> Draw:
    def draw(ticket: Ticket, look: Look) -> str:
        at = getattr(ticket, field)
        full, text = escape(display.full_moment(at)), escape(display.moment(at, now=look.at))
        return f'<time datetime="{at.isoformat()}" title="{full}" data-rel>{text}</time>'

    return draw


def _hands(ticket: Ticket, look: Look) -> dict[str, str] | None:
    """Who has it; that somebody is away is seen, and said with the name."""
    who = showing.login(ticket.assignee, look.actor)
    last = look.away.get(ticket.assignee_id or 0)
    return {**who, "name": f"{who['name']}, {away.until_day(last)}", "kind": "away"} if who and last else who


def _age(ticket: Ticket, look: Look) -> str:
    return escape(display.duration((look.at - ticket.opened_at).total_seconds()))


def _items(ticket: Ticket, _look: Look) -> str:
    return _own(", ".join(one.item.name for one in ticket.affected_items.all()))


def _status(ticket: Ticket, _look: Look) -> str:
    return parts.status(showing.status(ticket))


def _extra(ticket: Ticket, _look: Look) -> str:
    """What the customer's own fields hold, in their order."""
    name = _detail_of(processes.of(ticket))
    detail = getattr(ticket, name, None) if name else None
    held = [
        str(value) for value in (getattr(detail, "extra", None) or {}).values() if value not in (None, "")
    ]
    return _own(", ".join(held))


_KNOWN = (
    Column("priority", __("Priority"), "c2", 40,
           _once(operator.attrgetter("priority"), lambda one, _look: parts.priority(one.priority)), "priority", True),
    Column("number", __("Ticket"), "c3 id", 88, lambda one, _look: escape(one.number)),
    Column("type", __("Type"), "cx", 90, lambda one, _look: escape(str(processes.of(one).label))),
    Column("customer", __("Customer"), "cx", 140, _name_of("customer")),
    Column("service", __("Service"), "cx", 140, _name_of("service")),
    Column("item", __("Item"), "cx", 140, _items),
    Column("category", __("Category"), "cx", 120, _name_of("category")),
    Column("team", __("Team"), "cx", 120, _name_of("team"), "team"),
    Column("updated", __("Updated"), "cx", 100, _moment("updated_at")),
    Column("opened", __("Opened"), "cx", 100, _moment("opened_at")),
    Column("age", __("Age"), "cx num", 76, _age),
    Column("custom", __("Own fields"), "cx", 140, _extra),
    Column("status", __("Status"), "c5", 126, _once(showing.looks_like, _status), "status"),
    Column("assignee", __("Assignee"), "c6", 38,
           _once(operator.attrgetter("assignee_id"), lambda one, look: parts.avatar(_hands(one, look))),
           "assignee", True),
)  # fmt: skip
KNOWN = {one.name: one for one in _KNOWN}
SUBJECT = Column("subject", __("Subject"), "c4", 0, lambda _one, _look: "")
DUE = Column("due", __("Next due"), "c7", 112, lambda one, look: parts.fuse(showing.fuse(one, look.at)))
USUAL = ("priority", "number", "status", "assignee")
_BEFORE = ("priority", "number", "type")  # they stand before the subject


def read(text: str) -> tuple[str, ...]:
    """Columns as the address writes them: `priority,team:160`. Raises Malformed."""
    found = tuple(dict.fromkeys(one for one in text.split(",") if one))
    for one in found:
        written = _WRITTEN.fullmatch(one)
        if written is None or written[1] not in KNOWN:
            raise errors.Malformed(_unknown(one), errors={"columns": [_unknown(one)]})
    return found


def _unknown(name: str) -> str:
    sentence = __("There is no column “%(name)s”; choose from: %(known)s.")
    return str(sentence) % {"name": name[:40], "known": ", ".join(KNOWN)}


def arranged(chosen: Sequence[str]) -> list[tuple[Column, int]]:
    """The columns of a table in order, each with a width of its own or 0; unknown names are left out."""
    given = [(one.partition(":")[0], int(one.partition(":")[2] or 0)) for one in chosen]
    own = [(KNOWN[name], width) for name, width in given if name in KNOWN]
    before = [one for one in own if one[0].name in _BEFORE]
    return [*before, (SUBJECT, 0), *(one for one in own if one not in before), (DUE, 0)]


def needs(chosen: Sequence[str]) -> list[str]:
    """What the rows must bring with them beyond the usual, for `prefetch_related`."""
    names = {one.partition(":")[0] for one in chosen}
    own = [name for one in processes.every() if (name := _detail_of(one))]
    return [*(["affected_items__item"] if "item" in names else []), *(own if "custom" in names else [])]


def _detail_of(process: Process) -> str:
    """The name under which a ticket has its process's row."""
    return process.detail._meta.pk.remote_field.get_accessor_name() if process.detail else ""


def subject(ticket: Ticket, url: str, *, is_unread: bool) -> str:
    """The cell that every row has: flags, the dot of a new reply, the title, the requester. `url` as it is."""
    who = ticket.requester.name if ticket.requester else ticket.customer.name
    is_flagged = (
        ticket.is_major or ticket.customer.is_sample or (ticket.requester and ticket.requester.is_vip)
    )
    flags = _flags(ticket) if is_flagged else ""
    dot = f'<span class="dot" role="img" aria-label="{escape(_("New reply"))}"></span>' if is_unread else ""
    return (
        f'<div class="cell"><span class="main-t">{flags}{dot}<a class="sub" href="{escape(url)}">'
        f'{escape(ticket.title)}</a></span><span class="who">{escape(who)}</span></div>'
    )


def _flags(ticket: Ticket) -> str:
    marks = [("major", _("Major"))] if ticket.is_major else []
    marks += [("accent", word) for word in showing.flags(ticket)]
    marks += [("line", _("Sample"))] if ticket.customer.is_sample else []
    return "".join(f'<span class="chip flag {style}">{escape(word)}</span>' for style, word in marks)
