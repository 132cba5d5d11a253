"""The reader behind a delivery: from one entry to the messages it owes, each written once, in the recipient's words."""

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone, translation

from customers import scoping
from journal import nudges
from journal.events import Audience
from journal.models import Entry
from notifications import layout, rules, tasks, texts
from notifications.choices import State
from notifications.models import Message
from notifications.people import Recipient
from notifications.rules import Rule
from notifications.texts import Case
from tickets import models as tickets

WITH = ("customer", "requester__user", "requester__site", "team", "assignee")


def read(entry: Entry) -> None:
    """Write what this entry owes to anybody, and wake the sender. Runs inside the delivery's transaction; a second
    run writes nothing, because a message is unique on (customer, entry, recipient, channel)."""
    if write(entry):
        nudges.nudge(tasks.sweep)


def write(entry: Entry) -> int:
    """Insert the entry's messages, to be sent. Returns how many it owes."""
    rows = tickets.Ticket.objects.filter(customer_id=entry.customer_id, pk=entry.subject_id)
    ticket = rows.select_related(*WITH).first()
    made = messages(entry, ticket) if ticket else []
    Message.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def messages(entry: Entry, ticket: tickets.Ticket, *, state: State = State.QUEUED) -> list[Message]:
    """What the entry about this ticket owes, unsaved. `state`: `stored` = dated as the entry, never sent."""
    case = Case(entry, ticket, _said(entry, ticket))
    return [_message(case, rule, to, state) for rule, to in _owed(case)]


def _said(entry: Entry, ticket: tickets.Ticket) -> tickets.Message | None:
    """The public words that belong to this entry: its own message, or for a hold or a reopening the last ones."""
    public = tickets.Message.objects.filter(
        customer_id=entry.customer_id, ticket=ticket, audience=Audience.PUBLIC, at__lte=entry.at
    )
    if "message" in entry.data:
        return public.filter(pk=entry.data["message"]).first()
    past = entry.name.split(".")[1]
    which = {
        "held": Q(is_from_customer=False),
        "chased": Q(is_from_customer=False),
        "reopened": Q(is_from_customer=True, at=entry.at),
    }.get(past)
    return public.filter(which).order_by("-at", "-id").first() if which else None


def _owed(case: Case) -> list[tuple[Rule, Recipient]]:
    """Rules that apply, one per address: the first row of the table wins."""
    found: dict[str, tuple[Rule, Recipient]] = {}
    for rule in _applying(case):
        for to in rule.to(case):
            if rule.is_receipt or not _did_it_himself(case.entry, to):
                found.setdefault(to.key, (rule, to))
    return list(found.values())


def _applying(case: Case) -> Iterable[Rule]:
    past = case.entry.name.split(".")[1]
    return (rule for rule in rules.RULES if rule.past == past and rule.when(case))


def _did_it_himself(entry: Entry, to: Recipient) -> bool:
    return entry.actor_kind == "user" and to.user_id is not None and entry.actor_id == to.user_id


def _message(case: Case, rule: Rule, to: Recipient, state: State) -> Message:
    entry, here = case.entry, scoping.current()
    is_stored = state == State.STORED
    at = entry.at if is_stored else here.at
    late = int((entry.recorded_at - entry.at).total_seconds())
    with translation.override(to.language), timezone.override(_zone(to.time_zone)):
        text = rule.write(dataclasses.replace(case, to=to))
        bodies = layout.lay_out(text, to.language)
    return Message(
        customer_id=entry.customer_id, compartment=entry.compartment, entry=entry, topic=case.ticket.number,
        kind=rule.kind, recipient=to.key, address=to.address, name=to.name[:200], language=to.language,
        user_id=to.user_id, person_id=to.person_id, subject=layout.one_line(text.subject)[:250], **bodies,
        state=state, available_at=at, created_at=at, sent_at=at if is_stored else None,
        late_by_seconds=late if late > texts.LATE_SECONDS and not is_stored else None,
    )  # fmt: skip


def _zone(name: str) -> dt.tzinfo:
    """The zone of this name; mail to somebody whose zone is unknown here is dated in UTC."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC
