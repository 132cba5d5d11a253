"""From a clock's bar to shapes in per cent of its width: what the templates of desk and portal put into one picture."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format

from core import display
from slas.bars import Bar, PieceKind

MOST_TICKS = 6
NEAR_THE_EDGE = 12  # per cent: a text there is not centred on its mark
_MINUTE = dt.timedelta(minutes=1)
_STEPS = tuple(dt.timedelta(minutes=one) for one in (10, 30, 60, 120, 180, 360, 720))


@dataclass(frozen=True)
class Shape:
    """One rectangle, in per cent of the bar's width, written with a point."""

    kind: PieceKind
    x: str
    width: str
    words: str


@dataclass(frozen=True)
class Tick:
    """A mark on the axis with its text. `anchor`: start, middle or end of the text stands at it."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """A bar as a picture, in the reader's time zone."""

    shapes: list[Shape]
    ticks: list[Tick]
    now: Tick | None
    due: Tick | None


def draw(bar: Bar, words: list[str], *, now_text: str, due_text: str) -> Drawing:
    """The shapes of a bar; `words` say what each of its pieces is."""
    shapes = [
        Shape(one.kind, _percent(bar, one.from_at), _width(bar, one.from_at, one.to_at), text)
        for one, text in zip(bar.pieces, words, strict=True)
    ]
    return Drawing(
        shapes=shapes,
        ticks=_ticks(bar),
        now=_tick(bar, bar.now, now_text) if bar.now else None,
        due=_tick(bar, bar.due_at, due_text) if bar.due_at else None,
    )


def _ticks(bar: Bar) -> list[Tick]:
    """Hours of a short bar, midnights of a long one: a handful."""
    begin, end = timezone.localtime(bar.from_at), timezone.localtime(bar.to_at)
    length = bar.to_at - bar.from_at
    step = next((one for one in _STEPS if length / one <= MOST_TICKS), None)
    if step is not None and length < dt.timedelta(days=2):
        found = [at for at in _every(begin.replace(second=0, microsecond=0), end, step) if at > begin]
        return [_tick(bar, at, display.time_of_day(timezone.localtime(at))) for at in found]
    days = max(1, -(-length // (dt.timedelta(days=1) * MOST_TICKS)))
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    found = [at for at in _midnights(midnight, end, days) if at > begin]
    return [_tick(bar, at, date_format(at, "j M" if days > 1 else "D j")) for at in found]


def _every(begin: dt.datetime, end: dt.datetime, step: dt.timedelta) -> list[dt.datetime]:
    """Times of day that the step divides, as instants."""
    since_midnight = begin.hour * 60 + begin.minute
    first = begin.astimezone(dt.UTC) - since_midnight % (step // _MINUTE) * _MINUTE
    return [first + number * step for number in range(1, MOST_TICKS + 3) if first + number * step < end]


def _midnights(first: dt.datetime, end: dt.datetime, days: int) -> list[dt.datetime]:
    found, day = [], first.date()
    for number in range(1, MOST_TICKS + 2):
        on = day + dt.timedelta(days=number * days)
        at = dt.datetime.combine(on, dt.time(), first.tzinfo)
        if at < end:
            found.append(at)
    return found


def _tick(bar: Bar, at: dt.datetime, text: str) -> Tick:
    share = _share(bar, at)
    anchor = "start" if share < NEAR_THE_EDGE else "end" if share > 100 - NEAR_THE_EDGE else "middle"
    return Tick(_written(share), text, anchor)


def _share(bar: Bar, at: dt.datetime) -> float:
    return max(0.0, min(100.0, (at - bar.from_at) / (bar.to_at - bar.from_at) * 100))


def _percent(bar: Bar, at: dt.datetime) -> str:
    return _written(_share(bar, at))


def _width(bar: Bar, begin: dt.datetime, end: dt.datetime) -> str:
    return _written(max(_share(bar, end) - _share(bar, begin), 0.15))


def _written(share: float) -> str:
    return f"{share:.2f}%"
