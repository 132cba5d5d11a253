"""What one login has chosen, as its page and its address in the API show it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import User
from core.actor import Actor
from notifications import matrix
from notifications.choices import Channel
from notifications.matrix import Line
from notifications.models import Habit, Mute, Preference, TicketMute
from tickets.models import Ticket


@dataclass(frozen=True)
class Chosen:
    """One login's whole choice. `cells`: {topic: {channel: mode}}, defaults filled in; `mutes` by kind."""

    lines: tuple[Line, ...]
    cells: dict[str, dict[str, str]]
    habit: Habit
    mutes: dict[str, dt.datetime]
    tickets: list[TicketMute]


def lines_of(actor: Actor) -> tuple[Line, ...]:
    """The kinds that can reach this person: of the desk's work, of his own requests."""
    return (*(matrix.DESK if actor.is_desk else ()), *(matrix.PORTAL if actor.persons else ()))


def read(user: User, actor: Actor, at: dt.datetime) -> Chosen:
    """All that this login has chosen; mutes that are over are left out, and so are tickets he no longer sees."""
    lines = lines_of(actor)
    own = {(one.topic, one.channel): one.mode for one in Preference.objects.filter(user=user)}
    tickets = TicketMute.objects.of_customers(actor).filter(
        Q(until_at=None) | Q(until_at__gt=at), user=user, ticket__in=Ticket.objects.visible_to(actor)
    )
    return Chosen(
        lines=lines,
        cells={
            str(one.topic): {
                str(channel): str(own.get((one.topic, channel), one.default(channel)))
                for channel in matrix.channels(one)
            }
            for one in lines
        },
        habit=Habit.objects.filter(user=user).first() or Habit(user=user),
        mutes=dict(Mute.objects.filter(user=user, until_at__gt=at).values_list("topic", "until_at")),
        tickets=list(tickets.select_related("ticket").order_by("id")),
    )


def name_of(topic: str, channel: str) -> str:
    """The name of one cell's field."""
    return f"{topic}-{channel}"


def as_record(chosen: Chosen) -> dict[str, Any]:
    """The same as values, as the API answers it."""
    habit = chosen.habit
    return {
        "matrix": chosen.cells,
        "digest_hour": habit.digest_hour,
        "quiet_from": habit.quiet_from,
        "quiet_to": habit.quiet_to,
        "muted_until": chosen.mutes.get(""),
        "muted_kinds": {topic: until for topic, until in chosen.mutes.items() if topic},
        "muted_tickets": {one.ticket.number: one.until_at for one in chosen.tickets},
    }


def has_inbox(chosen: Chosen) -> bool:
    return any(Channel.INBOX in cells for cells in chosen.cells.values())
