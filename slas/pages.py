"""The page of each clock of a ticket: its bar, its reckoning in sentences, what was said about it afterwards."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.actor import Actor
from customers import scoping
from slas import attribution, bars, clocks, drawing, explaining, panels, queries, telling
from slas.attribution import Share
from slas.bars import Bar
from slas.choices import AgreementKind, Verdict
from slas.drawing import Drawing
from slas.models import BreachCause, Correction, Timer
from slas.panels import Clock
from tickets import policy
from tickets.models import Ticket


@dataclass(frozen=True)
class Row:
    """One line of the table that says what the bar shows."""

    from_at: dt.datetime
    to_at: dt.datetime
    words: str
    kind: str


@dataclass(frozen=True)
class Page:
    """One clock, explained to one reader. What is said afterwards is the desk's: empty for a customer's people."""

    id: int
    timer: Timer
    metric: str
    title: str
    clock: Clock
    bar: Bar
    drawing: Drawing
    rows: list[Row]
    sentences: list[str]
    spoken: str
    legend: list[tuple[str, str]]
    corrections: list[Correction] = field(default_factory=list)
    causes: list[BreachCause] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)


def of_ticket(ticket: Ticket, actor: Actor, *, timer_id: int | None = None) -> list[Page]:
    """Every clock of a ticket, or the one named, that the reader may know of: due first on top. Needs a scope."""
    is_inside = policy.sees_inside(actor, ticket)
    timers = panels.shown_to(queries.timers_of(ticket), is_inside=is_inside)
    if timer_id is not None:
        timers = [one for one in timers if one.pk == timer_id]
    return of_timers(sorted(timers, key=panels.order), ticket, is_inside=is_inside)


def of_timers(timers: Sequence[Timer], ticket: Ticket, *, is_inside: bool) -> list[Page]:
    """The same for clocks that are read already, with their segments."""
    now = scoping.current().at
    drawn = bars.of(timers, now)
    hours = queries.hours_of(timers)
    afterwards = _afterwards(timers) if is_inside else {}
    kinds = {} if is_inside else telling.hold_kinds()
    found = []
    for timer in timers:
        bar, own = drawn[timer.pk], hours[timer.pk]
        words = [
            telling.for_desk(one) if is_inside else telling.for_customer(one, kinds) for one in bar.pieces
        ]
        corrections, causes = afterwards.get(timer.pk, ([], []))
        parts: list[Share] = []
        if is_inside:
            sentences = explaining.desk_sentences(timer, at=now, hours=own)
            approved = [one for one in corrections if one.verdict == Verdict.APPROVED]
            sentences += [telling.left_out_for_desk(one) for one in approved]
            timer.ticket = ticket
            parts = attribution.shares(timer, now) if timer.kind == AgreementKind.SLA else []
            sentences += [said] if (said := attribution.sentence(timer, parts)) else []
        else:
            sentences = telling.story(
                timer, at=now, hours=own, hold_kind=ticket.hold_kind, pieces=bar.pieces, kinds=kinds
            )
        card = panels.clock(timer, now, clocks.reading_of(timer, own), sentences, is_inside=is_inside)
        found.append(
            Page(
                id=timer.pk, timer=timer, metric=timer.metric, title=_title(timer, is_inside=is_inside),
                clock=card, bar=bar,
                drawing=drawing.draw(
                    bar, words, now_text=pgettext("axis", "now"), due_text=pgettext("axis", "deadline")
                ),
                rows=[
                    Row(one.from_at, one.to_at, text, one.kind.value)
                    for one, text in zip(bar.pieces, words, strict=True)
                ],
                sentences=sentences, spoken=telling.spoken(bar),
                legend=telling.legend(bar, is_inside=is_inside), corrections=corrections, causes=causes, shares=parts,
            )
        )  # fmt: skip
    return found


def _title(timer: Timer, *, is_inside: bool) -> str:
    name = explaining.metric_label(timer.metric) if is_inside else telling.metric_for_customer(timer)
    held_by = explaining.party(timer)
    name = f"{held_by}: {name}" if held_by else name
    if timer.cycle == 1:
        return name
    return _("%(metric)s, number %(cycle)s") % {"metric": name, "cycle": timer.cycle}


def _afterwards(timers: Sequence[Timer]) -> dict[int, tuple[list[Correction], list[BreachCause]]]:
    """What was said about clocks: two queries."""
    found: dict[int, tuple[list[Correction], list[BreachCause]]] = {one.pk: ([], []) for one in timers}
    own = {"customer_id__in": {one.customer_id for one in timers}, "timer_id__in": list(found)}
    for one in Correction.objects.filter(**own).order_by("id"):
        found[one.timer_id][0].append(one)
    for cause in BreachCause.objects.filter(**own).order_by("-id"):
        found[cause.timer_id][1].append(cause)
    return found
