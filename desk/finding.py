"""Finding records of every kind at once: the search page and the palette ask the same finders.

A finder is one function per kind, filled in by itsm/wiring.py; each asks at most two statements, and answers only what
the reader may see. Scores are comparable across kinds, so that one ranked list comes of it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Person
from cmdb.models import ConfigurationItem
from desk import showing
from tickets import processes, queries
from tickets.models import Ticket

LONGEST = 200
_NUMBER = re.compile(r"(?:([A-Za-z]{2,8})-?)?(\d+)")


@dataclass(frozen=True)
class Hit:
    """One record that was found. `score` from 0 to 1, higher is nearer; `ticket` for what only tickets show."""

    title: str
    url: str
    note: str = ""
    number: str = ""
    score: float = 0
    is_closed: bool = False
    status: dict[str, Any] | None = None
    ticket: Ticket | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of record: `find(request, words, most)` gives its hits, best first."""

    slug: str
    label: Any
    icon: str
    find: Callable[[HttpRequest, str, int], list[Hit]]


KINDS: list[Kind] = []


def cleaned(text: str) -> str:
    """What was typed, as the finders take it."""
    return " ".join(text.replace("\x00", "").split())[:LONGEST]


def _digits(words: str) -> str:
    """The digits of a ticket's number, or of a part of one; nothing for a word such as a machine's name."""
    found = _NUMBER.fullmatch(words)
    return (
        found[2]
        if found and (found[1] or "").upper() in {"", *(one.prefix for one in processes.every())}
        else ""
    )


def tickets(request: HttpRequest, words: str, most: int) -> list[Hit]:
    """By number or part of one, else by the words of titles and conversations; open ones before closed ones as good."""
    visible = Ticket.objects.visible_to(request.actor)
    digits = _digits(words)
    if digits:
        ids = list(
            visible.filter(number__endswith=digits).order_by("-id").values_list("id", flat=True)[:most]
        )
    else:
        ids = queries.search_ids(words, request.actor, most=most)
    by_id = {one.pk: one for one in queries.rows(visible.filter(pk__in=ids))} if ids else {}
    rows = [by_id[pk] for pk in ids if pk in by_id]
    return [_ticket(one, 0.9 - 0.4 * place / max(len(rows), 1)) for place, one in enumerate(rows)]


def _ticket(one: Ticket, score: float) -> Hit:
    who = one.requester.name if one.requester else ""
    note = ", ".join(filter(None, (who, one.customer.name)))
    return Hit(
        one.title, reverse("desk:ticket", args=[one.number]), note, one.number,
        score if one.is_open else score - 0.3, not one.is_open, showing.status(one), one,
    )  # fmt: skip


def people(request: HttpRequest, words: str, most: int) -> list[Hit]:
    """Requesters by name or address; each leads to what they asked for."""
    rows = _named(Person.objects.visible_to(request.actor), words, ("name__icontains", "email__istartswith"))
    found = rows.select_related("customer").order_by("-is_active", "name", "id")[:most]
    url = reverse("desk:queue")
    return [
        Hit(
            one.name, f"{url}?requester={one.pk}", ", ".join(filter(None, (one.email, one.customer.name))),
            score=_score(one.name, words), is_closed=not one.is_active,
        )
        for one in found
    ]  # fmt: skip


def services(request: HttpRequest, words: str, most: int) -> list[Hit]:
    """Services by name; each leads to its open tickets."""
    visible = ConfigurationItem.objects.visible_to(request.actor).services().exclude(slug=None)
    found = _named(visible, words, ("name__icontains",)).order_by("name", "id")[:most]
    url = reverse("desk:queue")
    return [
        Hit(
            one.name, f"{url}?service={one.slug}", _("Service"), score=_score(one.name, words),
            is_closed=one.state == "retired",
        )
        for one in found
    ]  # fmt: skip


def _named(rows: QuerySet, words: str, ways: Sequence[str]) -> QuerySet:
    """Rows of which each word is in one of the columns."""
    for word in words.split():
        wanted = Q()
        for way in ways:
            wanted |= Q(**{way: word.strip('"“”-')})
        rows = rows.filter(wanted)
    return rows


def _score(name: str, words: str) -> float:
    name, words = name.casefold(), words.casefold()
    if name.startswith(words):
        return 1.0
    return 0.65 if any(one.startswith(words.split()[0]) for one in name.split()) else 0.4


def marked(text: str, words: str) -> SafeString:
    """The text with the words that were searched for in <mark>; everything else is escaped."""
    wanted = [re.escape(one) for one in re.findall(r"\w+", words.replace("_", " ")) if len(one) > 1]
    if not wanted:
        return escape(text)
    parts = re.split(rf"(\b(?:{'|'.join(wanted)}))", text, flags=re.IGNORECASE)
    # Every second part is a match; each part is escaped by itself.
    html = (f"<mark>{escape(part)}</mark>" if at % 2 else escape(part) for at, part in enumerate(parts))
    return mark_safe("".join(html))  # noqa: S308


KNOWN = (
    Kind("tickets", __("Tickets"), "inbox", tickets),
    Kind("people", __("People"), "user", people),
    Kind("services", __("Services"), "server", services),
)
