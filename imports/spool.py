"""The rows of a file on disk, so that those of one record come together, however the file is sorted."""

import itertools
import json
import operator
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from imports.rows import Row

MOST_ROWS = 20_000  # of one record: more is a wrong key column, not an incident
_PAGES = 5_000
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16000;
CREATE TABLE record (id INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL);
CREATE TABLE row (record INTEGER, line INTEGER, payload TEXT, PRIMARY KEY (record, line)) WITHOUT ROWID;
"""


class Spool:
    """A temporary store of rows by record, records in the order of their first row, rows in the order of the file."""

    def __init__(self, folder: Path | None = None):
        """`folder`: where there is room on disk; None = the system's place for temporary files."""
        self._folder = tempfile.TemporaryDirectory(dir=folder, prefix="import-")
        self._store = sqlite3.connect(Path(self._folder.name) / "rows.sqlite", isolation_level=None)
        self._store.executescript(_SCHEMA)
        self._store.execute("BEGIN")
        self._waiting: list[tuple[int, int, str]] = []
        self._last: tuple[str, int] = ("", 0)
        self.records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()
        self._folder.cleanup()

    def add(self, key: str, row: Row) -> None:
        """Keep one row of the record `key`."""
        self._waiting.append((self._record(key), row.line, json.dumps(row.values, ensure_ascii=False)))
        if len(self._waiting) >= _PAGES:
            self._flush()

    def groups(self) -> Iterator[tuple[str, list[Row], int]]:
        """(key, rows, how many) of each record; of one that has too many rows, only the first."""
        self._flush()
        reader = self._store.cursor()
        reader.execute(
            "SELECT key, line, payload FROM row JOIN record ON record.id = row.record ORDER BY record, line"
        )
        for key, group in itertools.groupby(reader, key=operator.itemgetter(0)):
            rows, count = [], 0
            for _key, line, payload in group:
                count += 1
                if count <= MOST_ROWS:
                    rows.append(Row(line, json.loads(payload)))
            yield str(key), rows, count

    def _record(self, key: str) -> int:
        """The record's place. Most files hold a record's rows together, so the last one is remembered."""
        if key == self._last[0] and self._last[1]:
            return self._last[1]
        found = self._store.execute("SELECT id FROM record WHERE key = ?", [key]).fetchone()
        if found is None:
            self.records += 1
            self._store.execute("INSERT INTO record VALUES (?, ?)", [self.records, key])
            found = (self.records,)
        self._last = (key, found[0])
        return int(found[0])

    def _flush(self) -> None:
        self._store.executemany("INSERT INTO row VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()
