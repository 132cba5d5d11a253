"""The six steps of every verb that takes a ticket from one state to another; a process adds what is its own."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from core.actor import Actor
from journal import recording
from tickets import events, life, locking, policy, processes, writing
from tickets.actions import holding
from tickets.choices import Phase
from tickets.models import Ticket

Also = Callable[[Ticket], None]


def move(
    ticket: Ticket,
    verb: str,
    *,
    by: Actor,
    at: dt.datetime,
    says: type[events.Moved],
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
    before: Also | None = None,
    also: Also | None = None,
) -> Ticket:
    """Carry out one transition: lock, policy, workflow, write, record.

    `given` are the verb's inputs: checked by the table, and the payload of the entry `says`. `before` runs on the
    locked row as it still stands, `also` on the moved one before it is saved (to set columns, to write the detail).
    Raises Forbidden, NotAllowed, Invalid, Stale.
    """
    given = dict(given or {})
    with locking.locked(ticket, version) as row:
        flow = processes.of(row).workflow
        policy.require(by, verb, row)
        flow.check(row, verb, **given)
        if before:
            before(row)
        left = flow.move(row, verb, at=at)
        if row.phase != Phase.WAITING:
            holding.clear(row)
        life.plan(row, at)
        if also:
            also(row)
        writing.save(row, by=by, at=at, verb=verb)
        recording.record(says(subject=row, by=by, at=at, from_state=left, to_state=row.state, **given))
    return row
