"""Restricted tickets (8.7.3, and personnel matters): a closed list of people; breaking the glass leaves a trace."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts import compartments
from accounts.models import User
from accounts.roles import Role
from core import errors
from core.actor import NORMAL, Actor
from customers import scoping
from journal import recording
from tickets import events, locking, people, policy, processes, restricted, writing
from tickets.models import Ticket

GLASS_STAYS_BROKEN = dt.timedelta(hours=8)


def restrict(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    reason: str,
    members: Sequence[User] = (),
    with_requester: bool = False,
    version: int | None = None,
) -> Ticket:
    """Close a ticket, with all that hangs on it, to everybody but a list of people; again, to change the list.

    The actor and the assignee are always on it; the requester where `with_requester` says so.
    Raises Forbidden, NotAllowed, Invalid (no reason, somebody who does not work for this customer), Stale.
    Records `<kind>.restricted` behind the glass.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "restrict", row)
        processes.of(row).workflow.check(row, "restrict", reason=reason.strip())
        listed = _list(row, by, members, with_requester=with_requester)
        if row.compartment == NORMAL:
            _enclose(row, listed, by=by, at=at)
        else:
            compartments.replace(row.compartment, listed)
            writing.save(row, by=by, at=at, verb="restrict")
        names = [str(one) for one in listed]
        recording.record(events.Restricted(subject=row, by=by, at=at, reason=reason.strip(), members=names))
    return row


def lift_restriction(
    ticket: Ticket, *, by: Actor, at: dt.datetime, reason: str, version: int | None = None
) -> Ticket:
    """Open a restricted ticket to everybody who sees its customer. Raises Forbidden, NotAllowed, Invalid (it is not
    restricted, no reason), Stale. Records `<kind>.restriction_lifted`."""
    with locking.locked(ticket, version) as row:
        policy.require(by, "lift_restriction", row)
        processes.of(row).workflow.check(row, "lift_restriction", reason=reason.strip())
        row.compartment = NORMAL
        writing.save(row, by=by, at=at, verb="lift_restriction")
        row = Ticket.objects.get(pk=row.pk, customer_id=row.customer_id)
        recording.record(events.RestrictionLifted(subject=row, by=by, at=at, reason=reason.strip()))
    return row


def break_glass(number: str, *, by: Actor, at: dt.datetime, reason: str) -> Ticket:
    """See a restricted ticket for eight hours without being on its list; its people are told who looked and why.

    Raises Forbidden, NotFound (no such ticket, or one that is not closed to the actor), Invalid (no reason).
    Records `<kind>.glass_broken` behind the glass.
    """
    if not by.may("ticket.break_glass"):
        raise errors.Forbidden(
            _("You may not break the glass: it needs the role Team lead or Incident manager.")
        )
    if not reason.strip():
        raise errors.required("reason", _("Say why you must see it: its people will read this."))
    hidden = restricted.find_hidden(number, by)
    if hidden is None or hidden.compartment in by.compartments or by.user_id is None:
        raise errors.NotFound(_("There is no ticket of this number that is closed to you."))
    policy.require_permission(by, "ticket.break_glass", hidden.customer_id)
    until = at + GLASS_STAYS_BROKEN
    compartments.lend(hidden.compartment, by.user_id, until_at=until)
    scoping.admit(hidden.compartment)
    ticket = Ticket.objects.get(pk=hidden.ticket_id, customer_id=hidden.customer_id)
    recording.record(events.GlassBroken(subject=ticket, by=by, at=at, reason=reason.strip(), until=until))
    return ticket


def lock_away(row: Ticket, *, by: Actor, at: dt.datetime, reason: str) -> None:
    """Close a locked ticket to all but the actor, its assignee, its team's leads and the customer's; not an action."""
    led = User.objects.filter(memberships__team_id=row.team_id or 0, memberships__is_lead=True)
    members = {one.pk: one for one in (*people.workers(led, row.customer_id), *_leads(row))}
    listed = _list(row, by, list(members.values()), with_requester=False)
    if row.compartment == NORMAL:
        _enclose(row, listed, by=by, at=at)
    names = [str(one) for one in listed]
    recording.record(events.Restricted(subject=row, by=by, at=at, reason=reason, members=names))


def _leads(row: Ticket) -> list[User]:
    return list(people.holders(Role.TEAM_LEAD, row.customer_id))


def _list(row: Ticket, by: Actor, members: Sequence[User], *, with_requester: bool) -> list[User]:
    """Everybody who will see it, once each, by name."""
    for one in members:
        people.require_worker(one, row.customer_id, field="members")
    own = User.objects.filter(pk=by.user_id).first() if by.user_id else None
    asked = row.requester.user if with_requester and row.requester else None
    found = {one.pk: one for one in (*members, own, row.assignee, asked) if one is not None}
    if not found:
        raise errors.required("members", _("Name at least one person who will see it."))
    return sorted(found.values(), key=str)


def _enclose(row: Ticket, listed: list[User], *, by: Actor, at: dt.datetime) -> None:
    row.compartment = compartments.enclose(listed)
    scoping.admit(row.compartment)
    writing.save(row, by=by, at=at, verb="restrict")
