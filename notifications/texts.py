"""What a mail says, as parts that the two templates (text and HTML) lay out alike. Speaks the recipient's language.

No relative times: a mail is read whenever it is read. No notes: what was written for the desk never gets here.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.choices import Gap
from journal.models import Entry
from notifications import links
from notifications.people import Recipient
from slas import metrics
from tickets import surveys
from tickets.models import Answer, Message, Ticket

LATE_SECONDS = 60  # later than the sweep can explain


@dataclass(frozen=True)
class Case:
    """Everything a rule and a text look at: the entry, its ticket, the words that came with it, if any,
    and who is written to. `is_asked`: whether he may be asked how it went."""

    entry: Entry
    ticket: Ticket
    said: Message | None = None
    to: Recipient | None = None
    is_asked: bool = True

    @property
    def data(self) -> dict:
        return self.entry.data

    @property
    def is_by_customer(self) -> bool:
        """Whether the customer's side did it: the requester himself, or words from his side."""
        person = self.ticket.requester
        own = person is not None and person.user_id is not None and person.user_id == self.entry.actor_id
        return bool(self.data.get("from_customer")) or (self.entry.actor_kind == "user" and own)


@dataclass(frozen=True)
class Text:
    """One mail's content. `facts` are [(label, value)], `links` [(label, address)], `why` says why he gets it."""

    subject: str
    lines: list[str]
    why: str
    quote: str = ""
    quoted: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def moment(at: dt.datetime) -> str:
    """An instant in the recipient's zone, with the zone's name: 18 November 2026, 13:00 CET."""
    local = timezone.localtime(at)
    # Translators: how a date is written in full; j is the day, F the month's name, Y the year
    day = formats.date_format(local, _("j F Y"))
    return f"{day}, {local:%H:%M} {local.tzname()}"


def topic_of(case: Case) -> str:
    return f"[{case.ticket.number}] {case.ticket.title}"


def to_customer(case: Case, *lines: str, said: Message | None = None, more: list | None = None) -> Text:
    ticket = case.ticket
    return Text(
        subject=topic_of(case),
        lines=list(lines),
        quote=said.body if said else "",
        quoted=_("%(name)s wrote:") % {"name": said.author_label} if said else "",
        links=more or [(_("Open your request"), links.to_record(ticket.number))],
        why=_("You get this mail because you asked for %(number)s. Answer on its page, not to this address.")
        % {"number": ticket.number},
    )


def receipt(case: Case) -> Text:
    """To the requester: we have it, under this number."""
    return to_customer(
        case,
        _("We have received your report “%(title)s” on %(at)s.")
        % {"title": case.ticket.title, "at": moment(case.ticket.opened_at)},
        _("Its number is %(number)s. You will hear from us as soon as somebody works on it.")
        % {"number": case.ticket.number},
    )


def reply(case: Case) -> Text:
    """To the requester: somebody of the desk has written."""
    return to_customer(
        case, _("There is an answer to %(number)s.") % {"number": case.ticket.number}, said=case.said
    )


def question(case: Case) -> Text:
    """To the requester: we wait for him."""
    return to_customer(
        case,
        _("We need your answer before we can go on with %(number)s.") % {"number": case.ticket.number},
        said=case.said,
        more=[(_("Answer now"), links.to_record(case.ticket.number))],
    )


def reminder(case: Case) -> Text:
    """To the requester: we still wait for him."""
    return to_customer(
        case,
        _("We still wait for your answer to go on with %(number)s.") % {"number": case.ticket.number},
        _("Do you think that we do not wait for you? Say so on its page."),
        said=case.said,
        more=[(_("Answer now"), links.to_record(case.ticket.number))],
    )


def resolved(case: Case) -> Text:
    """To the requester: it should work; does it? Both links open the page with the two buttons."""
    page = links.to_record(case.ticket.number)
    return Text(
        subject=topic_of(case),
        lines=[_("We believe that %(number)s is solved.") % {"number": case.ticket.number}],
        quoted=_("What was done:"),
        quote=case.data.get("note", ""),
        links=[(_("Works now"), page), (_("Not yet"), page)],
        why=_("You get this mail because you asked for %(number)s. Tell us on its page whether it works.")
        % {"number": case.ticket.number},
    )


def reopened(case: Case) -> Text:
    """To the requester: work goes on."""
    return to_customer(
        case, _("%(number)s is open again: we work on it further.") % {"number": case.ticket.number}
    )


