"""Hours, days, durations and steps as people type them, and back: "09:00-17:00", "4 h 30 min". Pure."""

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from slas.choices import MOST_OFFSET, MOST_PERCENT

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUR, MINUTE = 3_600, 60
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?|24:00"
_WINDOW = re.compile(rf"({_TIME})\s*[-–]\s*({_TIME})")
_DURATION = re.compile(r"(?:(\d{1,5})\s*h)?\s*(?:(\d{1,6})\s*min)?", re.IGNORECASE)
_STEP = re.compile(
    r"(?:(?P<percent>\d{1,9})\s*%|(?P<sign>[+\-−])\s*(?P<offset>[^:]+?))(?P<elapsed>\s+elapsed)?\s*:\s*(?P<whom>.+)"
)


class Unreadable(ValueError):
    """What was typed does not follow the notation; the text is the sentence for it."""


def read_windows(text: str) -> list[list[str]]:
    """ "09:00-12:30, 13:00-17:00" as [["09:00", "12:30"], …]; empty = closed. Raises Unreadable."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        match = _WINDOW.fullmatch(part)
        if match is None:
            raise Unreadable(
                _("“%(text)s” is no time: write 09:00-17:00, several with commas.") % {"text": part}
            )
        found.append([_padded(match[1]), _padded(match[2])])
    in_order = sorted(one for one in found if one[0] < one[1])
    for (start, end), (next_start, next_end) in itertools.pairwise(in_order):
        if next_start < end:
            both = {"one": f"{start}-{end}", "other": f"{next_start}-{next_end}"}
            raise Unreadable(_("%(one)s and %(other)s overlap: make one window of them.") % both)
    return found


def write_windows(windows: Sequence[Sequence[str]]) -> str:
    """The windows of a day as one line."""
    return ", ".join(f"{start}-{end}" for start, end in windows)


def read_holidays(text: str) -> list[dict[str, str]]:
    """One holiday a line: a day, `from..to`, or `12-25` for each year, then its name. Raises Unreadable."""
    found = []
    for line in _lines(text):
        when, _space, name = line.partition(" ")
        first, dots, last = when.partition("..")
        named = {"name": name.strip()} if name.strip() else {}
        if dots:
            found.append({"from": _day(first, line), "to": _day(last, line), **named})
        elif re.fullmatch(r"\d\d-\d\d", when):
            _day(f"2024-{when}", line)
            found.append({"annual": when, **named})
        else:
            found.append({"date": _day(when, line), **named})
    return found


def write_holidays(holidays: Sequence[Mapping[str, str]]) -> str:
    """The holidays, one a line."""
    return "\n".join(f"{_when(one)} {one.get('name', '')}".strip() for one in holidays)


def read_special_days(text: str) -> dict[str, list[list[str]]]:
    """A day and its own hours a line: "2026-12-24 09:00-12:00"; without hours it is closed. Raises Unreadable."""
    found = {}
    for line in _lines(text):
        when, _space, hours = line.partition(" ")
        found[_day(when, line)] = read_windows(hours)
    return found


def write_special_days(days: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """The special days, one a line."""
    return "\n".join(f"{day} {write_windows(days[day])}".strip() for day in sorted(days))


def read_duration(text: str) -> int:
    """ "4 h 30 min" in seconds, above 0. Raises Unreadable."""
    match = _DURATION.fullmatch(text.strip())
    seconds = int(match[1] or 0) * HOUR + int(match[2] or 0) * MINUTE if match else 0
    if not seconds:
        raise Unreadable(_("“%(text)s” is no duration: write it like 4 h 30 min.") % {"text": text.strip()})
    return seconds


def write_duration(seconds: int) -> str:
    """Seconds as hours and minutes."""
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    return (
        " ".join(filter(None, [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]))
        or "0 min"
    )


def read_names(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(one.strip() for one in text.split(",") if one.strip())


def read_steps(text: str) -> list[dict[str, Any]]:
    """Steps separated by semicolons: "75%: assignee; 100%: lead, on call; +1 h elapsed: to second-line".

    Answers dictionaries: percent or offset_seconds (below 0 = before due), counting, notify (names), reassign_to
    (a team's slug or ""). Raises Unreadable.
    """
    return [_step(part) for part in filter(None, (one.strip() for one in text.split(";")))]


def write_step(
    *, percent: int | None, offset_seconds: int | None, counting: str, notify: Sequence[str], reassign_to: str
) -> str:
    """One step as it is typed."""
    if percent is not None:
        when = f"{percent}%"
    else:
        offset = offset_seconds or 0
        when = f"{'-' if offset < 0 else '+'}{write_duration(abs(offset))}"
    elapsed = " elapsed" if counting == "elapsed" else ""
    whom = [*notify, *([f"to {reassign_to}"] if reassign_to else [])]
    return f"{when}{elapsed}: {', '.join(whom)}"


def _step(part: str) -> dict[str, Any]:
    match = _STEP.fullmatch(part)
    if match is None:
        raise Unreadable(
            _("“%(text)s” is no step: write 75%%: assignee, or +1 h: lead, or 100%%: to second-line.")
            % {"text": part}
        )
    offset = None
    if match["percent"] is None:
        offset = read_duration(match["offset"]) * (-1 if match["sign"] in "-−" else 1)
        if abs(offset) > MOST_OFFSET:
            raise Unreadable(_("A step comes a year before or after due at most."))
    elif not 1 <= int(match["percent"]) <= MOST_PERCENT:
        raise Unreadable(_("The percentage of a step lies between 1 and 1000."))
    names = [one.strip() for one in match["whom"].split(",") if one.strip()]
    names = ["on_call" if one.casefold() in ("on call", "on-call") else one for one in names]
    teams = [one[3:].strip() for one in names if one.startswith("to ")]
    return {
        "percent": int(match["percent"]) if match["percent"] else None,
        "offset_seconds": offset,
        "counting": "elapsed" if match["elapsed"] else "business",
        "notify": [one for one in names if not one.startswith("to ")],
        "reassign_to": teams[0] if teams else "",
    }


def _lines(text: str) -> list[str]:
    return [one.strip() for one in text.splitlines() if one.strip()]


def _day(text: str, line: str) -> str:
    try:
        return dt.date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise Unreadable(
            _("“%(line)s” does not begin with a day: write it like 2026-12-25.") % {"line": line}
        ) from error


def _when(holiday: Mapping[str, str]) -> str:
    if "annual" in holiday:
        return holiday["annual"]
    return f"{holiday['from']}..{holiday['to']}" if "from" in holiday else holiday["date"]


def _padded(text: str) -> str:
    return text if text[1] != ":" else f"0{text}"
