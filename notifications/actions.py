"""What a person may do to a mail that was given up."""

import datetime as dt

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from journal import recording
from notifications import events
from notifications.choices import State
from notifications.models import Message


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