def closed(case: Case) -> Text:
    """To the requester: the record is ended; how was it?"""
    asked = surveys.find_open(case.ticket, case.entry.at) if case.is_asked else None
    return to_customer(
        case,
        _("%(number)s was closed on %(at)s.") % {"number": case.ticket.number, "at": moment(case.entry.at)},
        _("If the fault comes back, report it again and name this number."),
        *([surveys.question_of(asked)] if asked else []),
        more=_scores(asked) if asked else None,
    )


def _scores(asked: Answer) -> list[tuple[str, str]]:
    """A link for each score: it opens the page with this score chosen, and a button."""
    return [(str(score), links.to_survey(surveys.token_of(asked), score)) for score in surveys.SCORES]


def rated(case: Case) -> Text:
    """To the team's leads: a customer was not satisfied."""
    row = surveys.find(case.ticket)
    line = _("%(name)s gave %(score)s of 5.") % {
        "name": case.ticket.requester or _("The customer"), "score": case.data.get("score", ""),
    }  # fmt: skip
    text = to_desk(
        case, _("Not satisfied"), line, why=_("You get this mail because you lead the team of %(number)s.")
    )
    return dataclasses.replace(text, quote=row.comment if row else "", quoted=_("The customer wrote:"))


def cancelled(case: Case) -> Text:
    """To the requester: it will not be worked on, and why."""
    return Text(
        subject=topic_of(case),
        lines=[_("%(number)s was cancelled.") % {"number": case.ticket.number}],
        quoted=_("The reason:"),
        quote=case.data.get("reason", ""),
        links=[(_("Open your request"), links.to_record(case.ticket.number))],
        why=_("You get this mail because you asked for %(number)s.") % {"number": case.ticket.number},
    )


def to_desk(case: Case, subject: str, *lines: str, said: Message | None = None, why: str = "") -> Text:
    ticket = case.ticket
    return Text(
        subject=f"[{ticket.number}] {subject}: {ticket.title}",
        lines=list(lines),
        quote=said.body if said else "",
        quoted=_("%(name)s wrote:") % {"name": said.author_label} if said else "",
        facts=_facts(ticket),
        links=[(_("Open %(number)s") % {"number": ticket.number}, links.to_record(ticket.number))],
        why=(why or _("You get this mail because %(number)s is in your hands or in those of your team."))
        % {"number": ticket.number},
    )


def _facts(ticket: Ticket) -> list[tuple[str, str]]:
    found = [
        (_("Customer"), str(ticket.customer)),
        (_("Priority"), f"P{ticket.priority}"),
        (_("Requester"), str(ticket.requester or "")),
        (_("Team"), str(ticket.team or "")),
        (_("Assignee"), str(ticket.assignee or "")),
        (_("Due"), moment(ticket.due_at) if ticket.due_at else ""),
    ]
    return [(label, value) for label, value in found if value]


def opened(case: Case) -> Text:
    """To the team's mailbox: something new has come."""
    return to_desk(case, _("New"), _("A new ticket has come to %(team)s.") % {"team": case.ticket.team})


def assigned(case: Case) -> Text:
    """To whoever was given it."""
    if case.to and case.to.user_id and case.to.user_id == case.data.get("assignee_id"):
        return to_desk(
            case,
            _("Assigned to you"),
            _("%(name)s has assigned this to you.") % {"name": case.entry.actor_label},
        )
    line = _("%(name)s has given this to %(team)s.")
    return to_desk(
        case, _("For your team"), line % {"name": case.entry.actor_label, "team": case.data.get("team", "")}
    )


def customer_replied(case: Case) -> Text:
    """To whoever has it in hand: the customer has written."""
    return to_desk(case, _("Customer replied"), _("The customer has answered."), said=case.said)


def customer_reopened(case: Case) -> Text:
    """To whoever has it in hand: it did not hold."""
    line = _("It was open again on %(at)s: the solution did not hold.") % {"at": moment(case.entry.at)}
    return to_desk(case, _("Reopened"), line, said=case.said)


def _to_supplier(case: Case, *lines: str) -> Text:
    """To the supplier's people: number and title only; the words themselves are read on his page."""
    number = case.ticket.number
    return Text(
        subject=topic_of(case),
        lines=list(lines),
        links=[(_("Open %(number)s") % {"number": number}, links.to_record(number))],
        why=_("You get this mail because %(number)s is in the hands of your company.") % {"number": number},
    )


def handed_over(case: Case) -> Text:
    """To the supplier: something new to do."""
    return _to_supplier(case, _("%(number)s was handed over to you.") % {"number": case.ticket.number})


