"""How times, durations, clocks and names look on screen: pure functions, so that both doors and tests agree."""

import enum
import functools
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import dates, formats, timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3_600, 86_400
SOON_SECONDS = HOUR  # a clock is "soon" below one hour or below a quarter of its time
SOON_FRACTION = 0.25


class Tone(enum.StrEnum):
    """How a clock is drawn: grey, amber, red, hatched, ticked."""

    OK = "ok"
    SOON = "soon"
    OVER = "over"
    HOLD = "hold"
    MET = "met"


@dataclass(frozen=True)
class Fuse:
    """One clock as a cell shows it. `fraction` is the part left, 0..1, or None where no bar is drawn.

    With `due_at` and `from_at` (aware) the browser keeps text and bar true between two page loads.
    """

    label: str
    text: str
    fraction: float | None = None
    tone: str = Tone.OK
    due_at: datetime | None = None
    from_at: datetime | None = None
    title: str = ""


@dataclass(frozen=True)
class _Words:
    """What times and durations are made of in one language. Days and months as they stand inside a date."""

    minutes: str
    hours: str
    days: str
    day: str
    weekdays: list[str]
    weekdays_abbr: list[str]
    months: list[str]
    months_abbr: list[str]


@functools.lru_cache(maxsize=8)
def _words_of(_language: str) -> _Words:
    """The words of the language in force, looked up once: a queue says a hundred of them."""
    return _Words(
        minutes=_("%(sign)s%(minutes)d min"),
        hours=_("%(sign)s%(hours)d h %(minutes)02d"),
        days=_("%(sign)s%(days)d d %(hours)d h"),
        day=_("%(day)d %(month)s"),
        weekdays=[str(dates.WEEKDAYS[one]) for one in range(7)],
        weekdays_abbr=[str(dates.WEEKDAYS_ABBR[one]) for one in range(7)],
        months=["", *(_capital(dates.MONTHS[one]) for one in range(1, 13))],
        months_abbr=["", *(_capital(dates.MONTHS_3[one]) for one in range(1, 13))],
    )


def _capital(word: object) -> str:
    return str(word)[:1].upper() + str(word)[1:]


def _words() -> _Words:
    return _words_of(get_language() or "")


def duration(seconds: float) -> str:
    """Seconds as people write them: "38 min", "1 h 05", "3 d 4 h". A negative value counts up with a minus."""
    sign, rest = ("−" if seconds < 0 else ""), int(abs(seconds))
    words = _words()
    if rest < HOUR:
        return words.minutes % {"sign": sign, "minutes": rest // MINUTE}
    hours, minutes = rest // HOUR, rest % HOUR // MINUTE
    if rest < DAY:
        return words.hours % {"sign": sign, "hours": hours, "minutes": minutes}
    return words.days % {"sign": sign, "days": rest // DAY, "hours": rest % DAY // HOUR}


def fuse(label: str, *, due_at: datetime, from_at: datetime | None, now: datetime, title: str = "") -> Fuse:
    """The clock of a running timer: `from_at` is where it started or was moved to, None when unknown."""
    left = (due_at - now).total_seconds()
    whole = (due_at - from_at).total_seconds() if from_at else 0
    fraction = max(0.0, min(1.0, left / whole)) if whole > 0 else None
    tone = Tone.OK
    if left <= 0:
        tone, fraction = Tone.OVER, 1.0
    elif left < SOON_SECONDS or (fraction is not None and fraction < SOON_FRACTION):
        tone = Tone.SOON
    return Fuse(label, duration(left), fraction, tone, due_at, from_at, title or moment(due_at, now=now))


def paused(label: str, *, reason: str = "") -> Fuse:
    """The clock of a ticket on hold; the reason is its tooltip."""
    return Fuse(label, pgettext("clock", "Paused"), None, Tone.HOLD, title=reason)


def met(label: str, text: str) -> Fuse:
    """A clock that was stopped in time."""
    return Fuse(label, text, None, Tone.MET)


def moment(at: datetime, *, now: datetime, zone: tzinfo | None = None) -> str:
    """An instant in the reader's zone: "12 min ago", "09:42", "Tue 09:42", "18 Nov 09:42", "18 Nov 2025 09:42"."""
    zone = zone or timezone.get_current_timezone()
    there, here = at.astimezone(zone), now.astimezone(zone)
    age = (now - at).total_seconds()
    if 0 <= age < MINUTE:
        return _("just now")
    if 0 < age < HOUR:
        return _("%(minutes)d min ago") % {"minutes": age // MINUTE}
    if there.date() == here.date():
        return time_of_day(there)
    if abs((there.date() - here.date()).days) < 7:
        return f"{_words().weekdays_abbr[there.weekday()]} {time_of_day(there)}"
    year = "" if there.year == here.year else f" {there.year}"
    return f"{_day(there, _words().months_abbr)}{year} {time_of_day(there)}"


def day_and_time(there: datetime) -> str:
    """A local instant with its year: "18 Nov 2025 09:42"."""
    return f"{_day(there, _words().months_abbr)} {there.year} {time_of_day(there)}"


def _day(there: datetime, months: list[str]) -> str:
    """Day and month in the reader's order and with its points: "18 Nov", "18. Nov"."""
    return _words().day % {"day": there.day, "month": months[there.month]}


def time_of_day(there: datetime) -> str:
    """Hours and minutes of a local instant. Written out: a page shows dozens, and a format is read anew each time."""
    return f"{there.hour:02}:{there.minute:02}"


def full_moment(at: datetime, zone: tzinfo | None = None) -> str:
    """An instant in full, for a tooltip: day, time to the minute, zone."""
    there = timezone.localtime(at, zone)
    name = zone.key if isinstance(zone, ZoneInfo) else there.tzname() or ""
    day = f"{_words().weekdays[there.weekday()]} {_day(there, _words().months)} {there.year}"
    return f"{day} {time_of_day(there)} {name}".strip()


def initials(name: str) -> str:
    """Two letters for an avatar: of the first and the last word, or of the local part of an address."""
    words = [word for word in name.split("@", maxsplit=1)[0].replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else words[0][1:2])).upper()


def file_size(size_bytes: int) -> str:
    """Bytes in kB or MB, decimal, as file managers show them."""
    if size_bytes < 1_000:
        return _("%(count)d bytes") % {"count": size_bytes}
    if size_bytes < 1_000_000:
        return _("%(count)d kB") % {"count": round(size_bytes / 1_000)}
    return _("%(count)s MB") % {"count": formats.number_format(round(size_bytes / 1_000_000, 1), 1)}


def inside(name: Any) -> str:
    """The name of a thing inside a sentence: small, but in German, which writes nouns large."""
    text = str(name)
    return text if (get_language() or "").startswith("de") else text[:1].lower() + text[1:]
