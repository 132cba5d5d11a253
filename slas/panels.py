"""The service level card of a ticket page, as plain data: the desk draws it, the portal draws its part of it."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import pgettext

from core import display
from core.actor import Actor
from core.display import Tone
from customers import scoping
from slas import clocks, explaining, queries
from slas.choices import INNER, LEFT, AgreementKind, Metric, TimerState
from slas.models import Timer
from slas.reckoning import Reading
from tickets import policy
from tickets.models import Ticket


@dataclass(frozen=True)
class Clock:
    """One clock as a card shows it; drawn like a `core.display.Fuse`.

    `fraction` is the part left, 0..1, None where no bar is drawn. `tone`: ok, soon, over, hold, met. `verdict`: met,
    breached or None. `explanation`: sentences for this reader. `party`: the team or supplier of an inner clock.
    """

    metric: str
    label: str
    text: str
    tone: Tone
    fraction: float | None = None
    due_at: dt.datetime | None = None
    from_at: dt.datetime | None = None
    title: str = ""
    verdict: str | None = None
    agreement: str = ""
    party: str = ""
    explanation: list[str] = field(default_factory=list)


def clock_card(ticket: Ticket, actor: Actor) -> list[Clock]:
    """The clocks of a ticket, the one due first on top; for a customer's people in their words. Needs a scope."""
    now = scoping.current().at
    is_inside = policy.sees_inside(actor, ticket)
    timers = _newest_cycles(shown_to(queries.timers_of(ticket), is_inside=is_inside))
    hours = queries.hours_of(timers)
    found = []
    for timer in sorted(timers, key=order):
        if is_inside:
            sentences = explaining.desk_sentences(timer, at=now, hours=hours[timer.pk])
        else:
            sentences = explaining.customer_sentences(timer, at=now, hold_kind=ticket.hold_kind)
        found.append(
            clock(timer, now, clocks.reading_of(timer, hours[timer.pk]), sentences, is_inside=is_inside)
        )
    return found


def shown_to(timers: list[Timer], *, is_inside: bool) -> list[Timer]:
    """The clocks that a reader may know of: a customer's people those of the agreement with them, no inner one."""
    return timers if is_inside else [one for one in timers if one.kind == AgreementKind.SLA]


def _newest_cycles(timers: list[Timer]) -> list[Timer]:
    """The clocks that the card has room for: of each metric the newest cycle, of inner ones while it runs, and an older
    one that was missed."""
    newest = {(one.kind, one.metric): one.cycle for one in sorted(timers, key=lambda one: one.cycle)}
    return [
        one
        for one in timers
        if one.breached_at
        or (one.cycle == newest[one.kind, one.metric] and (one.kind not in INNER or one.state in LEFT))
    ]


def order(timer: Timer) -> tuple[bool, bool, dt.datetime]:
    """What is due first comes first, what is over last."""
    return timer.stopped_at is not None, timer.due_at is None, timer.due_at or timer.started_at


def clock(
    timer: Timer, now: dt.datetime, reading: Reading, sentences: list[str], *, is_inside: bool
) -> Clock:
    """One clock as a card shows it."""
    fuse = _fuse(timer, now, reading)
    return Clock(
        metric=timer.metric,
        label=fuse.label,
        text=fuse.text,
        tone=Tone(fuse.tone),
        fraction=fuse.fraction,
        due_at=fuse.due_at,
        from_at=fuse.from_at,
        title=fuse.title,
        verdict=timer.verdict,
        agreement=timer.choice.get("agreement", "") if is_inside else "",
        party=explaining.party(timer),
        explanation=sentences,
    )


def _fuse(timer: Timer, now: dt.datetime, reading: Reading) -> display.Fuse:
    party = explaining.party(timer)
    label = f"{party}: {_label(timer)}" if party else _label(timer)
    if timer.state == TimerState.RUNNING and timer.due_at is not None:
        return display.fuse(label, due_at=timer.due_at, from_at=clocks.counted_from(reading), now=now)
    if timer.state == TimerState.PAUSED:
        last = queries.stretches(timer)[-1]
        paused = display.paused(label, reason=last.reason)
        left = max(0.0, min(1.0, reading.remaining / reading.target))
        return display.Fuse(label, paused.text, left, Tone.HOLD, title=paused.title)
    if timer.breached_at is not None:
        return display.Fuse(label, pgettext("clock", "Missed"), None, Tone.OVER)
    if timer.state == TimerState.CANCELLED:
        return display.Fuse(label, pgettext("clock", "Cancelled"), None, Tone.OK)
    return display.met(label, display.duration(reading.used.total_seconds()))


def _label(timer: Timer) -> str:
    if timer.kind != AgreementKind.SLA and timer.metric == Metric.FIRST_RESPONSE:
        return pgettext("clock", "Taken in hand")
    if timer.metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE):
        return pgettext("clock", "Reply")
    if timer.metric == Metric.NEXT_UPDATE:
        return pgettext("clock", "Update")
    if timer.metric == Metric.RESOLUTION:
        return pgettext("clock", "Fix")
    return explaining.metric_label(timer.metric)
