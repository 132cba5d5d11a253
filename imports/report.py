"""What came in, what became of it, and whether the two sides agree: the account of one import."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from core import tables
from imports.records import Problem, Record

SHOWN = 20


class Skipped:
    """The rows that were left out, written down as they come: a file for all, the first ones for the screen."""

    def __init__(self, path: Path):
        self.path, self.rows, self.first = path, 0, list[Problem]()
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, problem: Problem) -> None:
        """Write one down; the file is made with the first."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(["line", "rows", "record", "reason", "text"])
        cells = (problem.line, problem.rows, problem.key, problem.reason, problem.text)
        csv.writer(self._file).writerow([tables.harmless(cell) for cell in cells])
        self.rows += problem.rows
        if len(self.first) < SHOWN:
            self.first.append(problem)


@dataclass
class Side:
    """Records counted by what they are in the end, on one side of the import."""

    states: Counter[str] = field(default_factory=Counter)
    priorities: Counter[int] = field(default_factory=Counter)

    def count_records(self, records: list[Record]) -> None:
        """The source's side: as its last row says."""
        self.states.update(record.last.state for record in records)
        self.priorities.update(record.last.priority for record in records)

    def count_tickets(self, rows: list[tuple[str, int]]) -> None:
        """Our side: (state, priority) as read back from the database."""
        self.states.update(state for state, _priority in rows)
        self.priorities.update(priority for _state, priority in rows)

    @property
    def total(self) -> int:
        return sum(self.states.values())


@dataclass
class Account:
    """The reconciliation of one import. `rows_kept` are rows of records that stand; `judged` had no priority."""

    rows_read: int = 0
    rows_kept: int = 0
    records_read: int = 0
    made: int = 0
    updated: int = 0
    unchanged: int = 0
    records_left_out: int = 0
    clocks_started: int = 0
    source: Side = field(default_factory=Side)
    here: Side = field(default_factory=Side)

    @property
    def records_kept(self) -> int:
        return self.made + self.updated + self.unchanged

    def differences(self, rows_skipped: int) -> list[str]:
        """Every total that does not match; empty = reconciled."""
        pairs = [
            ("rows read", self.rows_read, "rows kept and skipped", self.rows_kept + rows_skipped),
            ("records in the source", self.records_read, "records kept and left out", self._records()),
            ("records kept", self.records_kept, "records found here", self.here.total),
        ]
        found = [
            f"{one} {first:,} ≠ {two} {second:,}" for one, first, two, second in pairs if first != second
        ]
        for name, theirs, ours in (
            ("state", self.source.states, self.here.states),
            ("priority", self.source.priorities, self.here.priorities),
        ):
            found += [
                f"{name} {one}: {theirs[one]:,} in the source ≠ {ours[one]:,} here"
                for one in sorted({*theirs, *ours})
                if theirs[one] != ours[one]
            ]
        return found

    def _records(self) -> int:
        return self.records_kept + self.records_left_out


def lines(account: Account, skipped: Skipped, *, is_rehearsal: bool) -> Iterator[str]:
    """The report, line by line."""
    verbs = ("would be made", "would be updated") if is_rehearsal else ("made", "updated")
    yield f"Rows read            {account.rows_read:>10,}"
    yield f"  kept               {account.rows_kept:>10,}"
    yield f"  skipped            {skipped.rows:>10,}"
    yield f"Records in the source{account.records_read:>10,}"
    yield f"  {verbs[0]:<19}{account.made:>10,}"
    yield f"  {verbs[1]:<19}{account.updated:>10,}"
    yield f"  {'unchanged':<19}{account.unchanged:>10,}"
    yield f"  {'left out':<19}{account.records_left_out:>10,}"
    if account.clocks_started:
        yield f"With live clocks     {account.clocks_started:>10,}"
    yield from _table("State", account.source.states, account.here.states)
    yield from _table("Priority", account.source.priorities, account.here.priorities)
    for problem in skipped.first:
        yield f"Skipped: line {problem.line}{_many(problem)}: {problem.reason}"
    if skipped.rows:
        yield f"All that was skipped: {skipped.path}"
    wrong = account.differences(skipped.rows)
    yield from (f"DOES NOT MATCH: {one}" for one in wrong)
    if not wrong:
        yield "Everything matches: every row is accounted for, and both sides count the same."
    if not wrong and not account.made and not account.updated:
        yield (
            "Nothing changed: all of this was here already." if account.unchanged else "Nothing was taken in."
        )


def _many(problem: Problem) -> str:
    return f" ({problem.rows} rows of {problem.key})" if problem.rows > 1 else ""


def _table(name: str, source: Counter, here: Counter) -> Iterator[str]:
    yield f"{name:<21}{'source':>10}{'here':>10}"
    for one in sorted({*source, *here}):
        yield f"  {one!s:<19}{source[one]:>10,}{here[one]:>10,}"
