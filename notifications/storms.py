"""One digest instead of a storm: more than twenty alarms for one recipient in five minutes, or that wait together,
become one mail; after an outage two that are late are enough, and they wait a minute for those behind them.

Bundled per customer, because a message belongs to one customer. Alarms of restricted tickets stay alone.
"""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from core import display
from core.actor import NORMAL
from journal.models import Entry
from notifications import layout, links
from notifications.choices import OWED, Kind, State
from notifications.models import Message
from notifications.texts import Text

MOST = 20
WINDOW = dt.timedelta(minutes=5)
OUTAGE_SECONDS = 600  # an alarm that is later than this was caught up with after an outage
SETTLING = dt.timedelta(minutes=1)


def calm(rows: list[Message], *, at: dt.datetime) -> list[Message]:
    """The rows that may go now. Alarms of a storm are merged into a digest, or wait for the next one."""
    alarms = {one.recipient for one in rows if _can_bundle(one)}
    stormy = {recipient for recipient in alarms if _is_storm(recipient, at)}
    kept = [one for one in rows if not (_can_bundle(one) and one.recipient in stormy)]
    for recipient in sorted(stormy):
        kept += _bundle(recipient, at)
    return kept


def is_late(entry: Entry) -> bool:
    """Whether this alarm was caught up with after an outage."""
    return (entry.data.get("late_seconds") or 0) >= OUTAGE_SECONDS


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
    if recent.count() > MOST:
        return True
    waiting = list(_waiting(recipient, at).select_related("entry")[: MOST + 1])
    return len(waiting) > MOST or sum(is_late(one.entry) for one in waiting) > 1


def _waiting(recipient: str, at: dt.datetime):
    """The alarms that could go now: quiet hours that are over let many go at once."""
    rows = _alarms(recipient).filter(state=State.QUEUED, is_digest=False, compartment=NORMAL)
    return rows.filter(available_at__lte=at)


def _bundle(recipient: str, at: dt.datetime) -> list[Message]:
    """Merge what waits for this recipient; where a digest left just now, put it off until the next is due."""
    waiting = _alarms(recipient).filter(state=State.QUEUED, is_digest=False, compartment=NORMAL)
    digests = _alarms(recipient).filter(is_digest=True)
    last = digests.filter(Q(sent_at__gt=at - WINDOW) | Q(state__in=OWED)).order_by("-id").first()
    if last is not None:
        waiting.update(available_at=(last.sent_at or at) + WINDOW, lease_until=None)
        return []
    by_customer: dict[int, list[Message]] = {}
    rows = waiting.select_related("entry").select_for_update(skip_locked=True, of=("self",))
    for one in rows.order_by("entry__at", "id"):
        by_customer.setdefault(one.customer_id, []).append(one)
    return [merge(group, _text) for group in by_customer.values()]


def merge(group: list[Message], write: Callable[[list[Message]], Text]) -> Message:
    """One mail of several to one recipient: the oldest carries all the others, in the words of `write`."""
    carrier = min(group, key=lambda one: one.pk)
    others = [one for one in group if one is not carrier]
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
    count = {"count": len(group)}
    late = max((one.entry.data.get("late_seconds") or 0 for one in group), default=0)
    subject, line = (
        _("%(count)s alarms"),
        _("%(count)s alarms came within a few minutes; here they are in one mail, in the order they came."),
    )
    lines = [line % count]
    if late >= OUTAGE_SECONDS:
        subject = _("%(count)s alarms, up to %(late)s late")
        line = _(
            "The clocks were not watched for a while. Here are %(count)s alarms, in the order in which they were due."
        )
        lines = [line % count]
    return Text(
        subject=subject % {**count, "late": display.duration(late)},
        lines=lines,
        links=[(_line(one), links.to_record(one.topic)) for one in group],
        why=_("You get this mail because these tickets are in your hands or in those of your team."),
    )


def _line(one: Message) -> str:
    """One alarm in the list, and by how much it is late."""
    if not is_late(one.entry):
        return one.subject
    late = display.duration(one.entry.data["late_seconds"])
    return _("%(subject)s (%(late)s late)") % {"subject": one.subject, "late": late}
