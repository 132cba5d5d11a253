"""The conversation of a ticket as its page shows it: messages, notes, and events folded into runs."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from core import markdown
from core.actor import Actor
from desk import preview, sentences, showing
from tickets import queries
from tickets.choices import MessageKind
from tickets.models import Message, Ticket
from tickets.queries import Moment

SHOWN = {
    "": __("Everything"),
    "messages": __("Messages"),
    "notes": __("Notes"),
    "events": __("Events"),
}
LONG = 14  # lines of a conversation that are all open; of a longer one the middle is folded
LAST = 8  # lines at its end that stay open
WHOLE = 200  # messages that a page draws at once; earlier ones come in parts
PART = 100
FOLD_OVER = 3  # so many events in a row stay open; more become one line
AUDIENCES = {
    "provider": "internal",
    "desk": "internal",
    "supplier": "provider",
}  # as the message part names them


def entries(
    moments: Iterable[Moment], ticket: Ticket, actor: Actor, *, show: str = "", new_since: int | None = None
) -> list[dict[str, Any]]:
    """What the stream draws, oldest first. `show` keeps messages, notes or events only; messages of others with an id
    over `new_since` are marked as new."""
    wanted = [one for one in moments if _is_wanted(one, show)]
    found: list[dict[str, Any]] = []
    for is_event, run in groupby(wanted, key=lambda one: one.entry is not None):
        drawn = [_event(one) if is_event else _message(one.message, ticket, actor) for one in run]
        if is_event and len(drawn) > FOLD_OVER:
            found.append({"is_run": True, "events": drawn, "at": drawn[-1]["at"], "count": len(drawn)})
        else:
            found += drawn
    if new_since is not None:
        _mark(found, new_since)
    return found


def fold(drawn: list[dict[str, Any]], *, read_at: dt.datetime | None, parts: int = 0) -> list[dict[str, Any]]:
    """A long conversation with its middle folded: its beginning, and from the first line that is new to the reader
    (`read_at`), or the last eight, to the end. Beyond 200 lines only `parts` hundreds of the folded ones are drawn."""
    fresh = next((index for index, one in enumerate(drawn) if _is_unread(one, read_at)), len(drawn))
    if fresh < len(drawn):
        drawn[fresh]["is_first_new"] = True
    start = min(fresh, len(drawn) - LAST)
    middle = drawn[1:start]
    if len(drawn) <= LONG or len(middle) < FOLD_OVER:
        return drawn
    shown = middle if len(drawn) <= WHOLE else middle[max(0, len(middle) - parts * PART) :] if parts else []
    folded = {"is_fold": True, "entries": shown, "count": len(middle), "left": len(middle) - len(shown)}
    return [drawn[0], folded, *drawn[start:]]


def _is_unread(one: dict[str, Any], read_at: dt.datetime | None) -> bool:
    is_others = "author" in one and one["author"].get("kind") != "me"
    return is_others and read_at is not None and one["at"] > read_at


def _mark(drawn: list[dict[str, Any]], since: int) -> None:
    """Mark what came after `since`; the first of it is where the page opens."""
    new = [one for one in drawn if one.get("id", 0) > since and one["author"].get("kind") != "me"]
    for one in new:
        one["is_new"] = True
    if new:
        new[0]["is_first_new"] = True


def options(url: str, show: str) -> dict[str, Any]:
    """The menu that chooses what the conversation shows."""
    chosen = show if show in SHOWN else ""
    sign = "&" if "?" in url else "?"
    return {
        "label": _("Show: %(what)s") % {"what": str(SHOWN[chosen]).lower()},
        "options": [
            {"label": label, "url": f"{url}{sign}show={key}" if key else url, "current": key == chosen}
            for key, label in SHOWN.items()
        ],
    }


def newest(moments: Iterable[Moment]) -> int:
    """The id of the newest message: what an editor has seen when it opens."""
    return max((one.message.pk for one in moments if one.message), default=0)


def newer(ticket: Ticket, actor: Actor, seen: int) -> list[Message]:
    """Messages of others that came after the one an editor had seen."""
    rows = queries.messages(ticket, actor).filter(pk__gt=seen)
    return list(rows.exclude(author_kind=actor.kind, author_id=actor.id))


def _is_wanted(moment: Moment, show: str) -> bool:
    if show == "events":
        return moment.entry is not None
    if show == "notes":
        return moment.message is not None and moment.message.kind == MessageKind.NOTE
    if show == "messages":
        return moment.message is not None and moment.message.kind != MessageKind.NOTE
    return True


def _event(moment: Moment) -> dict[str, Any]:
    assert moment.entry is not None
    return {"is_event": True, "at": moment.at, **sentences.of(moment.entry)}


def _message(message: Message | None, ticket: Ticket, actor: Actor) -> dict[str, Any]:
    assert message is not None
    files = [
        {
            "name": one.name,
            "size": one.size,
            "url": reverse("desk:file", args=[_number(message, ticket), one.pk]),
        }
        for one in message.attachments.all()
    ]
    return {
        "id": message.pk,
        "audience": AUDIENCES.get(message.audience, message.audience),
        "author": showing.author(message, actor),
        "at": message.at,
        "via": _via(message, ticket),
        "body_html": markdown.to_html(message.body),
        "attachments": files,
        "can_quote": True,
    }


def _number(message: Message, ticket: Ticket) -> str:
    """The ticket whose file it is: a duplicate's stay where they are."""
    return ticket.number if message.ticket_id == ticket.pk else message.ticket.number


def _via(message: Message, ticket: Ticket) -> str:
    if message.ticket_id != ticket.pk:
        return _("from %(number)s, merged into this") % {"number": message.ticket.number}
    if message.is_from_customer:
        return preview.via(message)
    if message.audience == "public" and ticket.requester:
        return _("to %(name)s") % {"name": ticket.requester.name}
    return ""
