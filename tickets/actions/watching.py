"""Who follows a ticket: watchers of the desk, each on his own list; participants of the customer, who see it too."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import Person
from core import errors
from core.actor import Actor
from journal import recording
from tickets import events, locking, policy, processes
from tickets.models import Participant, Ticket, Watcher


def watch(ticket: Ticket, *, by: Actor, at: dt.datetime) -> Ticket:
    """Follow a ticket that others have in hand. Raises Forbidden (a program has no eyes). Records
    `<kind>.watch_changed`; nothing where he follows it already."""
    with locking.locked(ticket) as row:
        policy.require(by, "watch", row)
        if by.user_id is None:
            raise errors.Forbidden(_("Only people follow tickets."))
        if _watch(row, by.user_id, at):
            recording.record(events.WatchChanged(subject=row, by=by, at=at, is_watching=True))
    return row


def unwatch(ticket: Ticket, *, by: Actor, at: dt.datetime) -> Ticket:
    """Follow it no more. Raises Forbidden. Records `<kind>.watch_changed`; nothing where he did not."""
    with locking.locked(ticket) as row:
        policy.require(by, "watch", row)
        gone, _rows = Watcher.objects.filter(
            customer_id=row.customer_id, ticket=row, user_id=by.user_id
        ).delete()
        if gone:
            recording.record(events.WatchChanged(subject=row, by=by, at=at, is_watching=False))
    return row


def add_participant(ticket: Ticket, *, by: Actor, at: dt.datetime, person: Person) -> Participant:
    """Let a person of the customer see the ticket, answer in it and be told of it.

    Raises Forbidden, NotAllowed, Invalid (another customer's, its requester, left). Records
    `<kind>.participant_added`; nothing where he takes part already.
    """
    with locking.locked(ticket) as row:
        policy.require(by, "involve", row)
        processes.of(row).workflow.check(row, "involve")
        if person.customer_id != row.customer_id or not person.is_active:
            raise errors.required("person", _("There is no such person at this customer."))
        if person.pk == row.requester_id:
            raise errors.required("person", _("%(name)s asked for it.") % {"name": person.name})
        if let_in(row, person, at=at):
            recording.record(
                events.ParticipantAdded(subject=row, by=by, at=at, person=person.name, person_id=person.pk)
            )
        return Participant.objects.get(customer_id=row.customer_id, ticket=row, person=person)


def remove_participant(ticket: Ticket, *, by: Actor, at: dt.datetime, participant_id: int) -> Ticket:
    """Take a person out again. Raises Forbidden, NotFound. Records `<kind>.participant_removed`."""
    with locking.locked(ticket) as row:
        policy.require(by, "involve", row)
        rows = Participant.objects.filter(customer_id=row.customer_id, ticket=row)
        found = rows.select_related("person").filter(pk=participant_id).first()
        if found is None:
            raise errors.NotFound(
                _("Nobody of this number takes part in %(number)s.") % {"number": row.number}
            )
        let_out(row, found.person)
        recording.record(
            events.ParticipantRemoved(
                subject=row, by=by, at=at, person=found.person.name, person_id=found.person_id
            )
        )
    return row


def let_in(row: Ticket, person: Person | None, *, at: dt.datetime) -> bool:
    """Write a participant's row; not an action. Whether there was none before."""
    if person is None or person.pk == row.requester_id:
        return False
    _made, is_new = Participant.objects.get_or_create(
        customer_id=row.customer_id, ticket=row, person=person,
        defaults={"compartment": row.compartment, "since_at": at},
    )  # fmt: skip
    return is_new


def let_out(row: Ticket, person: Person | None) -> None:
    """Delete a participant's row; not an action."""
    Participant.objects.filter(customer_id=row.customer_id, ticket=row, person=person).delete()


def follow(source: Ticket, into: Ticket, *, at: dt.datetime) -> None:
    """Who watched a duplicate watches what it went into; not an action."""
    watchers = Watcher.objects.filter(customer_id=source.customer_id, ticket=source)
    for user_id in watchers.values_list("user_id", flat=True):
        _watch(into, user_id, at)


def _watch(row: Ticket, user_id: int, at: dt.datetime) -> bool:
    _made, is_new = Watcher.objects.get_or_create(
        customer_id=row.customer_id, ticket=row, user_id=user_id,
        defaults={"compartment": row.compartment, "since_at": at},
    )  # fmt: skip
    return is_new
