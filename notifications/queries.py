"""Reads of mail that left, or did not, for an administrator; and of what stands in one's own Inbox."""

from collections.abc import Collection

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from notifications.models import Message, Notice

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


def notices(actor: Actor) -> QuerySet[Notice]:
    """What wants the actor and is not done, newest first by `ORDER`, with the entry and the ticket."""
    rows = Notice.objects.visible_to(actor).waiting()
    return rows.select_related("entry", "ticket__customer").order_by(*ORDER)


def of_absent(actor: Actor, user_ids: Collection[int]) -> QuerySet[Notice]:
    """What wants these others, about tickets that the actor may see himself: for who is their deputy, newest first."""
    rows = Notice.objects.of_customers(actor).filter(user_id__in=user_ids, compartment__in=actor.compartments)
    return rows.waiting().select_related("entry", "ticket__customer").order_by(*ORDER)


def unread(actor: Actor) -> QuerySet:
    """One row {user_id, left}: how many tickets have something new for the actor; no row for none."""
    rows = Notice.objects.visible_to(actor).waiting().filter(read_at=None).order_by()
    return rows.values("user_id").annotate(left=Count("ticket_id", distinct=True))


def get_notice(actor: Actor, notice_id: int) -> Notice:
    """One of the actor's own. Raises NotFound."""
    found = notices(actor).filter(pk=notice_id).first()
    if found is None:
        raise errors.NotFound(_("There is no such notice in your Inbox."))
    return found


def get_own(actor: Actor, notice_id: int) -> Notice:
    """One of the actor's own, done with or not. Raises NotFound."""
    found = Notice.objects.visible_to(actor).filter(pk=notice_id).first()
    if found is None:
        raise errors.NotFound(_("There is no such notice in your Inbox."))
    return found


def _readable(actor: Actor) -> QuerySet:
    if not actor.may("mail.read"):
        raise errors.Forbidden(_("Only an administrator reads the mail that was sent: ask one."))
    rows = Message.objects.visible_to(actor)
    if "mail.read" in actor.grants.get(None, ()):
        return rows
    return rows.filter(customer_id__in=[one for one in actor.grants if actor.may("mail.read", one)])
