"""What a customer reads instead of states: plain words, one sentence, four steps. Nothing of the desk's inside."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from journal.models import Entry
from tickets import processes
from tickets.choices import HoldKind, Phase
from tickets.models import Message, Ticket

RECEIVED, WORKED_ON, ASKED, SOLVED = 1, 2, 3, 4
RESOLUTION = "resolution"
REMINDERS = 2  # before what nobody answers is closed


@dataclass(frozen=True)
class Standing:
    """Where a request stands: a few words, the next step as one sentence, and 1 to 4 on the bar."""

    words: str
    sentence: str
    step: int


def standing(ticket: Ticket) -> Standing:
    """The words for this ticket's phase, hold and history."""
    if ticket.phase == Phase.WAITING:
        return _waiting(ticket)
    if ticket.phase == Phase.RESOLVED:
        return Standing(
            _("Solved, tell us if not"), _("We think it is solved. Tell us whether it works now."), SOLVED
        )
    if ticket.phase == Phase.CLOSED:
        return _closed(ticket)
    if ticket.reopen_count:
        return Standing(
            _("We are on it again"), _("You told us that it is not solved. We are working on it."), WORKED_ON
        )
    if ticket.state == processes.of(ticket).workflow.initial:
        return Standing(
            _("We have it"), _("We have your report. Our first answer comes here and by mail."), RECEIVED
        )
    return Standing(
        _("We are on it"), _("We are working on it. There is nothing for you to do now."), WORKED_ON
    )


def _waiting(ticket: Ticket) -> Standing:
    if ticket.hold_kind == HoldKind.CUSTOMER:
        return Standing(
            _("We asked you"), _("We need an answer from you to go on. Nothing happens until then."), ASKED
        )
    if ticket.hold_kind == HoldKind.SUPPLIER:
        return Standing(
            _("Our supplier is on it"), _("Our supplier is working on it, and we keep after them."), WORKED_ON
        )
    if ticket.hold_kind == HoldKind.SCHEDULED and ticket.hold_until:
        when = day_and_hour(ticket.hold_until)
        return Standing(
            _("Planned for %(when)s") % {"when": when},
            _("We go on with it on %(when)s.") % {"when": when},
            WORKED_ON,
        )
    if ticket.hold_kind == HoldKind.CHANGE:
        return Standing(
            _("Part of a planned change"),
            _("A planned change will solve it. We tell you when it is done."),
            WORKED_ON,
        )
    return Standing(
        _("We are looking for the cause"),
        _("We are looking for the cause behind it and tell you what we find."),
        WORKED_ON,
    )


def _closed(ticket: Ticket) -> Standing:
    glyph = processes.of(ticket).workflow.state(ticket).glyph
    if glyph == "cancelled":
        return Standing(
            _("Withdrawn"), _("This was withdrawn. Report it again if you still need it."), SOLVED
        )
    return Standing(_("Done"), _("This is finished. If it comes back, report it again."), SOLVED)


def steps(ticket: Ticket) -> list[dict[str, Any]]:
    """The four-step bar in words: word, is_done, is_current."""
    here = standing(ticket)
    texts = [_("We have it"), _("We are on it"), _("Questions, if any"), _("Solved")]
    texts[here.step - 1] = here.words
    is_over = ticket.phase == Phase.CLOSED
    return [
        {
            "word": text,
            "is_done": number < here.step or is_over,
            "is_current": number == here.step and not is_over,
        }
        for number, text in enumerate(texts, start=1)
    ]


def expected(ticket: Ticket, now: dt.datetime) -> str:
    """What was agreed about the end, as a day; never an inner clock, and nothing while we wait for the customer."""
    if ticket.phase != Phase.OPEN or ticket.due_at is None or ticket.due_metric != RESOLUTION:
        return ""
    if ticket.due_at < now:
        return _("It takes longer than agreed. It is not forgotten.")
    return _("Agreed: solved by %(when)s.") % {"when": day(ticket.due_at, now)}


