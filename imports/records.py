"""From rows of text to one record: what each row says in our words, and what the record is in the end.

Nothing is guessed: what the source does not know stays unknown, rows keep the order of the source, also where their
times do not, and a row that cannot be understood is reported with its line and left out.
"""

import datetime as dt
import functools
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from imports.errors import RowError
from imports.mapping import ANY, DATES, WORDS, MappingFile
from imports.rows import Row
from imports.spool import MOST_ROWS

OURS = "="  # marks a value that the mapping translates to a slug or address of ours
_BELIEVABLE = (dt.datetime(1980, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
_NAMED = ("team", "assignee", "service", "site", "category", "subcategory")
_SEPARATORS = re.compile(r"\(\s*\)|\[\s*\]")


@dataclass(frozen=True)
class Problem:
    """What is left out, and why: `rows` rows of the file from `line` on."""

    line: int
    reason: str
    key: str = ""
    rows: int = 1
    text: str = ""


@dataclass(frozen=True)
class Step:
    """The record as one row of the source shows it. Names are the source's own; None = the source does not know."""

    line: int
    at: dt.datetime | None
    by: str
    state: str
    hold: str = ""
    team: str | None = None
    assignee: str | None = None
    category: str | None = None
    subcategory: str | None = None
    impact: int | None = None
    urgency: int | None = None
    priority: int | None = None
    service: str | None = None
    site: str | None = None

    @property
    def says(self) -> tuple[Any, ...]:
        """Everything but where it stood in the file."""
        return (
            self.at.isoformat() if self.at else "", self.by, self.state, self.hold, self.team, self.assignee,
            self.category, self.subcategory, self.impact, self.urgency, self.priority, self.service, self.site,
        )  # fmt: skip


@dataclass
class Record:
    """One record of the source: its steps in the source's order, and what holds for all of them."""

    key: str
    steps: list[Step]
    title: str
    opened_at: dt.datetime
    opened_by: str = ""
    resolved_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    requester: str | None = None
    requester_name: str | None = None
    requester_email: str | None = None
    channel: str = "desk"
    reopen_count: int = 0
    description: str = ""
    resolution: str = ""
    code: str = ""
    url: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    rows: int = 0

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def digest(self, count: int) -> str:
        """A fingerprint of the first `count` steps."""
        return hashlib.sha256(repr([one.says for one in self.steps[:count]]).encode()).hexdigest()

    def facts_digest(self) -> str:
        """A fingerprint of everything but the steps."""
        facts = {name: value for name, value in vars(self).items() if name not in ("steps", "rows")}
        return hashlib.sha256(repr(sorted(facts.items(), key=str)).encode()).hexdigest()


@dataclass(frozen=True)
class Levels:
    """The levels of priority here, and what the matrix makes of impact and urgency where the source has none."""

    known: frozenset[int]
    judge: Callable[[int, int], int]


class Reader:
    """Understands the rows of one mapping."""

    def __init__(self, mapping: MappingFile, levels: Levels):
        self.mapping, self.levels = mapping, levels
        self._place = {name: place for place, name in enumerate(mapping.used)}
        self._at = functools.lru_cache(maxsize=10_000)(self._parse)

    def key(self, row: Row) -> str:
        """The record that a row belongs to. Raises RowError."""
        key = self._find("number", row)
        if not key:
            raise RowError(
                f"This row names no record: its column “{self.mapping.columns['number'][0]}” is empty."
            )
        if len(key) > 200:
            raise RowError("The number of this record is longer than 200 characters.")
        return key

    def record(self, key: str, rows: list[Row], count: int) -> tuple[Record | None, list[Problem]]:
        """One record from its `count` rows; with every row that had to be left out, and why."""
        if count > MOST_ROWS:
            reason = f"“{key}” has {count:,} rows: is the mapping's number the right column?"
            return None, [Problem(rows[0].line, reason, key, rows=count)]
        steps, kept, problems = [], [], []
        for row in rows:
            try:
                steps.append(self._step(row, steps[-1] if steps else None))
                kept.append(row)
            except RowError as error:
                problems.append(Problem(row.line, str(error), key, text=_beginning(row)))
        if not kept:
            return None, problems
        try:
            return self._whole(key, steps, kept), problems
        except RowError as error:
            return None, [*problems, *(Problem(row.line, str(error), key) for row in kept)]

    def _whole(self, key: str, steps: list[Step], rows: list[Row]) -> Record:
        facts = {name: self._last(name, rows) for name in ("resolved_at", "closed_at", "opened_at")}
        opened_at = self._first("opened_at", rows)
        if opened_at is None:
            raise RowError(f"“{key}” has no opening time in any of its rows.")
        last = rows[-1]
        record = Record(
            key=key,
            steps=steps,
            title=self._text("title", last)[:250] or key,
            opened_at=opened_at,
            opened_by=self._first_text("opened_by", rows) or "",
            requester=self._last_text("requester", rows),
            requester_name=self._last_text("requester_name", rows),
            requester_email=self._last_text("requester_email", rows),
            channel=self._translated("channel", last) or self.mapping.defaults["channel"],
            description=self._text("description", last),
            resolution=self._text("resolution", last),
            code=self._translated("code", last) or "",
            url=self._text("url", last)[:500],
            extra={name: value for name in self.mapping.keep if (value := self._known(last, name))},
            rows=len(rows),
        )
        if not self.mapping.is_one_row_per_event:
            record.steps = _steps_of_one_row(record, facts)
        self._finish(record, facts, rows)
        return record

    def _finish(self, record: Record, facts: dict[str, Any], rows: list[Row]) -> None:
        """Final values: only what fits the final state; reopenings as the source counts them, else its steps."""
        if record.last.state in ("resolved", "closed"):
            record.resolved_at = facts["resolved_at"]
        if record.last.state in ("closed", "cancelled"):
            record.closed_at = facts["closed_at"]
        counted = self._last_text("reopen_count", rows)
        shown = sum(_is_reopening(one, two) for one, two in zip(record.steps, record.steps[1:], strict=False))
        record.reopen_count = min(int(counted), 32_000) if counted and counted.isdecimal() else shown
        if record.code and not record.resolution:
            record.resolution = self._last_text("code", rows) or ""

    def _step(self, row: Row, before: Step | None) -> Step:
        state, _colon, hold = (self._translated("state", row) or "").partition(":")
        if not state and before is None:
            raise RowError("This row has no state, and none before it has one.")
        impact = self._level("impact", row) or self.mapping.defaults["impact"]
        urgency = self._level("urgency", row) or self.mapping.defaults["urgency"]
        priority = self._level("priority", row) or self.mapping.defaults.get("priority")
        for name in ("opened_at", "resolved_at", "closed_at"):
            self._find(name, row)  # raises where it is no date
        return Step(
            line=row.line,
            at=self._date("updated_at", row) or (before.at if before else None),
            by=self._find("updated_by", row) or "",
            state=state or before.state,
            hold=hold if state else before.hold,
            impact=impact,
            urgency=urgency,
            priority=priority or self.levels.judge(impact, urgency),
            **{name: self._named(name, row) for name in _NAMED},
        )

    def _named(self, name: str, row: Row) -> str | None:
        """A team, person, place… by its name in the source, or by ours where the mapping translates it."""
        value = self._find(name, row)
        table = self.mapping.values.get(name, {})
        if value is None or not table:
            return value
        ours = table.get(value, table.get(ANY))
        return value if ours is None else f"{OURS}{ours}" if ours else None

    def _translated(self, name: str, row: Row) -> str | None:
        value = self._find(name, row)
        if value is None:
            return None
        table = self.mapping.values.get(name)
        found = value if table is None else table.get(value, table.get(ANY))
        if found is None or str(found).partition(":")[0] not in WORDS[name]:
            raise RowError(f"The {name} “{value[:80]}” is not in the mapping: add it under [values.{name}].")
        return str(found)

    def _level(self, name: str, row: Row) -> int | None:
        value = self._find(name, row)
        if value is None:
            return None
        table = self.mapping.values.get(name, {})
        found = table.get(value, table.get(ANY, value if not table else None))
        known = self.levels.known if name == "priority" else {1, 2, 3}
        if found is None or not str(found).isdecimal() or int(found) not in known:
            raise RowError(f"The {name} “{value[:80]}” is not in the mapping: add it under [values.{name}].")
        return int(found)

    def _text(self, name: str, row: Row) -> str:
        """A column's value, else the template's: what is unknown leaves no trace in it."""
        value = self._find(name, row) if name in self.mapping.columns else None
        template = self.mapping.templates.get(name)
        if value or template is None:
            return value or ""
        known = {one: self._known(row, one) or "" for one in self._place}
        filled = _SEPARATORS.sub("", template.format_map(known))
        return filled.strip() if name == "description" else " ".join(filled.split())

    def _find(self, name: str, row: Row) -> str | None:
        """The first known value among the columns that the mapping gives this field. Raises RowError: no date."""
        for column in self.mapping.columns.get(name, ()):
            value = self._known(row, column)
            if value is not None:
                if name in DATES:
                    self._at(value, column)
                return value
        return None

    def _known(self, row: Row, column: str) -> str | None:
        value = row.values[self._place[column]]
        value = value.strip() if value is not None else ""
        return None if value in self.mapping.unknown else value

    def _date(self, name: str, row: Row) -> dt.datetime | None:
        for column in self.mapping.columns.get(name, ()):
            value = self._known(row, column)
            if value is not None:
                return self._at(value, column)
        return None

    def _first(self, name: str, rows: Iterable[Row]) -> dt.datetime | None:
        return next((found for row in rows if (found := self._date(name, row))), None)

    def _last(self, name: str, rows: list[Row]) -> dt.datetime | None:
        return self._first(name, reversed(rows))

    def _first_text(self, name: str, rows: Iterable[Row]) -> str | None:
        return next((found for row in rows if (found := self._find(name, row))), None)

    def _last_text(self, name: str, rows: list[Row]) -> str | None:
        return self._first_text(name, reversed(rows))

    def _parse(self, value: str, column: str) -> dt.datetime:
        """An instant in UTC: with a zone of its own as it says, else in the mapping's."""
        for form in self.mapping.dates:
            try:
                found = _FORMS.get(form, functools.partial(_by_format, form))(value)
                found = found if found.tzinfo else found.replace(tzinfo=self.mapping.time_zone)
                found = found.astimezone(dt.UTC)
            except (ValueError, OverflowError, OSError):
                continue
            if _BELIEVABLE[0] <= found < _BELIEVABLE[1]:
                return found
        raise RowError(
            f"The column “{column}” holds “{value[:80]}”, which is no date as the mapping writes them."
        )


def _by_format(form: str, value: str) -> dt.datetime:
    return dt.datetime.strptime(value, form)  # noqa: DTZ007 - the caller gives it its zone


_FORMS: dict[str, Callable[[str], dt.datetime]] = {
    "iso": dt.datetime.fromisoformat,
    "epoch": lambda value: dt.datetime.fromtimestamp(float(value), dt.UTC),
    "epoch_ms": lambda value: dt.datetime.fromtimestamp(float(value) / 1000, dt.UTC),
}


def _steps_of_one_row(record: Record, facts: dict[str, Any]) -> list[Step]:
    """One row tells of its opening, its solution and its end only through its dates."""
    final = record.last
    state = {**vars(final)}
    steps = [Step(**{**state, "state": "new", "hold": "", "at": record.opened_at, "by": record.opened_by})]
    if final.state in ("resolved", "closed") and facts["resolved_at"]:
        steps.append(Step(**{**state, "state": "resolved", "hold": "", "at": facts["resolved_at"]}))
    ended = {"resolved": "resolved_at", "closed": "closed_at", "cancelled": "closed_at"}.get(final.state)
    at = (facts[ended] if ended else None) or final.at or steps[-1].at
    if final.state != steps[-1].state:
        steps.append(Step(**{**state, "at": at}))
    return steps


def _is_reopening(before: Step, after: Step) -> bool:
    return before.state in ("resolved", "closed") and after.state in ("new", "in_progress", "on_hold")


def _beginning(row: Row) -> str:
    return " | ".join(value or "" for value in row.values)[:200]
