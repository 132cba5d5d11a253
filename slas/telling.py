"""A clock's bar and its reckoning in words: causes and names for the desk, "we" and "you" for the customer."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from calendars.versions import BusinessTime
from core import display
from slas import clocks, explaining, reckoning
from slas.bars import Bar, Piece, PieceKind
from slas.choices import Cause, Metric, SegmentKind, TimerState
from slas.models import Correction, Timer
from tickets.choices import HoldKind
from tickets.models import HoldReason

_ZERO = dt.timedelta(0)
_YEAR = dt.timedelta(days=366)
_ANSWERS = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)


def hold_kinds() -> dict[str, str]:
    """The kind of each reason to wait, by its name: what a segment keeps is the name. One query."""
    return dict(HoldReason.objects.values_list("name", "kind"))


def for_desk(piece: Piece) -> str:
    """What a piece of the bar is, with its cause and who began it."""
    if piece.kind == PieceKind.PAUSED:
        cause = str(Cause(piece.cause).label) if piece.cause in Cause.values else piece.cause
        words = {"cause": f"{cause}: {piece.reason}" if piece.reason else cause, "person": piece.by_label}
        return _("Paused: %(cause)s (%(person)s)") % words
    return _plain(piece, _("Counts"), _("Counts, after the deadline"), _("Left until the deadline"))


def for_customer(piece: Piece, kinds: Mapping[str, str]) -> str:
    """The same for the customer: no inner reason, no name."""
    if piece.kind == PieceKind.PAUSED:
        return waiting(piece.cause, kinds.get(piece.reason, ""))
    return _plain(piece, _("Our time"), _("Our time, after the deadline"), _("Time that we have left"))


def waiting(cause: str, kind: str) -> str:
    """Why a time did not count, as the customer reads it."""
    if cause in (Cause.RESOLVED, Cause.CLOSED):
        return _("You had our solution")
    reasons: dict[str, str] = {
        HoldKind.CUSTOMER: _("We waited for your answer"),
        HoldKind.SUPPLIER: _("We waited for our supplier"),
        HoldKind.SCHEDULED: _("We waited until the time arranged with you"),
    }
    return reasons.get(kind, _("This waited for other work of ours"))


def legend(bar: Bar, *, is_inside: bool) -> list[tuple[str, str]]:
    """What the kinds of pieces in a bar stand for: (kind, words), in the order of the enum."""
    waits = _("Paused") if is_inside else _("Waiting: does not count")
    found = []
    for kind in PieceKind:
        first = next((one for one in bar.pieces if one.kind == kind), None)
        if first is None:
            continue
        if kind == PieceKind.PAUSED:
            words = waits
        elif kind == PieceKind.HOLIDAY:
            words = _("Closed on this day")
        else:
            words = for_desk(first) if is_inside else for_customer(first, {})
        found.append((kind.value, words))
    return found


def spoken(bar: Bar) -> str:
    """The bar in one sentence, for who does not see it."""
    words = {"begin": display.full_moment(bar.from_at), "end": display.full_moment(bar.to_at)}
    said = [_("From %(begin)s to %(end)s.") % words]
    if bar.due_at:
        said.append(_("Deadline: %(due)s.") % {"due": display.full_moment(bar.due_at)})
    said.append(_("The table below says the same."))
    return " ".join(said)


def counting(begin: dt.datetime, hours: BusinessTime) -> str:
    """Which time counts from `begin` on, for the customer. Around the clock there is no outside."""
    if hours.between(begin, begin + _YEAR) == _YEAR:
        return _("Every hour counts, day and night.")
    return _("Only our working hours count; outside of them the clock stands still.")


def story(
    timer: Timer,
    *,
    at: dt.datetime,
    hours: BusinessTime,
    hold_kind: str,
    pieces: Iterable[Piece],
    kinds: Mapping[str, str],
) -> list[str]:
    """Why this deadline, for the customer: what was promised, what counts, what did not, the sum, and how it ended."""
    return [
        _promised(timer),
        counting(timer.started_at, hours),
        *_begun(timer),
        *_pauses(pieces, kinds),
        *_closed_days(timer, hours, at),
        *_left_out(timer),
        *_sum(timer, hours, at),
        *explaining.customer_sentences(timer, at=at, hold_kind=hold_kind),
    ]


def metric_for_customer(timer: Timer) -> str:
    """What a clock measures, as a heading of the customer's page."""
    if timer.metric in _ANSWERS:
        return _("Our answer")
    if timer.metric == Metric.RESOLUTION:
        return _("Our solution")
    if timer.metric == Metric.NEXT_UPDATE:
        return _("Our next news")
    return explaining.metric_label(timer.metric)


