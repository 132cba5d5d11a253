"""Merge and unmerge: one fault reported twice is worked on once. Rows stay where they are, so that it can be undone."""

import datetime as dt
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from journal import recording
from journal.events import plain
from tickets import events, life, locking, policy, processes, writing
from tickets.actions import hands, holding, watching
from tickets.choices import LinkKind
from tickets.models import Link, Merge, Ticket

UNDO_WITHIN = dt.timedelta(hours=24)
STORED = (
    "state", "phase", "hold_kind", "hold_reason_id", "hold_until", "chase_at", "chase_count",
    "resolved_at", "closed_at",
)  # fmt: skip
INSTANTS = ("hold_until", "chase_at", "resolved_at", "closed_at")


def merge(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    into: Ticket,
    participant: bool = False,
    version: int | None = None,
) -> Ticket:
    """Close `ticket` as a duplicate of `into`, a ticket of the same customer (clocks.md, Moves). The other one's clocks
    start at the earlier receipt; this one's end as merged and keep their breaches. A supplier who has it in hand is
    told that nothing more is asked of him. `participant`: the requester of this one takes part in the other.

    Raises Forbidden (on either), NotAllowed, Invalid (itself, another customer, another kind, ended), Stale.
    Records `<kind>.merged` here and `<kind>.absorbed` there.
    """
    with locking.locked(ticket, version) as row, locking.locked(into) as other:
        policy.require(by, "merge", row)
        process = processes.of(row)
        process.workflow.check(row, "merge", into=other)
        _check_pair(row, other, by)
        detail = process.detail._default_manager.get(pk=row.pk) if process.detail else None
        made = Merge(
            customer_id=row.customer_id, compartment=row.compartment, ticket=row, into=other,
            into_compartment=other.compartment, merged_at=at, by_label=by.label[:200],
            stored={name: plain(getattr(row, name)) for name in STORED},
            detail={name: plain(getattr(detail, name)) for name in process.merged},
        )  # fmt: skip
        left = process.workflow.move(row, "merge", at=at)
        hands.close(row, by=by, at=at, cause="merged")
        holding.clear(row)
        life.plan(row, at)
        made.added_participant = participant and watching.let_in(other, row.requester, at=at)
        made.save(force_insert=True)
        _say_duplicate(row, other, at)
        _save(row, detail, process.merged_values(other), by=by, at=at, verb="merge")
        watching.follow(row, other, at=at)
        recording.record(
            events.Merged(subject=row, by=by, at=at, from_state=left, to_state=row.state, into=other.number)
        )
        writing.touch(other, at=at)
        recording.record(
            events.Absorbed(subject=other, by=by, at=at, other=row.number, since=earliest_receipt(other))
        )
    return row


def unmerge(ticket: Ticket, *, by: Actor, at: dt.datetime, version: int | None = None) -> Ticket:
    """Take a duplicate out again, within 24 hours: its state and clocks are as they were stored, and a supplier from
    whom the merge took it has it in hand again.

    Raises Forbidden, NotAllowed (not merged, too late), Stale. Records `<kind>.unmerged` and `<kind>.released`.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "unmerge", row)
        process = processes.of(row)
        process.workflow.check(row, "unmerge")
        made = find_merge(row)
        assert made is not None  # the workflow has asked
        if at > made.merged_at + UNDO_WITHIN:
            raise errors.Invalid(
                _("%(number)s was merged more than 24 hours ago: open a new ticket instead.")
                % {"number": row.number}
            )
        with locking.locked(made.into) as other:
            detail = process.detail._default_manager.get(pk=row.pk) if process.detail else None
            left = row.state
            _put_back(row, made)
            _save(row, detail, made.detail, by=by, at=at, verb="unmerge")
            hands.give_again(row, made.merged_at, by=by, at=at)
            made.undone_at = at
            made.save(update_fields=["undone_at"])
            Link.objects.filter(
                customer_id=row.customer_id, ticket=row, other=other, kind=LinkKind.DUPLICATE_OF
            ).delete()
            if made.added_participant:
                watching.let_out(other, row.requester)
            recording.record(
                events.Unmerged(
                    subject=row, by=by, at=at, from_state=left, to_state=row.state, into=other.number,
                    merged_at=made.merged_at,
                )
            )  # fmt: skip
            writing.touch(other, at=at)
            recording.record(
                events.Released(subject=other, by=by, at=at, other=row.number, since=earliest_receipt(other))
            )
    return row


def refusal(ticket: Ticket, into: Ticket, *, by: Actor) -> str:
    """Why this one cannot go into that one now, as `merge` would say it; empty where it can."""
    try:
        policy.require(by, "merge", ticket)
        processes.of(ticket).workflow.check(ticket, "merge", into=into)
        _check_pair(ticket, into, by)
    except errors.Refused as refused:
        return str(refused.detail)
    return ""


def find_merge(ticket: Ticket) -> Merge | None:
    """The merge that this ticket went into another one by, if it stands."""
    rows = Merge.objects.filter(customer_id=ticket.customer_id, ticket=ticket, undone_at=None)
    return rows.select_related("into").first()


def earliest_receipt(ticket: Ticket) -> dt.datetime:
    """When the first of all that is merged into this ticket was received, its own receipt included."""
    rows = Merge.objects.filter(customer_id=ticket.customer_id, into=ticket, undone_at=None)
    return min([ticket.opened_at, *rows.values_list("ticket__opened_at", flat=True)])


def _check_pair(row: Ticket, other: Ticket, by: Actor) -> None:
    if other.pk == row.pk:
        raise errors.required("into", _("A ticket cannot be merged into itself."))
    if other.customer_id != row.customer_id:
        raise errors.required(
            "into",
            _(
                "Only tickets of one customer are merged. Where it was filed wrongly, move it to the other one."
            ),
        )
    if other.kind != row.kind or other.compartment != row.compartment:
        raise errors.required("into", _("%(number)s is of another kind.") % {"number": other.number})
    if not other.is_open:
        raise errors.required(
            "into",
            _("%(number)s is no longer open: merge into the one that is worked on.")
            % {"number": other.number},
        )
    policy.require(by, "merge", other)


def _say_duplicate(row: Ticket, other: Ticket, at: dt.datetime) -> None:
    Link.objects.get_or_create(
        customer_id=row.customer_id, ticket=row, kind=LinkKind.DUPLICATE_OF, other=other,
        defaults={
            "compartment": row.compartment, "other_customer_id": other.customer_id,
            "other_compartment": other.compartment, "created_at": at,
        },
    )  # fmt: skip


def _put_back(row: Ticket, made: Merge) -> None:
    for name in STORED:
        value = made.stored[name]
        setattr(row, name, parse_datetime(value) if name in INSTANTS and value else value)


def _save(row: Ticket, detail: Any, values: dict[str, Any], *, by: Actor, at: dt.datetime, verb: str) -> None:
    writing.save(row, by=by, at=at, verb=verb)
    if detail is not None:
        for name, value in values.items():
            setattr(detail, name, value)
        writing.dated(detail, by=by, at=at, verb=verb)
        detail.save()
