"""What one person hears of: the one place that decides, for mail and for the inbox alike.

First what must come, then what is muted, then the matrix, then the quiet hours.
"""

import datetime as dt
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q

from notifications import matrix
from notifications.choices import Channel, Mode, State, Topic
from notifications.models import Habit, Mute, Preference, TicketMute
from tickets.models import Ticket


@dataclass(frozen=True)
class Verdict:
    """In which state a mail is written, and when it may leave."""

    state: State
    available_at: dt.datetime


@dataclass
class Wishes:
    """What some people chose, as it counts for one ticket at one instant."""

    at: dt.datetime
    modes: dict[tuple[int, str, str], str] = field(default_factory=dict)
    habits: dict[int, Habit] = field(default_factory=dict)
    mutes: set[tuple[int, str]] = field(default_factory=set)
    deaf: set[int] = field(default_factory=set)

    def mode(self, user_id: int | None, topic: Topic, channel: str) -> str:
        """How this kind comes to this person; who cannot sign in cannot choose, and gets the default."""
        default = matrix.LINES[topic].default(channel)
        return self.modes.get((user_id, topic, channel), default) if user_id else default

    def is_muted(self, user_id: int | None, topic: Topic) -> bool:
        if user_id is None:
            return False
        return user_id in self.deaf or not self.mutes.isdisjoint({(user_id, ""), (user_id, topic)})

    def mail(
        self, user_id: int | None, topic: Topic | None, *, zone: dt.tzinfo, is_must: bool
    ) -> Verdict | None:
        """How this mail goes, or None where it is not wanted. No topic: nobody chooses about it."""
        if is_must or topic is None or user_id is None:
            return Verdict(State.QUEUED, self.at)
        mode = self.mode(user_id, topic, Channel.EMAIL)
        if mode == Mode.OFF or self.is_muted(user_id, topic):
            return None
        if mode == Mode.DIGEST:
            return Verdict(State.DIGEST, self.at)
        end = self._quiet_until(user_id, zone)
        return Verdict(State.QUIET, end) if end else Verdict(State.QUEUED, self.at)

    def inbox(self, user_id: int, topic: Topic | None, *, is_must: bool = False) -> bool:
        """Whether a line about this stands in his inbox. Quiet hours and digests are for mail only."""
        if is_must or topic is None:
            return True
        wanted = self.mode(user_id, topic, Channel.INBOX) != Mode.OFF
        return wanted and not self.is_muted(user_id, topic)

    def _quiet_until(self, user_id: int, zone: dt.tzinfo) -> dt.datetime | None:
        habit = self.habits.get(user_id)
        if habit is None or habit.quiet_from is None or habit.quiet_to is None:
            return None
        return quiet_until(self.at, zone, habit.quiet_from, habit.quiet_to)


def of(user_ids: Collection[int], ticket: Ticket, at: dt.datetime) -> Wishes:
    """The wishes of these people about this ticket, from four queries however many they are."""
    if not user_ids:
        return Wishes(at)
    chosen = Preference.objects.filter(user_id__in=user_ids)
    muted = Mute.objects.filter(user_id__in=user_ids, until_at__gt=at)
    deaf = TicketMute.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at),
        customer_id=ticket.customer_id,
        ticket=ticket,
        user_id__in=user_ids,
    )
    return Wishes(
        at,
        modes={(one.user_id, one.topic, one.channel): one.mode for one in chosen},
        habits={one.user_id: one for one in Habit.objects.filter(user_id__in=user_ids)},
        mutes=set(muted.values_list("user_id", "topic")),
        deaf=set(deaf.values_list("user_id", flat=True)),
    )


def quiet_until(at: dt.datetime, zone: dt.tzinfo, start: dt.time, end: dt.time) -> dt.datetime | None:
    """The end of the quiet hours that this instant lies in, or None. They may go over midnight."""
    local = at.astimezone(zone)
    now, goes_over = local.time(), start > end
    is_inside = (now >= start or now < end) if goes_over else start <= now < end
    if not is_inside:
        return None
    day = local.date() + dt.timedelta(days=1) if goes_over and now >= start else local.date()
    return dt.datetime.combine(day, end, zone).astimezone(dt.UTC)


def zone_of(name: str) -> dt.tzinfo:
    """The zone of this name; who lives in one that is unknown here is told the time in UTC."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC
