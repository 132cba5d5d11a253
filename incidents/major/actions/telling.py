"""Telling: one update goes to customers' conversations and notices, to the desk, and to top management."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from core import errors
from core.actor import ALL, Actor
from incidents.choices import NoticeState, Reach, Stage, UpdateAudience
from incidents.major import publishing, queries
from incidents.models import MajorIncident, MajorUpdate
from journal import recording
from journal.events import Audience
from tickets import events, locking, writing
from tickets.actions import messages
from tickets.choices import MessageKind
from tickets.models import Ticket

NOTICE_STATES = {
    Stage.DECLARED: NoticeState.INVESTIGATING,
    Stage.IDENTIFIED: NoticeState.IDENTIFIED,
    Stage.MONITORING: NoticeState.MONITORING,
    Stage.RESOLVED: NoticeState.RESOLVED,
}


def tell(
    row: Ticket,
    major: MajorIncident,
    texts: Mapping[str, str],
    *,
    by: Actor,
    at: dt.datetime,
    next_update_at: dt.datetime | None,
    state: str = "",
    in_conversations: bool = True,
) -> tuple[int, int]:
    """Say these texts, {audience: text}, about a locked ticket. Returns how many customers' people read it in their
    conversations, and in how many linked tickets. Not an action: it checks no permission and records replies only.

    `in_conversations` False: the public text becomes a notice only.
    """
    told, linked = 0, 0
    counts: dict[str, int] = {}
    if texts.get(UpdateAudience.PUBLIC):
        told, linked = _tell_customers(
            row, major, texts[UpdateAudience.PUBLIC], by=by, at=at, next_update_at=next_update_at,
            state=state or NOTICE_STATES[Stage(major.stage)], in_conversations=in_conversations,
        )  # fmt: skip
        counts[UpdateAudience.PUBLIC] = told
    if texts.get(UpdateAudience.DESK):
        _note(row, texts[UpdateAudience.DESK], by=by, at=at)
    if texts.get(UpdateAudience.MANAGEMENT):
        counts[UpdateAudience.MANAGEMENT] = len(queries.top_management())
    MajorUpdate.objects.bulk_create(
        MajorUpdate(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, audience=audience, text=text,
            stage=major.stage, next_update_at=next_update_at, told=counts.get(audience, 0), at=at,
            by_label=by.label[:200],
        )
        for audience, text in texts.items() if text
    )  # fmt: skip
    return told, linked


def check_reach(reach: str, by: Actor) -> None:
    """Raises Forbidden where a word to everybody is not this actor's to say."""
    if reach == Reach.EVERYONE and by.customers is not ALL:
        raise errors.Forbidden(
            _("A notice to everybody needs somebody who works for every customer: choose a smaller circle.")
        )


def check_promise(next_update_at: dt.datetime | None, at: dt.datetime) -> None:
    """Raises Invalid for a promise of news in the past."""
    if next_update_at is not None and next_update_at <= at:
        raise errors.required("next_update_at", _("The next update must still be to come."))


def _tell_customers(
    row: Ticket,
    major: MajorIncident,
    text: str,
    *,
    by: Actor,
    at: dt.datetime,
    next_update_at: dt.datetime | None,
    state: str,
    in_conversations: bool,
) -> tuple[int, int]:
    tickets = queries.told_tickets(row, by)
    customers = queries.affected(row, major.reach, [one.customer_id for one in tickets], by)
    publishing.publish(
        thread=major.thread, title=major.title, state=state, text=text, at=at, customers=customers,
        services=[row.service_id] if row.service_id else [], next_update_at=next_update_at,
    )  # fmt: skip
    if not in_conversations:
        return 0, 0
    _say(row, text, by=by, at=at)
    for child in tickets[1:]:
        with locking.locked(child) as locked:
            _say(locked, text, by=by, at=at)
    return sum(1 for one in tickets if one.requester_id), len(tickets) - 1


def _say(row: Ticket, text: str, *, by: Actor, at: dt.datetime) -> None:
    """The desk's words in one conversation: they meet the response that was owed there, and are mailed like any."""
    message = messages.write(
        row, by=by, at=at, kind=MessageKind.REPLY, audience=Audience.PUBLIC, body=text, is_from_customer=False
    )
    writing.touch(row, at=at)
    recording.record(
        events.Replied(
            subject=row, by=by, at=at, message=message, is_from_customer=False, is_human=message.is_human
        )
    )


def _note(row: Ticket, text: str, *, by: Actor, at: dt.datetime) -> None:
    message = messages.write(row, by=by, at=at, kind=MessageKind.NOTE, audience=Audience.DESK, body=text)
    recording.record(events.Noted(subject=row, by=by, at=at, message=message))
