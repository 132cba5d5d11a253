"""Time spent on a ticket: write it down, correct it. An entry is never edited; what replaced it says why."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from core import errors
from core.actor import Actor
from journal import recording
from journal.events import plain
from tickets import locking, people, policy, processes, work_events, writing
from tickets.choices import TimeKind
from tickets.models import Ticket, TimeEntry

VERB = "log_time"
FIELDS = ("user", "started_at", "seconds", "kind", "is_billable", "note")


def log_time(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    seconds: int,
    kind: str = TimeKind.WORK,
    note: str = "",
    is_billable: bool = False,
    user: User | None = None,
    started_at: dt.datetime | None = None,
    version: int | None = None,
) -> Ticket:
    """Write down time that somebody (else: the actor) spent; without a start it ended just now.

    Raises Forbidden, NotAllowed, Invalid (no time, in the future, nobody of the desk), Stale.
    Records `<kind>.time_logged`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, VERB, row)
        processes.of(row).workflow.check(row, VERB, seconds=seconds)
        entry = TimeEntry(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, user=user or _myself(by),
            started_at=started_at or at - dt.timedelta(seconds=seconds), seconds=seconds, kind=kind,
            is_billable=is_billable, note=note.strip()[:500], recorded_at=at, recorded_by=by.label[:200],
        )  # fmt: skip
        _check(entry, at)
        entry.save(force_insert=True)
        writing.touch(row, at=at)
        recording.record(work_events.TimeLogged(subject=row, by=by, at=at, **_told(entry)))
    return row


def correct_time(
    entry: TimeEntry, *, by: Actor, at: dt.datetime, reason: str, fields: dict[str, Any]
) -> TimeEntry:
    """Put a corrected entry in the place of another, which stays readable; 0 seconds take the time back.

    Raises Forbidden, NotAllowed, NotFound, Conflict (corrected already), Invalid (no reason, nothing differs, in the
    future). Records `<kind>.time_corrected`.
    """
    if not reason.strip():
        raise errors.required("reason", _("Say why it is corrected."))
    with locking.locked(entry.ticket) as row:
        policy.require(by, VERB, row)
        processes.of(row).workflow.check(row, VERB, seconds=1)
        old = _current(row, entry)
        new = TimeEntry(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, supersedes=old,
            reason=reason.strip()[:300], recorded_at=at, recorded_by=by.label[:200],
            **{name: fields.get(name, getattr(old, name)) for name in FIELDS},
        )  # fmt: skip
        changes = {
            name: [plain(getattr(old, name)), plain(getattr(new, name))]
            for name in FIELDS
            if getattr(old, name) != getattr(new, name)
        }
        if not changes:
            raise errors.Invalid(_("Nothing differs: there is nothing to correct."))
        _check(new, at)
        new.save(force_insert=True)
        writing.touch(row, at=at)
        recording.record(
            work_events.TimeCorrected(
                subject=row, by=by, at=at, supersedes=old.pk, changes=changes, reason=new.reason, **_told(new)
            )
        )
    return new


def _current(row: Ticket, entry: TimeEntry) -> TimeEntry:
    old = row.time_entries.select_related("user").filter(customer_id=row.customer_id, pk=entry.pk).first()
    if old is None:
        raise errors.NotFound(_("There is no such time entry on %(number)s.") % {"number": row.number})
    if old.corrections.filter(customer_id=row.customer_id).exists():
        raise errors.Conflict(_("This entry was corrected already: correct the newer one."))
    return old


def _check(entry: TimeEntry, at: dt.datetime) -> None:
    people.require_worker(entry.user, entry.customer_id, field="user")
    if entry.seconds == 0 and entry.supersedes is None:
        raise errors.required("seconds", _("Say how long it took."))
    if entry.started_at + dt.timedelta(seconds=entry.seconds) > at + dt.timedelta(minutes=1):
        raise errors.required(
            "started_at", _("Time is written down when it is over: this ends in the future.")
        )


def _myself(by: Actor) -> User:
    found = User.objects.filter(pk=by.user_id).first() if by.user_id else None
    if found is None:
        raise errors.required("user", _("Say whose time this is."))
    return found


def _told(entry: TimeEntry) -> dict[str, Any]:
    return {
        "entry_id": entry.pk, "person": str(entry.user), "started_at": entry.started_at, "seconds": entry.seconds,
        "kind": entry.kind, "is_billable": entry.is_billable,
    }  # fmt: skip
