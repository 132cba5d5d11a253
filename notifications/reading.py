"""The reader behind a delivery: from one entry to the messages it owes, each written once, in the recipient's words,
and to the lines it puts into Inboxes."""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.actor import NORMAL
from customers import scoping
from customers.models import Life
from journal import nudges
from journal.events import Audience
from journal.models import Entry
from notifications import layout, notices, people, rules, storms, tasks, texts, wishes
from notifications.choices import Channel, Kind, Mode, State, Topic
from notifications.models import Message, Notice
from notifications.people import Recipient
from notifications.rules import Rule
from notifications.texts import Case, Text
from notifications.wishes import Verdict, Wishes
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
    if (
        ticket is None or ticket.customer.life == Life.ARCHIVED
    ):  # a customer in the archive is told nothing more
        return 0
    case = Case(entry, ticket, _said(entry, ticket))
    made = _messages(case, State.QUEUED)
    Message.objects.bulk_create(made, ignore_conflicts=True)
    Notice.objects.bulk_create(notices.made(case), ignore_conflicts=True)
    return len(made)


def messages(entry: Entry, ticket: tickets.Ticket, *, state: State = State.QUEUED) -> list[Message]:
    """What the entry about this ticket owes, unsaved. `state`: `stored` = dated as the entry, never sent."""
    return _messages(Case(entry, ticket, _said(entry, ticket)), state)


def _messages(case: Case, state: State) -> list[Message]:
    owed = _with_deputies(case, _owed(case))
    if state == State.STORED:
        return [_message(case, rule, to, Verdict(state, case.entry.at)) for rule, to in owed]
    known = wishes.of({to.user_id for _rule, to in owed if to.user_id}, case.ticket, scoping.current().at)
    return [
        _message(dataclasses.replace(case, is_asked=_is_asked(known, to)), rule, to, verdict)
        for rule, to in owed
        if (verdict := _verdict(case, rule, to, known)) is not None
    ]


def _verdict(case: Case, rule: Rule, to: Recipient, known: Wishes) -> Verdict | None:
    """How this mail goes: the one question to the wishes."""
    zone = wishes.zone_of(to.time_zone)
    return known.mail(to.user_id, rule.topic, zone=zone, is_must=rule.must(case))


def _is_asked(known: Wishes, to: Recipient) -> bool:
    return known.mode(to.user_id, Topic.SURVEY, Channel.EMAIL) != Mode.OFF


def _with_deputies(case: Case, owed: list[tuple[Rule, Recipient]]) -> list[tuple[Rule, Recipient]]:
    """The same, and who stands in for those of the desk who are away: once each, and not for what he did himself."""
    desk = {to.user_id: rule for rule, to in owed if to.user_id and not to.is_customer and rule.topic}
    found = people.deputies(desk.keys(), case.ticket, case.entry.at) if desk else {}
    told = {to.key for _rule, to in owed}
    for away, to in found.items():
        if to.key not in told and not _did_it_himself(case.entry, to):
            told.add(to.key)
            owed.append((desk[away], to))
    return owed


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


def _message(case: Case, rule: Rule, to: Recipient, verdict: Verdict) -> Message:
    entry, here = case.entry, scoping.current()
    is_stored = verdict.state == State.STORED
    at = entry.at if is_stored else here.at
    late = int((entry.recorded_at - entry.at).total_seconds())
    with translation.override(to.language), timezone.override(wishes.zone_of(to.time_zone)):
        text = _for_deputy(rule.write(dataclasses.replace(case, to=to)), to)
        bodies = layout.lay_out(text, to.language)
    return Message(
        customer_id=entry.customer_id, compartment=entry.compartment, entry=entry, topic=case.ticket.number,
        kind=rule.kind, recipient=to.key, address=to.address, name=to.name[:200], language=to.language,
        user_id=to.user_id, person_id=to.person_id, subject=layout.one_line(text.subject)[:250], **bodies,
        state=verdict.state, available_at=_settled(case, rule, verdict), created_at=at,
        sent_at=at if is_stored else None,
        late_by_seconds=late if late > texts.LATE_SECONDS and not is_stored else None,
    )  # fmt: skip


def _settled(case: Case, rule: Rule, verdict: Verdict) -> dt.datetime:
    """When it may leave: after an outage an alarm waits a minute for those behind it, unless it must come at once."""
    is_one_of_many = rule.kind == Kind.ALARM and storms.is_late(case.entry) and not rule.must(case)
    waits = is_one_of_many and verdict.state == State.QUEUED and case.entry.compartment == NORMAL
    return verdict.available_at + storms.SETTLING if waits else verdict.available_at


def _for_deputy(text: Text, to: Recipient) -> Text:
    """The same text, which says to a deputy in whose place he reads it."""
    if not to.deputy_of:
        return text
    why = _("You get this mail because %(name)s is away and you stand in.") % {"name": to.deputy_of}
    return dataclasses.replace(text, why=why)
