"""One import from a file to its account: read whole and put in order first, then written batch after batch.

Memory is bounded by a batch, whatever the size of the file: rows wait on disk. A run that was interrupted is simply
started again: what stands already is found unchanged.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from core.actor import Actor
from customers import scoping
from customers.models import Customer
from imports import actions, rows
from imports.errors import RowError
from imports.lines import TextFile
from imports.mapping import MappingFile
from imports.models import ImportedRecord
from imports.records import Levels, Problem, Reader, Record
from imports.report import Account, Skipped
from imports.rows import Broken
from imports.spool import Spool
from tickets import reference

RECORDS, ROWS = 500, 5_000  # of one batch, whichever comes first
_EVERY = 2_000  # rows between two steps of the progress bar
Progress = Callable[[str, int, int], None]  # (what, done, of how many)
Take = Callable[
    [actions.Outcome], int
]  # what else is to be done with a batch; returns how many clocks it started


def _silent(_what: str, _done: int, _total: int) -> None:
    """No progress bar."""


@dataclass(frozen=True)
class Order:
    """What to import for whom. `take` sees each batch inside its transaction; `folder` has room for the file."""

    path: str
    mapping: MappingFile
    customer: Customer
    by: Actor
    is_rehearsal: bool = False
    take: Take | None = None
    folder: Path | None = None
    progress: Progress = field(default=_silent)


def run(order: Order, skipped: Skipped) -> Account:
    """Import a file. Raises BadFileError and BadMappingError before anything is written; Forbidden, Conflict."""
    account = Account()
    with Spool(order.folder) as spool:
        reader = Reader(order.mapping, _levels(order))
        _read(order, reader, spool, skipped, account)
        account.records_read = spool.records
        for batch in _batches(_records(reader, spool, skipped, account)):
            _write(order, batch, skipped, account)
            order.progress("Importing", account.records_kept + account.records_left_out, spool.records)
    return account


def _levels(order: Order) -> Levels:
    with scoping.scope([order.customer.pk], compartments=order.by.compartments):
        matrix = reference.matrix_in_force()
        return Levels(frozenset(one.level for one in reference.priorities()), matrix.judge)


def _read(order: Order, reader: Reader, spool: Spool, skipped: Skipped, account: Account) -> None:
    """Every row of the file into the spool, or among what is skipped."""
    with TextFile(order.path, order.mapping.encoding) as file:
        for row in rows.read(file, order.mapping):
            account.rows_read += 1
            if isinstance(row, Broken):
                skipped.add(Problem(row.line, row.reason, text=row.text))
            else:
                try:
                    spool.add(reader.key(row), row)
                except RowError as error:
                    skipped.add(Problem(row.line, str(error)))
            if account.rows_read % _EVERY == 0:
                order.progress("Reading", file.position, file.size)


def _records(reader: Reader, spool: Spool, skipped: Skipped, account: Account) -> Iterator[Record]:
    for key, found, count in spool.groups():
        record, problems = reader.record(key, found, count)
        for problem in problems:
            skipped.add(problem)
        if record is None:
            account.records_left_out += 1
        else:
            yield record


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch, size = list[Record](), 0
    for record in records:
        batch.append(record)
        size += record.rows
        if len(batch) >= RECORDS or size >= ROWS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write(order: Order, batch: list[Record], skipped: Skipped, account: Account) -> None:
    """One batch in a transaction of its own, read back before it ends; a rehearsal takes it back."""
    with ExitStack() as stack:
        here = stack.enter_context(scoping.scope([order.customer.pk], compartments=order.by.compartments))
        outcome = actions.import_history(
            batch, customer=order.customer, system=order.mapping.system, by=order.by, at=here.at
        )
        kept = [*outcome.made, *outcome.updated, *outcome.unchanged]
        if order.take is not None:
            account.clocks_started += order.take(outcome)
        account.here.count_tickets(_read_back(order, kept))
        if order.is_rehearsal:
            transaction.set_rollback(True)
    account.source.count_records(kept)
    account.rows_kept += sum(record.rows for record in kept)
    account.made += len(outcome.made)
    account.updated += len(outcome.updated)
    account.unchanged += len(outcome.unchanged)
    account.records_left_out += len(outcome.refused)
    for problem in outcome.refused:
        skipped.add(problem)


def _read_back(order: Order, kept: list[Record]) -> list[tuple[str, int]]:
    """State and priority as the database has them now."""
    found = ImportedRecord.objects.filter(
        customer=order.customer, system=order.mapping.system, reference__in=[record.key for record in kept]
    )
    return list(found.values_list("ticket__state", "ticket__priority"))
