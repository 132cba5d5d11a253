"""What a version of an agreement says, in words that people read: for its page at the desk, for who approves it, and
for the comparison of two versions. Read from a draft, so that any version can be told."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from accounts.roles import Role
from calendars import queries as calendars
from calendars.models import Calendar
from slas import metrics
from slas.choices import ON_CALL, SUPPLIED, AgreementKind, Counting
from slas.drafts import AgreementDraft, LimitDraft, StepDraft, TargetDraft
from tickets import processes
from tickets.choices import HoldKind

HOUR, MINUTE = 3_600, 60
_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Promise:
    """One cell of the table: the time, the calendar if it is its own, the kinds of waiting that stop the clock."""

    time: str
    calendar: str = ""
    pauses: tuple[str, ...] = ()


@dataclass
class Promises:
    """The targets for one sort of tickets: `metrics` are the columns, `rows` are (priority or None, a Promise or None
    for each of them)."""

    label: str
    metrics: list[str] = field(default_factory=list)
    rows: list[tuple[int | None, list[Promise | None]]] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """What two versions say differently under one heading: the lines that went, and those that came."""

    label: str
    gone: list[str]
    come: list[str]


def span(seconds: int) -> str:
    """Business time in hours and minutes, never in days: a day of business is not a day of the calendar."""
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    parts = [_("%(hours)d h") % {"hours": hours}] if hours else []
    parts += [_("%(minutes)d min") % {"minutes": minutes}] if minutes or not hours else []
    return " ".join(parts)


def day(on: dt.date | None) -> str:
    """A day as people write it; nothing for none."""
    return formats.date_format(on, _("j M Y")) if on else ""


def kind_label(kind: str) -> str:
    """A process in words: Incident."""
    return next((str(one.label) for one in processes.every() if one.kind == kind), kind)


def pause_label(kind: str) -> str:
    """A kind of waiting in words, after "waiting for"."""
    known: dict[str, str] = {
        HoldKind.CUSTOMER: _("the customer"), HoldKind.SUPPLIER: _("a supplier"), HoldKind.CHANGE: _("a change"),
        HoldKind.PROBLEM: _("the cause of a problem"), HoldKind.SCHEDULED: _("an arranged time"),
    }  # fmt: skip
    return known.get(kind, kind)


def person_label(name: str) -> str:
    """Whom a step tells: assignee, team, lead, or a role."""
    own = {"assignee": _("assignee"), "team": _("team"), "lead": _("team lead"), ON_CALL: _("who is on call")}
    return own.get(name) or (str(Role(name).label) if name in Role.values else name)


def sort_label(target: TargetDraft) -> str:
    """For which tickets a target is, beside their priority: "Incident, Network"; nothing for any."""
    kind = kind_label(target.ticket_kind) if target.ticket_kind else ""
    return ", ".join(str(one) for one in (kind, target.category, target.item_type) if one)


def text(draft: AgreementDraft) -> dict[str, Any]:
    """What both sides read: the template parts/_agreement.html lays it out. No steps, and nothing about who is told."""
    is_supplied = draft.kind in SUPPLIED
    return {
        "kind": str(AgreementKind(draft.kind).label),
        "validity": validity(draft),
        "services": services(draft),
        "calendar": draft.calendar.name,
        "hours": hours(draft.calendar),
        "scope": draft.scope,
        "scope_label": _("What is supplied") if is_supplied else _("What is delivered"),
        "responsibilities": draft.responsibilities,
        "promises": promises(draft),
        "limits": limits(draft),
        "exceptions": exceptions(draft),
        "requirements": None
        if draft.customer is None
        else [{"text": str(one)} for one in draft.requirements],
    }


def promises(draft: AgreementDraft) -> list[Promises]:
    """The targets as tables of priority by metric, one for each sort of tickets, the general one first."""
    sorts: dict[str, list[TargetDraft]] = {}
    for target in draft.targets:
        sorts.setdefault(sort_label(target), []).append(target)
    return [_table(label, sorts[label]) for label in sorted(sorts)]


def _table(label: str, targets: Sequence[TargetDraft]) -> Promises:
    columns = list(dict.fromkeys(str(one.metric) for one in targets))
    known = {(one.priority, str(one.metric)): one for one in targets}
    levels = sorted({one.priority for one in targets}, key=lambda level: (level is None, level or 0))
    rows = [(level, [_cell(known.get((level, metric))) for metric in columns]) for level in levels]
    return Promises(label, [metrics.label(one) for one in columns], rows)


def _cell(target: TargetDraft | None) -> Promise | None:
    if target is None:
        return None
    calendar = target.calendar.name if target.calendar else ""
    return Promise(span(target.seconds), calendar, tuple(pause_label(one) for one in target.pauses_on))


def steps(draft: AgreementDraft) -> list[tuple[list[str], list[str]]]:
    """Who is told when: (the targets, the steps) for each set of equal steps."""
    found: dict[tuple[StepDraft, ...], list[str]] = {}
    for target in draft.targets:
        if target.steps:
            found.setdefault(tuple(target.steps), []).append(target_name(target))
    return [(targets, [step_line(one) for one in own]) for own, targets in found.items()]


def target_name(target: TargetDraft) -> str:
    """A target by what it is for: "Resolution, P1, Network"."""
    level = f"P{target.priority}" if target.priority else ""
    return ", ".join(filter(None, (metrics.label(target.metric), level, sort_label(target))))


def target_line(target: TargetDraft) -> str:
    """A whole target in one line."""
    more = [target.calendar.name] if target.calendar else []
    if target.pauses_on:
        waits = ", ".join(pause_label(one) for one in target.pauses_on)
        more.append(_("pauses while waiting for: %(whom)s") % {"whom": waits})
    more += [step_line(one) for one in target.steps]
    return "; ".join((f"{target_name(target)}: {span(target.seconds)}", *more))


def step_line(step: StepDraft) -> str:
    """One step: "75 %: assignee, team"."""
    whom = [person_label(one) for one in step.notify]
    if step.reassign_to is not None:
        whom.append(_("given to %(team)s") % {"team": step.reassign_to})
    return f"{_moment(step)}: {', '.join(whom)}"


def _moment(step: StepDraft) -> str:
    if step.percent is not None:
        return _("at %(percent)d %%") % {"percent": step.percent}
    offset = step.offset_seconds or 0
    text = _("%(time)s before due") if offset < 0 else _("%(time)s after due")
    counted = text % {"time": span(abs(offset))}
    return f"{counted} ({_('elapsed time')})" if step.counting == Counting.ELAPSED else counted


def limit_line(limit: LimitDraft) -> str:
    """One workload limit: "at most 400 a month: Incident, P1"."""
    kind = kind_label(limit.ticket_kind) if limit.ticket_kind else ""
    which = ", ".join(filter(None, (kind, f"P{limit.priority}" if limit.priority else "")))
    text = _("at most %(most)d a month") % {"most": limit.most}
    return f"{text}: {which}" if which else text


def limits(draft: AgreementDraft) -> list[str]:
    """The workload that it is made for; without limits, the reason."""
    found = [limit_line(one) for one in draft.limits]
    return found or _reason(draft.no_limits_reason)


def exceptions(draft: AgreementDraft) -> list[str]:
    """When the targets do not hold; without exceptions, the reason."""
    found = [one.strip() for one in draft.exceptions.splitlines() if one.strip()]
    return found or _reason(draft.no_exceptions_reason)


def _reason(reason: str) -> list[str]:
    return [_("None: %(reason)s") % {"reason": reason.strip()}] if reason.strip() else []


def services(draft: AgreementDraft) -> list[str]:
    """The services by name; none listed is all of them."""
    return sorted(str(one) for one in draft.services) if draft.services is not None else [_("All services")]


def validity(draft: AgreementDraft) -> str:
    """From when until when it holds."""
    begin, end = day(draft.valid_from), day(draft.valid_to)
    if begin and end:
        return _("from %(begin)s to %(end)s") % {"begin": begin, "end": end}
    if begin:
        return _("from %(begin)s on, with no end") % {"begin": begin}
    if end:
        return _("from the day of its agreement to %(end)s") % {"end": end}
    return _("from the day of its agreement on, with no end")


def hours(calendar: Calendar) -> list[str]:
    """The business hours of a calendar: "Mon to Fri: 09:00-17:00", equal days together, and its time zone."""
    newest = calendars.newest_version(calendar)
    names = [str(one) for one in _days()]
    runs: list[tuple[int, int, str]] = []
    for index, name in enumerate(_DAY_NAMES):
        text = ", ".join(f"{start}-{end}" for start, end in newest.week.get(name, []))
        if runs and runs[-1][2] == text and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index, text)
        elif text:
            runs.append((index, index, text))
    lines = [
        f"{names[first]}: {text}" if first == last else f"{names[first]} – {names[last]}: {text}"
        for first, last, text in runs
    ]
    return [*lines, _("Time zone %(zone)s") % {"zone": newest.time_zone}]


def _days() -> tuple[str, ...]:
    return _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")


def differences(old: AgreementDraft, new: AgreementDraft) -> list[Difference]:
    """What the new one says differently."""
    found = []
    for (label, before), (_label, after) in zip(_said(old), _said(new), strict=True):
        gone, come = (
            [one for one in before if one not in after],
            [one for one in after if one not in before],
        )
        if gone or come:
            found.append(Difference(label, gone, come))
    return found


def _said(draft: AgreementDraft) -> Iterable[tuple[str, list[str]]]:
    """Each heading with its lines, always in the same order."""
    return (
        (_("Name"), [draft.name]),
        (_("Validity"), [validity(draft)]),
        (_("Services"), services(draft)),
        (_("Business hours"), [draft.calendar.name]),
        (_("Targets"), [target_line(one) for one in draft.targets]),
        (_("Workload limits"), limits(draft)),
        (_("Exceptions"), exceptions(draft)),
        (_("Requirements it answers"), [str(one) for one in draft.requirements]),
        (_("What is delivered"), _lines(draft.scope)),
        (_("Responsibilities"), _lines(draft.responsibilities)),
        (_("Based on"), [draft.based_on.name] if draft.based_on else []),
        (_("Clocks that run"), [_("move to this version") if draft.moves_running else _("keep theirs")]),
    )


def _lines(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]


def for_others(draft: AgreementDraft) -> AgreementDraft:
    """The same without what the other side does not read: steps, what it is based on, and what becomes of clocks."""
    targets = tuple(dataclasses.replace(one, steps=()) for one in draft.targets)
    return dataclasses.replace(draft, targets=targets, based_on=None, moves_running=False)
