"""The mapping: which column means what, how values and dates are written, and in which time zone. TOML, checked whole.

`docs/import.md` describes every key; a wrong one is refused with a sentence that names the file and the key.
"""

import codecs
import difflib
import re
import string
import tomllib
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imports.errors import BadMappingError
from incidents.choices import Code
from tickets.choices import Channel, HoldKind

# What a record can be given; those of the second line may differ from row to row of one record.
FACTS = (
    "number", "opened_at", "resolved_at", "closed_at", "requester", "requester_name", "requester_email", "opened_by",
    "channel", "reopen_count", "description", "resolution", "code", "title", "url",
)  # fmt: skip
STEPS = (
    "updated_at", "updated_by", "state", "team", "assignee", "category", "subcategory", "impact", "urgency", "priority",
    "service", "site",
)  # fmt: skip
FIELDS = (*FACTS, *STEPS)
DATES = ("opened_at", "resolved_at", "closed_at", "updated_at")
NEEDED = ("number", "state", "opened_at")
FORMATS = ("csv", "tsv", "jsonl")
STATES = ("new", "in_progress", "on_hold", "resolved", "closed", "cancelled")
HOLDS = tuple(
    one.value for one in HoldKind if one != HoldKind.SCHEDULED
)  # a schedule needs a time of its own
WORDS = {"state": STATES, "channel": tuple(Channel.values), "code": tuple(Code.values)}
DEFAULTS: dict[str, Any] = {"impact": 3, "urgency": 3, "channel": "desk"}
SOURCE: dict[str, type | tuple[type, ...]] = {
    "system": str, "time_zone": str, "rows": str, "format": str, "encoding": str, "delimiter": str, "quote": str,
    "unknown": list, "dates": list,
}  # fmt: skip
TEMPLATES = ("title", "description", "resolution", "url")
ANY = "*"
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


@dataclass(frozen=True)
class MappingFile:
    """One mapping as the importer uses it. `columns` maps a field of ours to the source columns that may hold it."""

    path: str
    system: str
    time_zone: zoneinfo.ZoneInfo
    is_one_row_per_event: bool
    format: str
    encoding: str
    delimiter: str
    quote: str
    unknown: frozenset[str]
    dates: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    templates: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[str, ...]:
        """Every source column that is read, once each."""
        named = [one for names in self.columns.values() for one in names]
        shown = [name for text in self.templates.values() for name in placeholders(text)]
        return tuple(dict.fromkeys([*named, *shown, *self.keep]))

    def complain(self, key: str, sentence: str) -> BadMappingError:
        """The refusal that names this file and the key."""
        return BadMappingError(f"{self.path}, {key}: {sentence}")


def load(path: str) -> MappingFile:
    """Read and check a mapping. Raises BadMappingError: one sentence with file, key and what to do."""
    return _Check(path, _read(path)).mapping()


def placeholders(template: str) -> list[str]:
    """The column names in a template's braces."""
    return [name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name]


