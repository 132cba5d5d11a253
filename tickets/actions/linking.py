"""Link and unlink: what one ticket is to another."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from journal import recording
from tickets import events, locking, policy, writing
from tickets.choices import LinkKind
from tickets.models import Link, Ticket


def link(ticket: Ticket, *, by: Actor, at: dt.datetime, kind: str, other: Ticket) -> Link:
    """Link `ticket` to `other`, both visible to the actor. Raises Forbidden, Invalid (itself, unknown kind), Conflict
    (linked already). Records `<kind>.linked`."""
    if kind not in LinkKind.values:
        raise errors.required(
            "kind", _("A link is one of: %(kinds)s.") % {"kinds": ", ".join(LinkKind.values)}
        )
    if other.pk == ticket.pk:
        raise errors.required("number", _("A ticket cannot be linked to itself."))
    with locking.locked(ticket) as row:
        policy.require(by, "link", row)
        made = _insert(row, kind, other, at)
        writing.touch(row, at=at)
        recording.record(events.Linked(subject=row, by=by, at=at, kind=kind, other=other.number))
    return made


def unlink(ticket: Ticket, *, by: Actor, at: dt.datetime, link_id: int) -> Ticket:
    """Take a link away. Raises Forbidden, NotFound. Records `<kind>.unlinked`."""
    with locking.locked(ticket) as row:
        policy.require(by, "link", row)
        found = row.links.select_related("other").filter(pk=link_id).first()
        if found is None:
            raise errors.NotFound(_("There is no such link on %(number)s.") % {"number": row.number})
        kind, other = found.kind, found.other.number
        found.delete()
        writing.touch(row, at=at)
        recording.record(events.Unlinked(subject=row, by=by, at=at, kind=kind, other=other))
    return row


def _insert(row: Ticket, kind: str, other: Ticket, at: dt.datetime) -> Link:
    try:
        with transaction.atomic():
            return Link.objects.create(
                customer_id=row.customer_id, compartment=row.compartment, ticket=row, kind=kind, other=other,
                other_customer_id=other.customer_id, other_compartment=other.compartment, created_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise errors.Conflict(
            _("%(one)s is linked to %(other)s like this already.")
            % {"one": row.number, "other": other.number}
        ) from error
