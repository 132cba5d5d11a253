"""Why a clock says what it says, in sentences: all of it for the desk, and what concerns him for the customer."""

import datetime as dt
from collections.abc import Iterable

from django.utils import formats
from django.utils.translation import gettext as _

from calendars.versions import BusinessTime
from core import display
from slas import clocks, metrics, queries, reckoning
from slas.choices import CalendarSource, Cause, Metric, SegmentKind, TimerState
from slas.models import Timer
from tickets.choices import HoldKind

_ZERO = dt.timedelta(0)


def party(timer: Timer) -> str:
    """Whose hands an inner clock measures; "" for the customer's clocks."""
    held_by = timer.team or timer.supplier
    return str(held_by) if held_by else ""


def metric_label(metric: str) -> str:
    """A metric in words, as whoever declares it calls it."""
    return metrics.label(metric)


def desk_sentences(timer: Timer, *, at: dt.datetime, hours: BusinessTime) -> list[str]:
    """Agreement and rule, calendar, each stretch with its cause and person, days not counted, the arithmetic."""
    return [
        _agreement(timer),
        _rule(timer),
        _calendar(timer),
        *(_stretch(one) for one in queries.stretches(timer)),
        *(_("Other hours than usual: %(days)s.") % {"days": one} for one in closed_days(timer, hours, at)),
        *_arithmetic(timer, hours, at),
    ]


def customer_sentences(timer: Timer, *, at: dt.datetime, hold_kind: str = "") -> list[str]:
    """The same in words of "we", "you" and "our supplier": no inner clock, name or rule."""
    return [*_promise(timer, at), *_waiting(timer, hold_kind), *_waited(timer)]


def _agreement(timer: Timer) -> str:
    words = {
        "metric": metric_label(timer.metric),
        "time": _time(dt.timedelta(seconds=timer.target_seconds)),
        "name": timer.choice.get("agreement", timer.agreement.name),
        "version": timer.agreement_version,
    }
    if timer.choice.get("is_default"):
        return (
            _(
                "%(metric)s within %(time)s: no agreement covers this, “%(name)s” applies (version %(version)s)."
            )
            % words
        )
    return _("%(metric)s within %(time)s, by the agreement “%(name)s”, version %(version)s.") % words


def _rule(timer: Timer) -> str:
    labels = {
        "customer": _("customer %s"),
        "service": _("service %s"),
        "ticket_kind": _("type %s"),
        "priority": _("priority P%s"),
        "category": _("category %s"),
        "team": _("team %s"),
        "supplier": _("supplier %s"),
    }
    matched = [
        labels[name] % value for name, value in timer.choice.get("matched", {}).items() if name in labels
    ]
    if not matched:
        return _("It was chosen because nothing more specific fits: it is for every ticket.")
    return _("It was chosen as the most specific that fits: %(matched)s.") % {"matched": ", ".join(matched)}


def _calendar(timer: Timer) -> str:
    source = timer.choice.get("calendar_source", CalendarSource.AGREEMENT)
    return _(
        "It counts the hours of “%(calendar)s” (%(zone)s), version %(version)s, the calendar of %(source)s."
    ) % {
        "calendar": timer.calendar.name,
        "zone": timer.calendar.time_zone,
        "version": timer.calendar_version,
        "source": CalendarSource(source).label,
    }


def _stretch(one: queries.Stretch) -> str:
    cause = str(Cause(one.cause).label) if one.cause in Cause.values else one.cause
    words = {
        "begin": _moment(one.from_at),
        "end": _moment(one.to_at) if one.to_at else "",
        "cause": f"{cause}: {one.reason}" if one.reason else cause,
        "person": one.by_label,
    }
    if one.kind == SegmentKind.PAUSED:
        if one.to_at is None:
            return _("Paused since %(begin)s: %(cause)s (%(person)s).") % words
        return _("Paused from %(begin)s to %(end)s: %(cause)s (%(person)s).") % words
    if one.to_at is None:
        return _("Running since %(begin)s: %(cause)s (%(person)s).") % words
    return _("Running from %(begin)s to %(end)s: %(cause)s (%(person)s).") % words


def closed_days(timer: Timer, hours: BusinessTime, at: dt.datetime) -> Iterable[str]:
    """Holidays and special days between its start and its end, or what is to come until it is due: one list, if any."""
    end = timer.stopped_at or timer.due_at or at
    if end <= timer.started_at or end >= reckoning.NEVER:
        return
    days = [
        f"{_day(on)} ({name})" if name else _day(on) for on, name in hours.closed_days(timer.started_at, end)
    ]
    if days:
        yield ", ".join(days)