def _plain(piece: Piece, counts: str, late: str, left: str) -> str:
    words = {
        PieceKind.RUNNING: counts,
        PieceKind.OVER: late,
        PieceKind.COMING: left,
        PieceKind.CLOSED: _("Closed: does not count"),
        PieceKind.CORRECTED: _("Left out by agreement"),
    }
    if piece.kind == PieceKind.HOLIDAY:
        return _("Closed: %(day)s") % {"day": piece.reason} if piece.reason else _("Closed on this day")
    return words[piece.kind]


def _promised(timer: Timer) -> str:
    time = {"time": _time(dt.timedelta(seconds=timer.target_seconds))}
    if timer.metric in _ANSWERS:
        return _("For something this urgent we answer within %(time)s.") % time
    if timer.metric == Metric.NEXT_UPDATE:
        return _("While this is disturbed we tell you more within %(time)s.") % time
    return _("For something this urgent we want to be done within %(time)s.") % time


def _begun(timer: Timer) -> Iterable[str]:
    words = {"at": display.full_moment(timer.started_at)}
    first = next(iter(timer.segments.all()), None)
    if first is not None and first.cause in (Cause.OPENED, Cause.SPOKEN, Cause.ASKED):
        yield _("The clock began when your message reached us, at %(at)s.") % words
    else:
        yield _("The clock began at %(at)s.") % words


def _pauses(pieces: Iterable[Piece], kinds: Mapping[str, str]) -> Iterable[str]:
    for one in pieces:
        if one.kind == PieceKind.PAUSED:
            words = {"begin": display.full_moment(one.from_at), "end": display.full_moment(one.to_at)}
            why = for_customer(one, kinds)
            yield _("%(why)s, from %(begin)s to %(end)s: this time does not count.") % {**words, "why": why}


def _closed_days(timer: Timer, hours: BusinessTime, at: dt.datetime) -> Iterable[str]:
    for name in explaining.closed_days(timer, hours, at):
        yield _("Other hours than usual: %(days)s.") % {"days": name}


def _left_out(timer: Timer) -> Iterable[str]:
    for one in timer.segments.all():
        if one.kind == SegmentKind.CORRECTED and one.without_from and one.without_to:
            words = {
                "time": _time(clocks.to_duration(-one.credit_seconds)),
                "begin": display.full_moment(one.without_from), "end": display.full_moment(one.without_to),
            }  # fmt: skip
            yield _("By agreement %(time)s between %(begin)s and %(end)s do not count.") % words


def _sum(timer: Timer, hours: BusinessTime, at: dt.datetime) -> Iterable[str]:
    reading = clocks.reading_of(timer, hours)
    used = reckoning.used_by(reading, max(at, timer.used_at))
    words = {"used": _time(used), "target": _time(reading.target), "left": _time(abs(reading.target - used))}
    if timer.state not in (TimerState.RUNNING, TimerState.PAUSED):
        yield _("In all %(used)s of %(target)s were used.") % words
    elif used <= reading.target:
        yield _("So far %(used)s of %(target)s are used; %(left)s are left.") % words
    else:
        yield _("So far %(used)s are used, %(left)s more than %(target)s.") % words


def left_out_for_desk(correction: Correction) -> str:
    """An approved correction in one sentence, with both names."""
    return _(
        "Left out: %(time)s between %(begin)s and %(end)s. %(reason)s (asked by %(asked)s, approved by %(decided)s)"
    ) % {
        "time": _time(dt.timedelta(seconds=correction.seconds or 0)),
        "begin": display.full_moment(correction.from_at),
        "end": display.full_moment(correction.to_at),
        "reason": correction.reason,
        "asked": correction.asked_label,
        "decided": correction.decided_label,
    }


def _time(duration: dt.timedelta) -> str:
    return display.duration(duration.total_seconds())
