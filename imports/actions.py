"""The one verb of this room: take in a batch of history from another tool (decision 24)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from accounts import settings
from core import errors
from core.actor import Actor
from customers.models import Customer
from imports import writing
from imports.directory import Directory
from imports.models import ImportedRecord
from imports.records import Problem, Record
from tickets.models import ExternalReference, Ticket


@dataclass
class Outcome:
    """What became of a batch: the records of each kind, and those that were left alone, with the reason."""

    made: list[Record] = field(default_factory=list)
    updated: list[Record] = field(default_factory=list)
    unchanged: list[Record] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        for name in ("made", "updated", "unchanged", "refused", "tickets"):
            getattr(self, name).extend(getattr(other, name))


def import_history(
    records: Sequence[Record], *, customer: Customer, system: str, by: Actor, at: dt.datetime
) -> Outcome:
    """Write records of another tool as imported history, or bring those taken in before up to date (decision 24).

    Sends nothing, starts no clock, runs no rule: entries carry the source's `at`, are owed to no reader, and are
    recorded now. The external reference (system, number) makes a record one ticket, however often it comes. A record
    that the database refuses is left out with the reason, the others stand; one that was worked on here since is left
    alone. Raises Forbidden, Conflict (two imports of one source at once). Records what the source tells.
    """
    settings.require(by, "import.run", customer.pk)
    _one_at_a_time(customer, system)
    try:
        with transaction.atomic():
            return _write(records, Directory(customer, system, by, at))
    except (IntegrityError, DataError) as error:
        if len(records) == 1:
            return Outcome(refused=[_refusal(records[0], error)])
    outcome = Outcome()
    for record in records:  # one of them is at fault: find out which
        outcome.add(import_history([record], customer=customer, system=system, by=by, at=at))
    return outcome


def _write(records: Sequence[Record], directory: Directory) -> Outcome:
    outcome = Outcome()
    mine = _imported(records, directory)
    taken = _taken(records, directory)
    new: list[Record] = []
    changed: list[tuple[ImportedRecord, Record]] = []
    for record in records:
        imported = mine.get(record.key)
        if imported is None:
            outcome.refused.extend([_left_alone(record, taken[record.key])] if record.key in taken else [])
            new.extend([record] if record.key not in taken else [])
        elif _is_known(imported, record):
            outcome.unchanged.append(record)
        elif imported.ticket.version != imported.ticket_version:
            outcome.refused.append(_worked_on(record, imported.ticket))
        else:
            changed.append((imported, record))
    directory.look_up([*new, *(record for _imported, record in changed)])
    outcome.tickets = writing.insert(new, directory)
    if changed:
        writing.update(changed, directory)
    outcome.made, outcome.updated = new, [record for _imported, record in changed]
    return outcome


def _one_at_a_time(customer: Customer, system: str) -> None:
    """Two imports of one source wait for each other, batch by batch; both then find what the other has written."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [f"import {system}", customer.pk]
            )
    except OperationalError as error:
        raise errors.Conflict(
            f"Another import from {system} is writing for {customer.slug}: try later."
        ) from error


def _imported(records: Sequence[Record], directory: Directory) -> dict[str, ImportedRecord]:
    rows = ImportedRecord.objects.select_for_update(of=("self",)).select_related("ticket")
    mine = rows.filter(
        customer=directory.customer, system=directory.system, reference__in=[record.key for record in records]
    )
    return {one.reference: one for one in mine}


def _taken(records: Sequence[Record], directory: Directory) -> dict[str, str]:
    """Numbers that a ticket of ours refers to already without having come from there."""
    rows = ExternalReference.objects.filter(
        customer=directory.customer, system=directory.system, reference__in=[record.key for record in records]
    )
    return dict(rows.filter(ticket__imported=None).values_list("reference", "ticket__number"))


def _is_known(imported: ImportedRecord, record: Record) -> bool:
    """Nothing new: the same, or an older state of the source whose end was taken in already."""
    if (imported.steps, imported.steps_digest) == (len(record.steps), record.digest(len(record.steps))):
        return imported.facts_digest == record.facts_digest()
    return len(record.steps) < imported.steps


def _left_alone(record: Record, number: str) -> Problem:
    return Problem(
        record.steps[0].line, f"{number} refers to “{record.key}” and was not imported: it is left alone.", record.key,
        rows=record.rows,
    )  # fmt: skip


def _worked_on(record: Record, ticket: Ticket) -> Problem:
    return Problem(
        record.steps[0].line, f"{ticket.number} was worked on here since it was imported: it is left alone.",
        record.key, rows=record.rows,
    )  # fmt: skip


def _refusal(record: Record, error: Exception) -> Problem:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or "unknown"
    return Problem(
        record.steps[0].line,
        f"The database refuses “{record.key}” (rule “{name}”).",
        record.key,
        rows=record.rows,
    )
