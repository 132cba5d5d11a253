"""From lines to rows: values separated by a character, or one JSON object for each line.

What cannot be read is a row too, with the reason: it is reported, and the next line is read as if nothing had been.
"""

import csv
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imports.errors import BadFileError
from imports.lines import LONGEST, TextFile
from imports.mapping import MappingFile

MOST_LINES = 500  # of one row: a quotation mark that nobody closes must not swallow the file
_ENDINGS = {".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl"}
_TOO_LONG = f"This line is longer than {LONGEST:,} characters."


@dataclass(frozen=True)
class Row:
    """One row. `values` are those of the columns that the mapping uses, in its order; None = not there."""

    line: int
    values: list[str | None]


@dataclass(frozen=True)
class Broken:
    """One row that cannot be read, and why. `text` is its beginning."""

    line: int
    reason: str
    text: str = ""


def read(file: TextFile, mapping: MappingFile) -> Iterator[Row | Broken]:
    """Every row of the file, in its order. Raises BadFileError, BadMappingError (a column that is not there)."""
    if _format(file.path, mapping) == "jsonl":
        return _objects(file, mapping)
    return _separated(file, mapping)


def _format(path: str, mapping: MappingFile) -> str:
    if mapping.format:
        return mapping.format
    ending = Path(path.lower().removesuffix(".gz")).suffix
    return _ENDINGS.get(ending, "csv")


def _separated(file: TextFile, mapping: MappingFile) -> Iterator[Row | Broken]:
    delimiter = mapping.delimiter or ("\t" if _format(file.path, mapping) == "tsv" else ",")
    reader = _Separated(file, delimiter, mapping.quote)
    header = reader.header()
    places = _places(header, file, mapping, delimiter)
    for row in reader.rows(len(header)):
        yield row if isinstance(row, Broken) else _checked(row.line, [row.values[place] for place in places])


def _places(header: list[str], file: TextFile, mapping: MappingFile, delimiter: str) -> list[int]:
    """Where in a row the used columns stand."""
    names = [one.strip() for one in header]
    if len(names) == 1 and any(other in names[0] for other in ";\t,|" if other != delimiter):
        raise mapping.complain(
            "[source] delimiter",
            f"the header of {file.path} is one column, “{names[0][:80]}”: name what separates it.",
        )
    for name in mapping.used:
        if name not in names:
            raise mapping.complain(
                _key_of(name, mapping),
                f"{file.path} has no column “{name}”; it has: {', '.join(names)[:600]}.",
            )
        if names.count(name) > 1:
            raise mapping.complain(_key_of(name, mapping), f"{file.path} has more than one column “{name}”.")
    return [names.index(name) for name in mapping.used]


def _key_of(column: str, mapping: MappingFile) -> str:
    for field, names in mapping.columns.items():
        if column in names:
            return f"[columns] {field}"
    return "keep" if column in mapping.keep else "[templates]"


class _Separated:
    """Rows of values. A row ends with its line, unless a quotation mark is still open."""

    def __init__(self, file: TextFile, delimiter: str, quote: str):
        self.file, self.delimiter, self.quote = file, delimiter, quote
        self._lines = file.lines()
        self._put_back: deque[tuple[int, str, bool]] = deque()

    def header(self) -> list[str]:
        """The first row. Raises BadFileError."""
        for row in self.rows(0):
            if isinstance(row, Broken):
                raise BadFileError(
                    f"{self.file.path}, line {row.line}: the header cannot be read: {row.reason}"
                )
            header = [one or "" for one in row.values]
            if any("\0" in one for one in header):
                raise BadFileError(
                    f"{self.file.path}, line 1: the header holds NUL bytes: is it UTF-16? Say so in [source] encoding."
                )
            return header
        raise BadFileError(f"{self.file.path} holds no row at all: there is nothing to import.")

    def rows(self, width: int) -> Iterator[Row | Broken]:
        """The rows of `width` values; 0 = any."""
        while (line := self._next()) is not None:
            number, text, is_whole = line
            if not is_whole:
                yield Broken(number, _TOO_LONG, text[:200])
            elif text.strip("\r\n"):
                yield self._row(number, text, width)

    def _next(self) -> tuple[int, str, bool] | None:
        return self._put_back.popleft() if self._put_back else next(self._lines, None)

    def _row(self, number: int, text: str, width: int) -> Row | Broken:
        if self.quote not in text:
            values: list[str | None] = list(text.rstrip("\r\n").split(self.delimiter))
            return self._of_width(number, text, values, width)
        if text.count(self.quote) % 2 == 0:
            return self._parsed(number, text, width)
        return self._of_several_lines(number, text, width)

    def _of_several_lines(self, number: int, text: str, width: int) -> Row | Broken:
        """A quotation mark is open: it closes in a later line, or it is a mere inch sign, or the row is broken."""
        taken: list[tuple[int, str, bool]] = []
        whole = text
        while len(taken) < MOST_LINES and len(whole) < LONGEST and (line := self._next()) is not None:
            taken.append(line)
            whole += line[1]
            if line[1].count(self.quote) % 2 == 1:
                row = self._parsed(number, whole, width)
                if isinstance(row, Row):
                    return row
                break
        self._put_back.extendleft(reversed(taken))
        return self._parsed(number, text, width)

    def _parsed(self, number: int, text: str, width: int) -> Row | Broken:
        try:
            reader = csv.reader([text], delimiter=self.delimiter, quotechar=self.quote, strict=True)
            return self._of_width(number, text, list(next(reader)), width)
        except csv.Error as error:
            reason = (
                "a quotation mark is opened and not closed" if "end of data" in str(error) else str(error)
            )
            return Broken(number, f"This row cannot be read: {reason}.", text[:200])

    def _of_width(self, number: int, text: str, values: list[str | None], width: int) -> Row | Broken:
        if width and len(values) != width:
            return Broken(
                number, f"This row has {len(values)} values where the header has {width}.", text[:200]
            )
        return Row(number, values)


def _objects(file: TextFile, mapping: MappingFile) -> Iterator[Row | Broken]:
    used, is_first = mapping.used, True
    for number, text, is_whole in file.lines():
        words = text.strip("\ufeff \t\r\n")
        if not is_whole:
            yield Broken(number, _TOO_LONG, text[:200])
        elif words:
            if is_first and words.startswith("["):
                raise BadFileError(f"{file.path} is one JSON list: write one object on each line instead.")
            yield _object(number, words, used)
            is_first = False
    if is_first:
        raise BadFileError(f"{file.path} holds no row at all: there is nothing to import.")


def _object(number: int, words: str, used: tuple[str, ...]) -> Row | Broken:
    try:
        found = json.loads(words)
    except (ValueError, RecursionError) as error:
        return Broken(number, f"This line is no JSON: {error}.", words[:200])
    if not isinstance(found, dict):
        return Broken(number, "This line is no JSON object.", words[:200])
    return _checked(number, [_plain(found.get(name)) for name in used])


def _plain(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)


def _checked(line: int, values: list[str | None]) -> Row | Broken:
    """The row, unless it holds what no database stores as text."""
    for value in values:
        if value is None or (value.isascii() and "\0" not in value):
            continue
        if "\0" in value:
            return Broken(line, "A value holds a NUL byte.", value.replace("\0", "␀")[:200])
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            bad = value[error.start]
            return Broken(
                line,
                f"A value holds a character that is not in the mapping's encoding (byte 0x{ord(bad) & 0xFF:02X}).",
                value.encode("utf-8", "replace").decode("utf-8")[:200],
            )
    return Row(line, values)