def _read(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise BadMappingError(f"{path} cannot be read: {error.strerror}. Name a mapping file.") from error
    except UnicodeDecodeError as error:
        raise BadMappingError(f"{path} is not written in UTF-8: save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadMappingError(f"{path} is no valid TOML: {error}.") from error


class _Check:
    """Goes through a mapping table by table; every complaint names file and key."""

    def __init__(self, path: str, raw: dict[str, Any]):
        self.path, self.raw = path, raw

    def mapping(self) -> MappingFile:
        """The checked mapping."""
        self._only(self.raw, ("source", "columns", "templates", "values", "defaults", "keep"), "")
        source = self._source()
        columns = self._columns()
        rows = source.get("rows", "records")
        self._one_of(rows, ("events", "records"), "[source] rows")
        if rows == "events" and "updated_at" not in columns:
            self._fail("[columns] updated_at", "is missing: with one row per event, each needs its time.")
        templates = self._table("templates", TEMPLATES)
        if "title" not in columns and "title" not in templates:
            self._fail("[templates] title", "is missing: say what titles are made of, as in “{category}”.")
        for name, text in templates.items():
            self._template(name, text)
        return MappingFile(
            path=self.path,
            system=source["system"],
            time_zone=self._zone(source),
            is_one_row_per_event=rows == "events",
            format=source.get("format", ""),
            encoding=self._encoding(source),
            delimiter=self._character(source, "delimiter"),
            quote=self._character(source, "quote") or '"',
            unknown=frozenset({"", *source.get("unknown", ())}),
            dates=self._dates(source),
            columns=columns,
            templates=templates,
            values=self._values(),
            defaults=DEFAULTS | self._defaults(),
            keep=tuple(self._texts(self.raw.get("keep", []), "keep")),
        )

    def _source(self) -> dict[str, Any]:
        source = self._table("source", tuple(SOURCE))
        for name, value in source.items():
            if not isinstance(value, SOURCE[name]):
                wanted = "a list of texts" if SOURCE[name] is list else "a text"
                self._fail(f"[source] {name}", f"is not {wanted}.")
        if not _SYSTEM.fullmatch(source.get("system", "")):
            self._fail(
                "[source] system", "is missing or not in small letters: name the tool, as in “servicenow”."
            )
        if source.get("format"):
            self._one_of(source["format"], FORMATS, "[source] format")
        return source

    def _zone(self, source: dict[str, Any]) -> zoneinfo.ZoneInfo:
        if not source.get("time_zone"):
            self._fail("[source] time_zone", "is missing: name the zone of the dates, as in “Europe/Berlin”.")
        try:
            return zoneinfo.ZoneInfo(source["time_zone"])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return self._fail(
                "[source] time_zone", f"“{source['time_zone']}” is no known zone; write “Europe/Berlin”."
            )

    def _encoding(self, source: dict[str, Any]) -> str:
        name = source.get("encoding", "utf-8")
        try:
            found = codecs.lookup(name).name
        except LookupError:
            return self._fail(
                "[source] encoding", f"“{name}” is no known encoding; write “utf-8” or “cp1252”."
            )
        return "utf-8-sig" if found == "utf-8" else found

    def _character(self, source: dict[str, Any], key: str) -> str:
        value = source.get(key, "")
        if value and (len(value) != 1 or value in "\r\n\0"):
            self._fail(f"[source] {key}", f"“{value}” is not one character.")
        return str(value)

    def _dates(self, source: dict[str, Any]) -> tuple[str, ...]:
        formats = tuple(self._texts(source.get("dates", ["iso"]), "[source] dates"))
        for one in formats:
            if one not in ("iso", "epoch", "epoch_ms") and "%" not in one:
                self._fail(
                    "[source] dates",
                    f"“{one}” is no format: write “iso”, “epoch”, “epoch_ms” or “%d/%m/%Y %H:%M”.",
                )
        return formats or ("iso",)

    def _columns(self) -> dict[str, tuple[str, ...]]:
        table = self._table("columns", FIELDS)
        for name in NEEDED:
            if name not in table:
                self._fail(f"[columns] {name}", "is missing: name the column that holds it.")
        return {name: tuple(self._texts(value, f"[columns] {name}")) for name, value in table.items()}

    def _values(self) -> dict[str, dict[str, Any]]:
        table = self._table("values", FIELDS)
        for name, pairs in table.items():
            if not isinstance(pairs, dict):
                self._fail(f"[values.{name}]", "is not a table of “source value” = “our value”.")
            for theirs, ours in pairs.items():
                self._value(name, ours, f"[values.{name}] {theirs}")
        return {name: {str(theirs): ours for theirs, ours in pairs.items()} for name, pairs in table.items()}

    def _value(self, name: str, ours: Any, key: str) -> None:
        if name == "state":
            state, _colon, hold = str(ours).partition(":")
            self._one_of(state, STATES, key)
            if hold:
                self._one_of(hold, HOLDS, key)
        elif name in WORDS:
            self._one_of(ours, WORDS[name], key)
        elif name in ("impact", "urgency", "priority") and not (isinstance(ours, int) and 1 <= ours <= 9):
            self._fail(key, f"“{ours}” is not a level: write a number, 1 is the highest.")

    def _defaults(self) -> dict[str, Any]:
        table = self._table("defaults", (*DEFAULTS, "priority"))
        for name in ("impact", "urgency"):
            if table.get(name, 3) not in (1, 2, 3):
                self._fail(f"[defaults] {name}", "is not 1, 2 or 3.")
        return table

    def _template(self, name: str, text: Any) -> None:
        try:
            placeholders(text)
        except (ValueError, TypeError):
            self._fail(
                f"[templates] {name}", "is no template: write a text with columns in braces, “{category}”."
            )

    def _table(self, name: str, known: Iterable[str]) -> dict[str, Any]:
        table = self.raw.get(name, {})
        if not isinstance(table, dict):
            self._fail(f"[{name}]", "is not a table.")
        self._only(table, known, f"[{name}] ")
        return dict(table)

    def _texts(self, value: Any, key: str) -> list[str]:
        found = [value] if isinstance(value, str) else value
        is_list = isinstance(found, list) and all(isinstance(one, str) for one in found)
        if not is_list or not (found or key == "keep"):
            self._fail(key, "is neither a text nor a list of texts.")
        return list(found)

    def _only(self, table: Mapping[str, Any], known: Iterable[str], prefix: str) -> None:
        known = list(known)
        for name in table:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean “{near[0]}”?" if near else f"known are {', '.join(known)}."
                self._fail(f"{prefix}{name}", f"is unknown; {hint}")

    def _one_of(self, value: Any, known: Iterable[str], key: str) -> None:
        known = list(known)
        if value not in known:
            self._fail(key, f"“{value}” is unknown; write one of {', '.join(known)}.")

    def _fail(self, key: str, sentence: str) -> Any:
        raise BadMappingError(f"{self.path}, {key}: {sentence}")