def consequence(ticket: Ticket, now: dt.datetime) -> str:
    """What happens without an answer, and when; nothing where nothing is planned."""
    at = ticket.chase_at
    if at is None or at < now:
        return ""
    names = {"when": day(at, now)}
    if ticket.phase == Phase.RESOLVED:
        return _("Without word from you it is closed on %(when)s.") % names
    if getattr(ticket, "chase_count", 0) < REMINDERS:
        return _("We remind you on %(when)s.") % names
    return _("Without an answer we close it on %(when)s.") % names


def since(at: dt.datetime, now: dt.datetime) -> str:
    """ "since 09:42" today, "since 18 Nov" otherwise."""
    return _("since %(when)s") % {"when": day(at, now, today_as_hour=True)}


def day(at: dt.datetime, now: dt.datetime, *, today_as_hour: bool = False) -> str:
    """An instant as a day in the reader's zone: "today", "Tuesday 24 Nov", with the year when it is another."""
    there, here = timezone.localtime(at), timezone.localtime(now)
    if there.date() == here.date():
        return (
            formats.date_format(there, "H:i")
            if today_as_hour
            else _("today, %(hour)s") % {"hour": formats.date_format(there, "H:i")}
        )
    if there.year != here.year:
        return formats.date_format(there, _("j M Y"))
    return formats.date_format(there, _("j M") if at < now else _("l j M"))


def day_and_hour(at: dt.datetime) -> str:
    """ "Tue 24 Nov 09:00" in the reader's zone."""
    return formats.date_format(timezone.localtime(at), _("D j M H:i"))


def who(message: Message, reader_persons: frozenset[int], desk: str) -> dict[str, str]:
    """The author as the portal names him: customers in full, the desk by first names, programs as `desk`."""
    if message.is_from_customer:
        kind = "me" if message.person_id in reader_persons else "customer"
        return {"name": message.author_label, "kind": kind}
    return {"name": first_name(message.author_label) if message.is_human else desk, "kind": ""}


def first_name(label: str) -> str:
    """The first word of a name: how the desk's people are called here."""
    return next(iter(label.split()), label)


def event(entry: Entry) -> dict[str, Any] | None:
    """The grey line that a customer reads for an entry, or None for what is none of his business."""
    past = entry.name.partition(".")[2]
    build = _EVENTS.get(past)
    found = build(entry.data) if build else None
    return {"is_event": True, "icon": found[0], "at": entry.at, "text": found[1]} if found else None


def _held(data: dict[str, Any]) -> tuple[str, str] | None:
    if data.get("kind") == HoldKind.SUPPLIER:
        return "player-pause", _("Our supplier has it now")
    if data.get("kind") == HoldKind.SCHEDULED and data.get("until"):
        return "calendar-time", _("Planned for %(when)s") % {
            "when": day_and_hour(dt.datetime.fromisoformat(data["until"]))
        }
    return None


def _resumed(data: dict[str, Any]) -> tuple[str, str] | None:
    if data.get("cause") == "not_waiting":
        return "player-play", _("You said that we are not waiting for you: we go on")
    return None


def _resolved(data: dict[str, Any]) -> tuple[str, str]:
    return "circle-check", _with_reason(_("Solved"), data.get("note"))


def _cancelled(data: dict[str, Any]) -> tuple[str, str]:
    return "x", _with_reason(_("Withdrawn"), data.get("reason"))


def _with_reason(text: str, reason: str | None) -> str:
    return f"{text}: {reason}" if reason else text


_EVENTS = {
    "accepted": lambda _data: ("user-check", _("Someone has taken this on")),
    "held": _held,
    "resumed": _resumed,
    "resolved": _resolved,
    "closed": lambda _data: ("check", _("Finished")),
    "reopened": lambda _data: ("refresh", _("Opened again: it was not solved")),
    "cancelled": _cancelled,
}
