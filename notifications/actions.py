"""What a person may do to a mail that was given up, and to what stands in his own Inbox."""

import datetime as dt

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from journal import recording
from notifications import events
from notifications.choices import State
from notifications.models import Message, Notice
from tickets.models import Ticket


def retry(message: Message, *, by: Actor, at: dt.datetime) -> Message:
    """Send a mail that was given up once more, from the first attempt, under its old Message-ID.

    Raises Forbidden, NotFound, NotAllowed (it is not given up). Records message.retried.
    """
    if not by.may("delivery.retry", message.customer_id):
        raise errors.Forbidden(_("To send a mail again you need a role with “delivery.retry”."))
    rows = Message.objects.visible_to(by).select_for_update(of=("self",))
    row = rows.filter(pk=message.pk).first()
    if row is None:
        raise errors.NotFound(_("There is no such mail."))
    if row.state != State.DEAD:
        sentence = _("This mail is “%(state)s”: only one that was given up can be retried.")
        raise errors.NotAllowed(sentence % {"state": row.get_state_display()})
    row.state, row.available_at, row.attempts = State.QUEUED, at, 0
    row.was_resent, row.lease_until, row.lease_token = False, None, None
    row.save()
    recording.record(events.Retried(subject=row, by=by, at=at, error=row.last_error))
    return row


def mark_read(ticket: Ticket, *, by: Actor, at: dt.datetime) -> int:
    """Note that the actor has seen all that his Inbox says of this ticket. His own business: no entry. Returns how
    many notices were new."""
    return _of_ticket(ticket.pk, ticket.customer_id, by).filter(read_at=None).update(read_at=at)


def finish(notice: Notice, *, by: Actor, at: dt.datetime) -> int:
    """Be done with a notice and with all older ones about its ticket; what came later stays. Returns how many.

    Raises NotFound where it is somebody else's. Leaves no entry: an Inbox is its reader's own business.
    """
    if notice.user_id != by.user_id:
        raise errors.NotFound(_("There is no such notice in your Inbox."))
    rows = _of_ticket(notice.ticket_id, notice.customer_id, by).filter(done_at=None, id__lte=notice.pk)
    return rows.update(done_at=at, read_at=Coalesce(F("read_at"), at))


def take_up_again(notice: Notice, *, by: Actor) -> int:
    """Undo `finish`: what was done with at the same moment waits again. Raises NotFound. Returns how many."""
    if notice.user_id != by.user_id:
        raise errors.NotFound(_("There is no such notice in your Inbox."))
    rows = _of_ticket(notice.ticket_id, notice.customer_id, by)
    return (
        rows.filter(done_at=notice.done_at, id__lte=notice.pk).update(done_at=None) if notice.done_at else 0
    )


def _of_ticket(ticket_id: int, customer_id: int, by: Actor) -> QuerySet[Notice]:
    return Notice.objects.visible_to(by).filter(customer_id=customer_id, ticket_id=ticket_id)
