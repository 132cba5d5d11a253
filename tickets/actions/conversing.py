"""Reply and note: two actions that share no text. A reply goes outside, a note never does."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor, Side
from journal import recording
from journal.events import Audience
from tickets import events, handovers, life, locking, mentions, policy, processes, thanks, writing
from tickets.actions import files, holding, messages, splitting
from tickets.choices import HoldKind, MessageKind, Phase
from tickets.models import Ticket

NOTE_AUDIENCES = (Audience.PROVIDER, Audience.DESK)
OUTSIDE_AUDIENCES = {Side.CUSTOMER: (Audience.PUBLIC,), Side.SUPPLIER: (Audience.SUPPLIER,)}
REPLY_AUDIENCES = (Audience.PUBLIC, Audience.SUPPLIER)


def reply(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    body: str,
    uploads: Sequence[str] = (),
    audience: str = Audience.PUBLIC,
    channel: str = "",
    version: int | None = None,
) -> Ticket:
    """Say something to the other side (8.6.1). The desk's first public reply accepts the ticket; a human answer of
    the customer ends a customer hold and reopens a resolved ticket, at its receipt: a word of thanks only marks it, and
    after the window it goes on in a follow-up.

    Raises Forbidden, NotAllowed (closed), Invalid (no text, no open handover), Stale. Records `<kind>.replied`,
    and `accepted`, `resumed`, `reopened`, `thanked` or `followed_up` where the reply does that.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "reply", row)
        processes.of(row).workflow.check(row, "reply", body=body.strip())
        _check_audience(row, audience, OUTSIDE_AUDIENCES.get(by.side, REPLY_AUDIENCES))
        message = messages.say(
            row, by=by, at=at, body=body, audience=audience, channel=channel, uploads=uploads
        )
        if audience == Audience.SUPPLIER and by.is_inside:
            handovers.answered(row)
        if audience == Audience.PUBLIC:
            _consequences(row, body, by=by, at=at, from_customer=message.is_from_customer)
    return row


def note(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    body: str,
    uploads: Sequence[str] = (),
    audience: str = Audience.PROVIDER,
    version: int | None = None,
) -> Ticket:
    """Write something down for the desk only. Never stops a clock.

    Raises Forbidden, Invalid (no text, an audience that is not inside), Stale. Records `<kind>.noted`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "note", row)
        processes.of(row).workflow.check(row, "note", body=body.strip())
        _check_audience(row, audience, NOTE_AUDIENCES)
        message = messages.write(row, by=by, at=at, kind=MessageKind.NOTE, audience=audience, body=body)
        files.claim_uploads(message, uploads, by=by, at=at)
        writing.touch(row, at=at)
        named = [one.pk for one in mentions.mentioned(body, by)]
        recording.record(events.Noted(subject=row, by=by, at=at, message=message, mentions=named))
    return row


def _check_audience(ticket: Ticket, audience: str, known: Sequence[str]) -> None:
    if audience not in known:
        raise errors.required("audience", _("This goes to one of: %(known)s.") % {"known": ", ".join(known)})
    if audience == Audience.SUPPLIER and not handovers.is_open(ticket):
        raise errors.required("audience", _("No supplier has this ticket in hand: hand it over first."))


def _consequences(ticket: Ticket, body: str, *, by: Actor, at: dt.datetime, from_customer: bool) -> None:
    actions = processes.of(ticket).actions
    if not by.is_human:
        return
    if from_customer and ticket.hold_kind == HoldKind.CUSTOMER:
        holding.end_hold(ticket, by=by, at=at, cause="answer")
    elif from_customer and ticket.phase == Phase.RESOLVED:
        _after_solution(ticket, body, by=by, at=at)
    elif not from_customer and "accept" in actions:
        transition = processes.of(ticket).workflow.transition("accept")
        if ticket.state in transition.sources:
            actions["accept"](ticket, by=by, at=at)


def _after_solution(ticket: Ticket, body: str, *, by: Actor, at: dt.datetime) -> None:
    """The customer answered a solution: thanks, it did not hold, or it came back after the window."""
    actions = processes.of(ticket).actions
    if thanks.is_thanks(body):
        writing.touch(ticket, at=at, thanked_at=at)
        recording.record(events.Thanked(subject=ticket, by=by, at=at))
    elif "reopen" in actions and life.may_reopen(ticket, at):
        actions["reopen"](ticket, by=by, at=at)
    elif "follow_up" in actions:
        splitting.begin_follow_up(ticket, by=by, at=at, message=body)
