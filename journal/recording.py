"""`record()`: one entry, its in-transaction subscribers in the order of the wiring, one delivery per outside reader."""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import cast

from django.db import transaction

from core import bulk
from journal.events import Event
from journal.models import Delivery, Entry

Subscriber = Callable[[Event], None]
Reader = Callable[[Entry], None]
AfterCommit = Callable[[list[Entry]], None]

request_id: ContextVar[str] = ContextVar("request_id", default="")


@dataclass
class Wiring:
    """Who listens to what. Filled once by `itsm.wiring.connect()`; `readers` by name, for the relay."""

    subscribers: list[tuple[type[Event], Subscriber]] = field(default_factory=list)
    outside: list[tuple[type[Event], str]] = field(default_factory=list)
    readers: dict[str, Reader] = field(default_factory=dict)
    after_commit: list[AfterCommit] = field(default_factory=list)

    def clear(self) -> None:
        for one in (self.subscribers, self.outside, self.readers, self.after_commit):
            one.clear()


wiring = Wiring()


def subscribe(event: type[Event], subscriber: Subscriber) -> None:
    """Call `subscriber(event)` inside the transaction of every entry of this class or a subclass."""
    wiring.subscribers.append((event, subscriber))


def deliver(name: str, events: Iterable[type[Event]], reader: Reader) -> None:
    """Owe every entry of these classes to `reader(entry)`, after commit, until it succeeds."""
    wiring.readers[name] = reader
    wiring.outside.extend((event, name) for event in events)


def after_commit(hook: AfterCommit) -> None:
    """Call `hook(entries)` once the transaction is committed: a wake-up call, errors swallowed, never a promise."""
    wiring.after_commit.append(hook)


def record(event: Event) -> Entry:
    """Write the entry of `event`, run its subscribers, owe it to its readers. Must run inside a scope."""
    entry = _entry_of(event, Entry())
    bulk.create([entry])
    for kind, subscriber in wiring.subscribers:
        if isinstance(event, kind):
            subscriber(event)
    _owe([(event, entry)])
    _tell_after_commit(entry)
    return entry


def record_many(events: Iterable[Event]) -> list[Entry]:
    """Write the entries of a batch action in one INSERT, and owe them to their readers; no subscribers run."""
    events = list(events)
    blank = Entry()
    entries = [_entry_of(event, blank) for event in events]
    bulk.create(entries)
    _owe(list(zip(events, entries, strict=True)))
    if entries:
        _tell_after_commit(*entries)
    return entries


def _owe(told: list[tuple[Event, Entry]]) -> None:
    """Owe each entry to the outside readers of its event, in one statement."""
    owed = [(entry, name) for event, entry in told for name in _readers_of(event)]
    if not owed:
        return
    bulk.repeat(
        Delivery(),
        {
            "customer": [entry.customer_id for entry, _name in owed],
            "compartment": [entry.compartment for entry, _name in owed],
            "entry": [entry.pk for entry, _name in owed],
            "reader": [name for _entry, name in owed],
        },
    )


def _readers_of(event: Event) -> dict[str, None]:
    return dict.fromkeys(name for kind, name in wiring.outside if isinstance(event, kind))


def _entry_of(event: Event, blank: Entry) -> Entry:
    return cast("Entry", bulk.like(blank, _columns(event)))


def _columns(event: Event) -> dict:
    return {
        "customer_id": event.customer_id,
        "compartment": event.compartment,
        "name": event.name,
        "version": event.version,
        "audience": event.audience,
        "at": event.at,
        "actor_kind": event.by.kind,
        "actor_id": event.by.id,
        "actor_label": event.by.label[:200],
        "subject_kind": event.subject.journal_kind,
        "subject_id": event.subject.pk,
        "subject_label": event.subject.journal_label[:200],
        "data": event.payload(),
        "request_id": request_id.get(),
    }


def _tell_after_commit(*entries: Entry) -> None:
    for hook in wiring.after_commit:
        transaction.on_commit(lambda hook=hook: hook(list(entries)), robust=True)