def desk_wrote(case: Case) -> Text:
    """To the supplier: the desk has answered or asked."""
    return _to_supplier(case, _("We have written to you about %(number)s.") % {"number": case.ticket.number})


def taken_back(case: Case) -> Text:
    """To the supplier: nothing more is asked of him."""
    return _to_supplier(
        case, _("We have taken %(number)s back: you need not do more.") % {"number": case.ticket.number}
    )


def supplier_wrote(case: Case) -> Text:
    """To whoever has it in hand: the supplier has written."""
    return to_desk(case, _("Supplier replied"), _("The supplier has written."))


def handed_back(case: Case) -> Text:
    """To whoever has it in hand: the supplier is done."""
    line = _("%(supplier)s has handed it back as done.") % {"supplier": case.data["supplier"]}
    return to_desk(case, _("Handed back"), line)


def glass_broken(case: Case) -> Text:
    """To the people of a restricted ticket: somebody from outside looks at it, and why."""
    text = to_desk(
        case,
        _("Glass broken"),
        _("%(name)s is not on the list of this restricted ticket and sees it until %(until)s.")
        % {"name": case.entry.actor_label, "until": moment(dt.datetime.fromisoformat(case.data["until"]))},
        why=_("You get this mail because you are on the list of %(number)s."),
    )
    return replace(text, quoted=_("The reason:"), quote=case.data["reason"])


def breached(case: Case) -> Text:
    """To whoever has it in hand: a target was missed."""
    line = _("The target “%(metric)s” was missed: it was due on %(due)s.")
    return to_desk(case, _("Overdue"), line % _clock(case), *_late(case))


def escalated(case: Case) -> Text:
    """To whom the agreement names for this step: before, at or after the due moment."""
    data, is_ahead = case.data, _is_ahead(case)
    line = (
        _("The target “%(metric)s” is due on %(due)s.")
        if is_ahead
        else _("The target “%(metric)s” was due on %(due)s.")
    )
    lines = [line % _clock(case)]
    if data.get("percent") is not None:
        lines.append(_("%(percent)s %% of the agreed time is used.") % {"percent": data["percent"]})
    if data.get("team"):
        lines.append(_("It was given to %(team)s.") % {"team": data["team"]})
    if data.get("refused"):
        lines.append(_("It could not be given on: %(reason)s") % {"reason": data["refused"]})
    if data.get("on_call"):
        lines.append(_("On call now: %(names)s.") % {"names": ", ".join(data["on_call"])})
    elif data.get("gap"):
        lines.append(_("Nobody of the team is on call: %(why)s.") % {"why": _why_nobody(data)})
    why = _("You get this mail because the agreement on %(number)s says who is told at this point.")
    return to_desk(case, _("Due soon") if is_ahead else _("Escalated"), *lines, *_late(case), why=why)


def _why_nobody(data: Mapping[str, Any]) -> str:
    label = str(dict(Gap.choices).get(data["gap"], data["gap"]))
    return f"{data['missing']}, {label}" if data.get("missing") else label


def _is_ahead(case: Case) -> bool:
    data = case.data
    return data["percent"] < 100 if data.get("percent") is not None else (data.get("offset_seconds") or 0) < 0


def _clock(case: Case) -> dict[str, str]:
    return {
        "metric": metrics.label(case.data["metric"]),
        "due": moment(dt.datetime.fromisoformat(case.data["due_at"])),
    }


def _late(case: Case) -> list[str]:
    """A sentence where the alarm comes later than it should, after an outage."""
    if (case.data.get("late_seconds") or 0) <= LATE_SECONDS:
        return []
    return [_("This was noticed late, on %(at)s.") % {"at": moment(case.entry.recorded_at)}]


def woken(case: Case) -> Text:
    """To whoever has it in hand: the waiting is over."""
    if case.data.get("cause") == "until":
        return to_desk(case, _("Goes on"), _("The time that was arranged has come."))
    return to_desk(case, _("Goes on"), _("The customer says that we are not waiting for them."))


def watched_reply(case: Case) -> Text:
    """To who follows it: something was said."""
    why = _("You get this mail because you watch %(number)s.")
    return to_desk(case, _("New message"), _("There is a new message."), said=case.said, why=why)


def watched_resolved(case: Case) -> Text:
    """To who follows it: it is solved."""
    why = _("You get this mail because you watch %(number)s.")
    return to_desk(case, _("Resolved"), case.data.get("note", ""), why=why)
