"""From rows to what the parts of a page take: status, clock, people. Pure: no query, no right is decided here."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Person, User
from core import display
from core.actor import Actor
from slas import metrics
from tickets import processes
from tickets.choices import HoldKind, Phase
from tickets.models import Message, Ticket

METRICS = {
    "first_response": __("Reply"),
    "next_response": __("Reply"),
    "resolution": __("Fix"),
    "next_update": __("Update"),
}


def looks_like(ticket: Ticket) -> tuple[Any, ...]:
    """All that the status of a ticket is drawn from."""
    return (ticket.kind, ticket.state, ticket.phase, ticket.hold_kind, bool(ticket.reopen_count))


def status(ticket: Ticket) -> dict[str, Any]:
    """Glyph and word: hold kinds by name, an incident that came back as Reopened."""
    state = processes.of(ticket).workflow.state(ticket)
    if ticket.phase == Phase.WAITING and ticket.hold_kind:
        return {"glyph": "wait", "word": HoldKind(ticket.hold_kind).label}
    if state.glyph == "open" and ticket.reopen_count:
        return {"glyph": "reopened", "word": _("Reopened")}
    return {"glyph": state.glyph, "word": state.label}


def fuse(ticket: Ticket, now: dt.datetime) -> display.Fuse | None:
    """The clock that runs out first; hatched while the ticket waits; None where nothing is owed."""
    if ticket.due_at and ticket.is_open:
        return display.fuse(metric(ticket), due_at=ticket.due_at, from_at=ticket.clock_from, now=now)
    if ticket.phase == Phase.WAITING:
        return display.paused(str(METRICS["resolution"]), reason=waiting(ticket))
    return None


def metric(ticket: Ticket) -> str:
    """The word for the clock that runs out first."""
    return str(METRICS.get(ticket.due_metric) or metrics.label(ticket.due_metric))


def waiting(ticket: Ticket) -> str:
    """For whom, and why, a ticket waits."""
    if ticket.phase != Phase.WAITING:
        return ""
    reason = ticket.hold_reason.name if ticket.hold_reason else ""
    word = str(HoldKind(ticket.hold_kind).label) if ticket.hold_kind else _("Waiting")
    return reason if not reason or reason == word else f"{word}: {reason}"


def login(user: User | None, actor: Actor) -> dict[str, str] | None:
    """A colleague as an avatar takes him; one's own stands out."""
    if user is None:
        return None
    name = str(user)
    return {
        "name": name,
        "initials": display.initials(name),
        "kind": "me" if user.pk == actor.user_id else "",
    }


def person(who: Person | None) -> dict[str, str] | None:
    """Somebody of a customer."""
    return {"name": who.name, "initials": display.initials(who.name), "kind": "customer"} if who else None


def author(message: Message, actor: Actor) -> dict[str, str]:
    """Who wrote a message, as its avatar takes it."""
    is_me = message.author_kind == "user" and message.author_id == actor.user_id
    kind = "customer" if message.is_from_customer else "me" if is_me else ""
    return {"name": message.author_label, "initials": display.initials(message.author_label), "kind": kind}


def flags(ticket: Ticket) -> list[str]:
    """Words before a subject."""
    return [_("VIP")] if ticket.requester and ticket.requester.is_vip else []
