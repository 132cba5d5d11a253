"""From rows to what the portal's pages print: lines of a list, cards, the conversation of one request."""

import datetime as dt
from html import unescape
from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core import display, markdown
from core.actor import Actor
from journal.models import Entry
from portal import asking, queries, words
from tickets import policy
from tickets.choices import HoldKind, Phase
from tickets.models import Attachment, Message, Ticket

VERBS = frozenset(
    {"reply", "close", "reopen", "resume", "cancel", "follow_up"}
)  # what a requester can do at all


def url_of(ticket: Ticket) -> str:
    return reverse("portal:request", args=[ticket.number])


def row(ticket: Ticket, now: dt.datetime, *, with_requester: bool = False) -> dict[str, Any]:
    """One line of a list; `with_requester` says whose it is."""
    here = words.standing(ticket)
    name = ticket.requester.name if with_requester and ticket.requester else ""
    return {
        "url": url_of(ticket),
        "title": ticket.title,
        "number": ticket.number,
        "requester": name,
        "since_text": words.since(ticket.opened_at, now),
        "next_text": here.words,
        "step": here.step,
        "step_text": here.words,
    }


def line(ticket: Ticket, actor: Actor, now: dt.datetime, *, with_requester: bool = False) -> dict[str, Any]:
    """The same in a list of one's own: what somebody else asked for says who."""
    return row(ticket, now, with_requester=with_requester or ticket.requester_id not in actor.persons)


def turn(ticket: Ticket, said: Message | None, now: dt.datetime) -> dict[str, Any]:
    """A card of what waits for the reader: a question to answer, or a solution to confirm."""
    is_question = ticket.phase == Phase.WAITING
    who = words.first_name(said.author_label) if said and said.is_human else _("The desk")
    ago = display.moment(said.at, now=now) if said else ""
    names = {"who": who, "ago": ago, "title": ticket.title, "number": ticket.number}
    if is_question:
        title = Truncator(_plain(said.body)).chars(110) if said else ticket.title
        text = (
            _("%(who)s asked %(ago)s about “%(title)s”.") % names
            if said
            else _("We need an answer from you.")
        )
        return {
            "url": f"{url_of(ticket)}#reply",
            "title": title,
            "text": " ".join(filter(None, [text, words.consequence(ticket, now)])),
            "label": _("Answer"),
        }
    text = _("We think that “%(title)s” is solved.") % names
    return {
        "url": f"{url_of(ticket)}#verdict",
        "title": _("Does it work now?"),
        "text": " ".join(filter(None, [text, words.consequence(ticket, now)])),
        "label": _("Tell us"),
    }


def question(ticket: Ticket) -> dict[str, Any]:
    """A card that asks how a finished request went."""
    text = _("“%(title)s” is finished. One question, one press.") % {"title": ticket.title}
    return {
        "url": asking.url_of(ticket.survey),
        "title": _("How was it?"),
        "text": text,
        "label": _("Answer"),
    }


def _plain(body: str) -> str:
    """A message's words on one line, without the marks of Markdown."""
    return " ".join(unescape(strip_tags(markdown.to_html(body))).split())


def conversation(ticket: Ticket, actor: Actor, desk: str) -> list[dict[str, Any]]:
    """Public messages and the few lines between them that a customer reads, oldest first."""
    said = [_message(ticket, one, actor, desk) for one in queries.conversation(ticket, actor)]
    happened = [found for one in queries.public_entries(ticket, actor) if (found := words.event(one))]
    return sorted([*said, *happened], key=lambda one: (one["at"], "is_event" in one))


def _message(ticket: Ticket, message: Message, actor: Actor, desk: str) -> dict[str, Any]:
    return {
        "id": message.pk,
        "audience": "public",
        "author": words.who(message, actor.persons, desk),
        "at": message.at,
        "body_html": markdown.to_html(message.body),
        "attachments": [_file(ticket, one) for one in message.attachments.all()],
    }


def _file(ticket: Ticket, file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "size": file.size,
        "url": reverse("portal:file", args=[ticket.number, file.pk]),
    }


def verbs(ticket: Ticket, actor: Actor) -> set[str]:
    """What this reader may do to this request now: never more than a requester's verbs."""
    if not policy.is_requester(actor, ticket):
        return {"reply"} & {one.verb for one in policy.allowed(actor, ticket)}  # who takes part may answer
    found = {one.verb for one in policy.allowed(actor, ticket)} & VERBS
    return found if ticket.hold_kind == HoldKind.CUSTOMER else found - {"resume"}


def solution(entries: list[Entry]) -> tuple[str, str]:
    """Who solved it, and with which words, by the last entry that says so."""
    for one in reversed(entries):
        if one.name.endswith(".resolved"):
            return words.first_name(one.actor_label), str(one.data.get("note", ""))
    return "", ""
