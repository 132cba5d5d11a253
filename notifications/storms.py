"""One digest instead of a storm: more than twenty alarms for one recipient in five minutes become one mail.

Bundled per customer, because a message belongs to one customer. Alarms of restricted tickets stay alone.
"""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from core.actor import NORMAL
from notifications import layout, links
from notifications.choices import OWED, Kind, State
from notifications.models import Message
from notifications.texts import Text

MOST = 20
WINDOW = dt.timedelta(minutes=5)


def calm(rows: list[Message], *, at: dt.datetime) -> list[Message]:
    """The rows that may go now. Alarms of a storm are merged into a digest, or wait for the next one."""
    alarms = {one.recipient for one in rows if _can_bundle(one)}
    stormy = {recipient for recipient in alarms if _is_storm(recipient, at)}
    kept = [one for one in rows if not (_can_bundle(one) and one.recipient in stormy)]
    for recipient in sorted(stormy):
        kept += _bundle(recipient, at)
    return kept


def _can_bundle(one: Message) -> bool:
    return (
        one.kind == Kind.ALARM
        and one.state == State.QUEUED
        and not one.is_digest
        and one.compartment == NORMAL
    )


def _alarms(recipient: str):
    return Message.objects.filter(kind=Kind.ALARM, recipient=recipient)


def _is_storm(recipient: str, at: dt.datetime) -> bool:
    recent = _alarms(recipient).filter(created_at__gt=at - WINDOW).exclude(state=State.STORED)
    return recent.count() > MOST


def _bundle(recipient: str, at: dt.datetime) -> list[Message]:
    """Merge what waits for this recipient; where a digest left just now, put it off until the next is due."""
    waiting = _alarms(recipient).filter(state=State.QUEUED, is_digest=False, compartment=NORMAL)
    digests = _alarms(recipient).filter(is_digest=True)
    last = digests.filter(Q(sent_at__gt=at - WINDOW) | Q(state__in=OWED)).order_by("-id").first()
    if last is not None:
        waiting.update(available_at=(last.sent_at or at) + WINDOW, lease_until=None)
        return []
    by_customer: dict[int, list[Message]] = {}
    for one in waiting.select_for_update(skip_locked=True, of=("self",)).order_by("id"):
        by_customer.setdefault(one.customer_id, []).append(one)
    return [merge(group, _text) for group in by_customer.values()]


def merge(group: list[Message], write: Callable[[list[Message]], Text]) -> Message:
    """One mail of several to one recipient: the oldest carries all the others, in the words of `write`."""
    carrier, others = group[0], group[1:]
    if not others:
        return carrier
    with translation.override(carrier.language):
        text = write(group)
        bodies = layout.lay_out(text, carrier.language)
    carrier.is_digest, carrier.subject, carrier.text, carrier.html = (
        True,
        text.subject,
        bodies["text"],
        bodies["html"],
    )
    carrier.save(update_fields=["is_digest", "subject", "text", "html"])
    ids = [one.pk for one in others]
    Message.objects.filter(id__in=ids).update(state=State.MERGED, merged_into=carrier, lease_until=None)
    return carrier


def _text(group: list[Message]) -> Text:
    return Text(
        subject=_("%(count)s alarms") % {"count": len(group)},
        lines=[
            _(
                "%(count)s alarms came within a few minutes; here they are in one mail, in the order they came."
            )
            % {"count": len(group)}
        ],
        links=[(one.subject, links.to_record(one.topic)) for one in group],
        why=_("You get this mail because these tickets are in your hands or in those of your team."),
    )
