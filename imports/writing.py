"""A batch of records as rows: core, detail, reference, history and journal, each kind in a few multi-row INSERTs."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from core.actor import ActorKind
from imports import bulk, entries
from imports.directory import Directory
from imports.models import ImportedRecord
from imports.records import Record, Step
from incidents.models import Incident
from incidents.process import INCIDENT
from journal.events import Audience
from journal.models import Entry
from tickets import numbers
from tickets.choices import Channel, MessageKind, Origin
from tickets.models import ExternalReference, Message, Ticket


def insert(records: Sequence[Record], directory: Directory) -> list[Ticket]:
    """Write new records. Returns their tickets, in the same order."""
    drawn = numbers.draw(INCIDENT.prefix, len(records)) if records else []
    tickets = [
        Ticket(
            customer=directory.customer, kind=INCIDENT.kind, number=number, origin=Origin.IMPORT,
            matrix_version=directory.matrix.version, **_columns(record, directory),
        )
        for record, number in zip(records, drawn, strict=True)
    ]  # fmt: skip
    Ticket.objects.bulk_create(tickets, batch_size=bulk.CHUNK)
    details = [
        Incident(
            ticket=ticket,
            customer_id=ticket.customer_id,
            compartment=ticket.compartment,
            **_detail(record, directory),
        )
        for ticket, record in zip(tickets, records, strict=True)
    ]
    Incident.objects.bulk_create(details, batch_size=bulk.CHUNK)
    _references(tickets, records, directory)
    _descriptions(tickets, records)
    _history(Ticket, tickets, directory)
    _history(Incident, details, directory)
    told = [
        entry
        for ticket, record in zip(tickets, records, strict=True)
        for entry in [entries.opening(ticket, record), *entries.steps(ticket, None, record.steps, directory)]
    ]
    bulk.insert(Entry, entries.COLUMNS, told)
    return tickets


def update(pairs: Sequence[tuple[ImportedRecord, Record]], directory: Directory) -> None:
    """Bring records that were taken in before to what their source says now; only what is new is told."""
    rows = Ticket.objects.select_related("incident").in_bulk([imported.pk for imported, _record in pairs])
    told: list[entries.Told] = []
    for imported, record in pairs:
        ticket = rows[imported.pk]
        before = {
            name: getattr(ticket, name) for name in ("title", "resolved_at", "closed_at", "requester_id")
        }
        new = _new_steps(imported, record)
        told += entries.steps(ticket, _last(imported), new, directory)
        for name, value in _columns(record, directory).items():
            setattr(ticket, name, value)
        for name, value in _detail(record, directory).items():
            setattr(ticket.incident, name, value)
        changes = {name: [_text(was), _text(getattr(ticket, name))] for name, was in before.items()}
        changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        if changes and not new:
            told.append(entries.correction(ticket, changes, directory.at, directory.by.label))
        ticket.version += 1
        _remember(imported, ticket, record, directory.at)
    tickets = list(rows.values())
    columns = [*_columns(pairs[0][1], directory), "version"]
    Ticket.objects.bulk_update(tickets, columns, batch_size=bulk.CHUNK)
    details = [ticket.incident for ticket in tickets]
    Incident.objects.bulk_update(details, list(_detail(pairs[0][1], directory)), batch_size=bulk.CHUNK)
    ImportedRecord.objects.bulk_update([one for one, _record in pairs], _REMEMBERED, batch_size=bulk.CHUNK)
    _history(Ticket, tickets, directory, is_update=True)
    _history(Incident, details, directory, is_update=True)
    bulk.insert(Entry, entries.COLUMNS, told)


def _columns(record: Record, directory: Directory) -> dict[str, Any]:
    """What the ticket core holds of a record in its final state."""
    last = record.last
    judged = directory.matrix.judge(last.impact or 3, last.urgency or 3)
    site = directory.sites.get(last.site or "")
    return {
        "title": record.title,
        "state": last.state,
        "phase": INCIDENT.workflow.states[last.state].phase,
        "channel": record.channel,
        "impact": last.impact,
        "urgency": last.urgency,
        "priority": last.priority,
        "priority_override": last.priority if last.priority != judged else None,
        "requester": directory.person(record),
        "site": site,
        "service_id": directory.services.get(last.service or ""),
        "category": directory.category(last.category, last.subcategory),
        "team": directory.teams.get(last.team or ""),
        "assignee": directory.users.get(last.assignee or ""),
        "hold_kind": last.hold if last.state == "on_hold" else "",
        "opened_at": record.opened_at,
        "updated_at": max([step.at for step in record.steps if step.at], default=record.opened_at),
        "resolved_at": record.resolved_at,
        "closed_at": record.closed_at,
        "reopen_count": record.reopen_count,
    }


def _detail(record: Record, directory: Directory) -> dict[str, Any]:
    extra = dict(record.extra)
    if record.last.service and record.last.service not in directory.services:
        extra["service"] = record.last.service
    return {"code": record.code, "resolution": record.resolution, "extra": extra}


def _references(tickets: Sequence[Ticket], records: Sequence[Record], directory: Directory) -> None:
    pairs = list(zip(tickets, records, strict=True))
    bulk.insert(
        ExternalReference,
        ("customer_id", "compartment", "ticket_id", "system", "reference", "url"),
        [
            (one.customer_id, one.compartment, one.pk, directory.system, record.key, record.url)
            for one, record in pairs
        ],
    )
    remembered = []
    for ticket, record in pairs:
        imported = ImportedRecord(
            ticket=ticket, customer_id=ticket.customer_id, compartment=ticket.compartment,
            system=directory.system, reference=record.key, imported_at=directory.at,
        )  # fmt: skip
        _remember(imported, ticket, record, directory.at)
        remembered.append(imported)
    ImportedRecord.objects.bulk_create(remembered, batch_size=bulk.CHUNK)


_REMEMBERED = ["steps", "steps_digest", "facts_digest", "last", "ticket_version", "updated_at"]


def _remember(imported: ImportedRecord, ticket: Ticket, record: Record, at: dt.datetime) -> None:
    last = dataclasses.asdict(record.last)
    imported.steps, imported.steps_digest = len(record.steps), record.digest(len(record.steps))
    imported.facts_digest = record.facts_digest()
    imported.last = last | {"at": last["at"].isoformat() if last["at"] else None}
    imported.ticket_version, imported.updated_at = ticket.version, at


def _last(imported: ImportedRecord) -> Step:
    at = imported.last["at"]
    return Step(**{**imported.last, "at": dt.datetime.fromisoformat(at) if at else None})


def _new_steps(imported: ImportedRecord, record: Record) -> list[Step]:
    """What the source has added; where it has rewritten the past, only where it stands now."""
    if record.digest(imported.steps) == imported.steps_digest:
        return record.steps[imported.steps :]
    return record.steps[-1:]


def _descriptions(tickets: Sequence[Ticket], records: Sequence[Record]) -> None:
    Message.objects.bulk_create(
        [
            Message(
                customer_id=ticket.customer_id, compartment=ticket.compartment, ticket=ticket,
                kind=MessageKind.OPENING, audience=Audience.PUBLIC, body=record.description,
                channel=record.channel if record.channel in Channel.values else Channel.DESK,
                author_kind=ActorKind.SYSTEM, author_label=_author(ticket, record), person=ticket.requester,
                is_from_customer=ticket.requester_id is not None, is_human=True, at=record.opened_at,
            )
            for ticket, record in zip(tickets, records, strict=True)
            if record.description
        ],
        batch_size=bulk.CHUNK,
    )  # fmt: skip


def _author(ticket: Ticket, record: Record) -> str:
    return (ticket.requester.name if ticket.requester else record.opened_by)[:200]


def _history(model: Any, rows: list[Any], directory: Directory, *, is_update: bool = False) -> None:
    bulk.keep_history(
        model,
        [row.pk for row in rows],
        at=directory.at,
        reason=f"import by {directory.by.key}",
        is_update=is_update,
    )


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
