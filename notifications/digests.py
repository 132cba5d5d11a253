"""The daily mail: what waits for it becomes one mail for each customer, once on each day of its reader's calendar.

A mail belongs to one customer, like every row of his, so that forwarding it tells nobody of another's.
"""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from core.actor import Actor
from customers import scoping
from notifications import links, storms, wishes
from notifications.choices import Kind, State
from notifications.models import Digest, Habit, Message
from notifications.preference_models import DIGEST_HOUR
from notifications.texts import Text


def work_off(by: Actor) -> int:
    """End quiet hours that are over, and make the daily mails that are due. Returns how many people got one."""
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        Message.objects.filter(state=State.QUIET, available_at__lte=here.at).update(state=State.QUEUED)
        waiting = Message.objects.filter(state=State.DIGEST).exclude(user=None)
        users = sorted(set(waiting.values_list("user_id", flat=True)))
    return sum(_make(by, user_id) for user_id in users)


def due(at: dt.datetime, zone: dt.tzinfo, hour: int) -> tuple[dt.date, dt.datetime]:
    """The local day whose daily mail was due last, and when: an hour that a change of clocks skips counts as the one
    after it, one that it repeats counts once."""
    day = at.astimezone(zone).date()
    for one in (day, day - dt.timedelta(days=1)):
        moment = dt.datetime.combine(one, dt.time(hour), zone).astimezone(dt.UTC)
        if moment <= at:
            return one, moment
    raise ValueError(f"no day before {at} has an hour {hour} in {zone}")


def _make(by: Actor, user_id: int) -> bool:
    """One person's daily mail, unless it was made on that day; in one transaction with the row that says so."""
    with scoping.scope(by.customers, compartments=by.compartments) as here:
        user = User.objects.get(pk=user_id)
        habit = Habit.objects.filter(user=user).first()
        zone = wishes.zone_of(user.time_zone or settings.TIME_ZONE)
        day, moment = due(here.at, zone, habit.digest_hour if habit else DIGEST_HOUR)
        rows = Message.objects.filter(user=user, state=State.DIGEST, created_at__lt=moment).order_by("id")
        waiting = list(rows.select_for_update(of=("self",)))
        if not waiting:
            return False
        is_first = Digest.objects.get_or_create(user=user, on=day, defaults={"sent_at": here.at})[1]
        if is_first:
            _merge(waiting, here.at)
    return is_first


def _merge(waiting: list[Message], at: dt.datetime) -> None:
    groups: dict[tuple[int, int], list[Message]] = {}
    for one in waiting:
        groups.setdefault((one.customer_id, one.compartment), []).append(one)
    for group in groups.values():
        carrier = storms.merge(group, _text)
        carrier.state, carrier.available_at, carrier.kind = State.QUEUED, at, Kind.UPDATE
        carrier.save(update_fields=["state", "available_at", "kind"])


def _text(group: list[Message]) -> Text:
    count = {"count": len(group)}
    return Text(
        subject=_("Your daily mail: %(count)s notifications") % count,
        lines=[_("%(count)s things have happened since your last daily mail.") % count],
        links=[(one.subject, links.to_record(one.topic)) for one in group],
        why=_("You get this mail once a day, because you chose so in your profile under Notifications."),
    )
