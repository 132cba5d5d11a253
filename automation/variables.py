"""The closed list of variables that texts may hold, written `{{ requester.name }}`. No template engine reads them.

Values are plain strings; what is put in is never read again. An unknown name is refused when the text is saved.
"""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from core import errors
from core.actor import Actor
from tickets.models import Ticket

CURSOR = "cursor"
VARIABLES = {
    "requester.name": __("The requester's full name"),
    "requester.first_name": __("How the requester is called"),
    "requester.email": __("The requester's email address"),
    "customer.name": __("The customer"),
    "service.name": __("The service"),
    "ticket.number": __("The ticket's number"),
    "ticket.title": __("The ticket's subject"),
    "team.name": __("The team that has it"),
    "agent.name": __("Your name"),
    "agent.first_name": __("Your first name"),
    "today": __("Today's date"),
    CURSOR: __("Where writing goes on"),
}
_PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_.]{1,60})\s*\}\}")
_BRACES = re.compile(r"\{\{[^{}]{0,200}\}\}|\{%[^{}]{0,200}%\}")


@dataclass(frozen=True)
class Written:
    """A text with its variables filled in; `cursor` is the offset, in characters, where writing goes on."""

    text: str
    cursor: int


def check(field: str, text: str) -> None:
    """Raises Invalid, at this field, for a variable that is not on the list."""
    strange = [one for one in _BRACES.findall(text) if not _is_known(one)]
    if strange:
        sentence = _("There is no variable %(name)s. Known: %(known)s.") % {
            "name": strange[0], "known": ", ".join(f"{{{{ {one} }}}}" for one in VARIABLES),
        }  # fmt: skip
        raise errors.required(field, sentence)


def _is_known(place: str) -> bool:
    found = _PLACE.fullmatch(place)
    return found is not None and found[1] in VARIABLES


def fill(text: str, ticket: Ticket, by: Actor, at: dt.datetime) -> Written:
    """The text for this ticket as this actor would say it. Without a cursor mark, writing goes on at its end."""
    values = _values(ticket, by, at)
    parts: list[str] = []
    cursor, last = -1, 0
    for place in _PLACE.finditer(text):
        parts.append(text[last : place.start()])
        last = place.end()
        if place[1] == CURSOR:
            cursor = cursor if cursor >= 0 else sum(map(len, parts))
        else:
            parts.append(values.get(place[1], place[0]))
    written = "".join([*parts, text[last:]])
    return Written(written, cursor if cursor >= 0 else len(written))


def _values(ticket: Ticket, by: Actor, at: dt.datetime) -> dict[str, str]:
    requester, service, team = ticket.requester, ticket.service, ticket.team
    return {
        "requester.name": requester.name if requester else "",
        "requester.first_name": (requester.call_name or _first(requester.name)) if requester else "",
        "requester.email": requester.email if requester else "",
        "customer.name": ticket.customer.name,
        "service.name": service.name if service else "",
        "ticket.number": ticket.number,
        "ticket.title": ticket.title,
        "team.name": team.name if team else "",
        "agent.name": by.label,
        "agent.first_name": _first(by.label),
        "today": date_format(timezone.localtime(at), _("j F Y")),
    }


def _first(name: str) -> str:
    return next(iter(name.split()), "")