def _arithmetic(timer: Timer, hours: BusinessTime, at: dt.datetime) -> Iterable[str]:
    reading = clocks.reading_of(timer, hours)
    used = reckoning.used_by(reading, max(at, timer.used_at))
    words = {
        "used": _time(used),
        "target": _time(reading.target),
        "left": _time(abs(reading.target - used)),
        "due": _moment(timer.due_at) if timer.due_at else "",
        "at": _moment(timer.stopped_at) if timer.stopped_at else "",
    }
    if timer.breached_at is not None:
        yield _("Its deadline of %(breached)s was missed.") % {"breached": _moment(timer.breached_at)}
    if timer.state == TimerState.STOPPED:
        yield _("Stopped at %(at)s after %(used)s of %(target)s.") % words
    elif timer.state == TimerState.CANCELLED:
        yield _("Cancelled after %(used)s of %(target)s.") % words
    elif timer.state == TimerState.PAUSED and used <= reading.target:
        yield _("%(used)s of %(target)s are used, %(left)s are left once it runs again.") % words
    elif timer.is_cut:
        yield _("%(used)s were used when the target became %(target)s: due at that moment, %(due)s.") % words
    elif used <= reading.target:
        yield _("%(used)s of %(target)s are used, %(left)s are left: due %(due)s.") % words
    else:
        yield _("%(used)s are used, %(left)s more than %(target)s: it was due %(due)s.") % words


def _promise(timer: Timer, at: dt.datetime) -> Iterable[str]:
    """What the customer was promised, and whether we kept it."""
    is_answer = timer.metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)
    if timer.state == TimerState.CANCELLED:
        return
    if timer.metric == Metric.NEXT_UPDATE:
        yield from _news(timer, at)
        return
    if not is_answer and timer.metric != Metric.RESOLUTION:
        yield from _own(timer, at)
        return
    if timer.stopped_at is not None:
        words = {"at": _moment(timer.stopped_at)}
        if timer.breached_at is not None:
            yield (_("We answered you at %(at)s, later than we promised.") if is_answer
                   else _("We solved this at %(at)s, later than we promised.")) % words  # fmt: skip
        else:
            yield (_("We answered you in time, at %(at)s.") if is_answer
                   else _("We solved this in time, at %(at)s.")) % words  # fmt: skip
    elif timer.due_at is not None and timer.due_at < reckoning.NEVER:
        words = {"due": _moment(timer.due_at)}
        if timer.due_at < at:
            yield (_("We wanted to answer you by %(due)s: we are late.") if is_answer
                   else _("We wanted to solve this by %(due)s: we are late.")) % words  # fmt: skip
        else:
            yield (_("We will answer you by %(due)s.") if is_answer
                   else _("We want to solve this by %(due)s.")) % words  # fmt: skip


def _own(timer: Timer, at: dt.datetime) -> Iterable[str]:
    """What the customer was promised about something that the process measures under a name of its own."""
    words = {"what": metric_label(timer.metric), "at": _moment(timer.stopped_at or timer.due_at or at)}
    if timer.stopped_at is not None:
        if timer.breached_at is not None:
            yield _("%(what)s: done at %(at)s, later than we promised.") % words
        else:
            yield _("%(what)s: done in time, at %(at)s.") % words
    elif timer.due_at is not None and timer.due_at < reckoning.NEVER:
        if timer.due_at < at:
            yield _("%(what)s: we wanted to be done by %(at)s and are late.") % words
        else:
            yield _("%(what)s: we want to be done by %(at)s.") % words


def _news(timer: Timer, at: dt.datetime) -> Iterable[str]:
    """What the customer was promised about news."""
    if timer.stopped_at is not None or timer.due_at is None or timer.due_at >= reckoning.NEVER:
        return
    words = {"due": _moment(timer.due_at)}
    if timer.due_at < at:
        yield _("We wanted to tell you more by %(due)s: we are late.") % words
    else:
        yield _("We will tell you more by %(due)s.") % words


def _waiting(timer: Timer, hold_kind: str) -> Iterable[str]:
    if timer.state != TimerState.PAUSED:
        return
    reasons: dict[str, str] = {
        HoldKind.CUSTOMER: _("We are waiting for your answer; this time does not count."),
        HoldKind.SUPPLIER: _("We are waiting for our supplier; this time does not count."),
        HoldKind.SCHEDULED: _("We have arranged a later time with you; until then no time counts."),
    }
    yield reasons.get(hold_kind, _("This is waiting for other work of ours; this time does not count."))


def _waited(timer: Timer) -> Iterable[str]:
    paused = [
        one for one in queries.stretches(timer) if one.kind == SegmentKind.PAUSED and one.to_at is not None
    ]
    waited = sum(((one.to_at or one.from_at) - one.from_at for one in paused), _ZERO)
    if waited > _ZERO:
        yield _("It waited for %(time)s in all; that did not count.") % {"time": _time(waited)}


def _time(duration: dt.timedelta) -> str:
    return display.duration(duration.total_seconds())


def _moment(at: dt.datetime) -> str:
    return display.full_moment(at)


def _day(on: dt.date) -> str:
    return formats.date_format(on, _("j M Y"))
