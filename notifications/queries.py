"""Reads for the page on which an administrator looks at the mail that left, or did not."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from notifications.models import Message

ORDER = ("-id",)  # for core.pagination.keys: newest first


def mails(actor: Actor, *, state: str = "", words: str = "") -> QuerySet:
    """The mails that this actor may read, to be paged by `ORDER`; `words`: an address, or a record's number.

    Raises Forbidden without "mail.read".
    """
    rows = _readable(actor).select_related("customer")
    if state:
        rows = rows.filter(state=state)
    if words.strip():
        one = words.strip()
        rows = rows.filter(recipient=one.lower()) if "@" in one else rows.filter(topic=one.upper())
    return rows


def get_mail(actor: Actor, message_id: int) -> Message:
    """One mail with its text. Raises Forbidden, NotFound."""
    message = (
        _readable(actor).select_related("customer", "entry", "merged_into").filter(pk=message_id).first()
    )
    if message is None:
        raise errors.NotFound(_("There is no such mail."))
    return message


def _readable(actor: Actor) -> QuerySet:
    if not actor.may("mail.read"):
        raise errors.Forbidden(_("Only an administrator reads the mail that was sent: ask one."))
    rows = Message.objects.visible_to(actor)
    if "mail.read" in actor.grants.get(None, ()):
        return rows
    return rows.filter(customer_id__in=[one for one in actor.grants if actor.may("mail.read", one)])
