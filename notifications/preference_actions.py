"""The verbs about one's own notifications. Personal preferences: nobody else's business, so no entry tells of them."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import User
from core import errors
from core.actor import Actor
from notifications import matrix
from notifications.choices import Topic
from notifications.models import Habit, Mute, Preference, TicketMute
from tickets.models import Ticket

LONGEST = dt.timedelta(days=366)
Matrix = Mapping[str, Mapping[str, str]]


def choose(user: User, *, by: Actor, at: dt.datetime, cells: Matrix) -> None:  # noqa: ARG001
    """Set cells of one's matrix, {topic: {channel: mode}}; what is the default leaves no row.

    Raises Forbidden (another's), Malformed (no such kind, channel or way for it). Records nothing: it is personal.
    """
    _require_own(user, by)
    for topic, channels in cells.items():
        for channel, mode in channels.items():
            line = matrix.LINES.get(topic)  # type: ignore[call-overload] - any text may come
            if line is None or channel not in matrix.channels(line) or mode not in line.modes(channel):
                raise _wrong("matrix", f"{topic}, {channel}, {mode}"[:120])
            row = {"user": user, "topic": topic, "channel": channel}
            if mode == line.default(channel):
                Preference.objects.filter(**row).delete()
            else:
                Preference.objects.update_or_create(**row, defaults={"mode": mode})


def set_hours(
    user: User,
    *,
    by: Actor,
    at: dt.datetime,  # noqa: ARG001
    digest_hour: int,
    quiet_from: dt.time | None = None,
    quiet_to: dt.time | None = None,
) -> Habit:
    """Set the hour of one's daily mail and one's quiet hours, in one's own time zone.

    Raises Forbidden, Invalid (no such hour, one end only, both ends the same). Records nothing: it is personal.
    """
    _require_own(user, by)
    if not 0 <= digest_hour <= 23:
        raise errors.required("digest_hour", _("Write an hour from 0 to 23."))
    if (quiet_from is None) != (quiet_to is None):
        raise errors.required("quiet_to", _("Quiet hours have a beginning and an end."))
    if quiet_from is not None and quiet_from == quiet_to:
        raise errors.required(
            "quiet_to", _("They end when they begin: to hear nothing at all, mute everything.")
        )
    hours = {"digest_hour": digest_hour, "quiet_from": quiet_from, "quiet_to": quiet_to}
    return Habit.objects.update_or_create(user=user, defaults=hours)[0]


def mute(user: User, *, by: Actor, at: dt.datetime, topic: str, until: dt.datetime) -> Mute:
    """Hear nothing of a kind (empty: of anything) until then; what must come still comes.

    Raises Forbidden, Malformed (no such kind), Invalid (past, or over a year away). Records nothing: it is personal.
    """
    _require_own(user, by)
    if topic and topic not in Topic.values:
        raise _wrong("topic", topic[:120])
    _require_soon(until, at)
    return Mute.objects.update_or_create(user=user, topic=topic, defaults={"until_at": until})[0]


def unmute(user: User, *, by: Actor, at: dt.datetime, topic: str) -> None:  # noqa: ARG001 - every action takes a time
    """Hear of a kind again. Raises Forbidden. Records nothing: it is personal."""
    _require_own(user, by)
    Mute.objects.filter(user=user, topic=topic).delete()


def mute_ticket(
    user: User, *, by: Actor, at: dt.datetime, number: str, until: dt.datetime | None = None
) -> TicketMute:
    """Hear nothing of one ticket until then, or ever.

    Raises Forbidden, NotFound (no such ticket for him), Invalid (past). Records nothing: it is personal.
    """
    _require_own(user, by)
    ticket = _get(number, by)
    if until is not None:
        _require_soon(until, at)
    place = {"customer_id": ticket.customer_id, "ticket": ticket, "user": user}
    defaults = {"until_at": until, "compartment": ticket.compartment}
    return TicketMute.objects.update_or_create(**place, defaults=defaults)[0]


def unmute_ticket(user: User, *, by: Actor, at: dt.datetime, number: str) -> None:  # noqa: ARG001
    """Hear of one ticket again. Raises Forbidden, NotFound. Records nothing: it is personal."""
    _require_own(user, by)
    ticket = _get(number, by)
    TicketMute.objects.filter(customer_id=ticket.customer_id, ticket=ticket, user=user).delete()


def _get(number: str, by: Actor) -> Ticket:
    ticket = Ticket.objects.visible_to(by).filter(number=number.strip().upper()[:40]).first()
    if ticket is None:
        raise errors.NotFound(
            _("There is no ticket %(number)s, or you may not see it.") % {"number": number[:40]}
        )
    return ticket


def _require_soon(until: dt.datetime, at: dt.datetime) -> None:
    if not at < until <= at + LONGEST:
        raise errors.required("until", _("Write a time to come, a year away at most."))


def _require_own(user: User, by: Actor) -> None:
    if by.user_id != user.pk or not by.is_human:
        raise errors.Forbidden(_("What somebody is told of is chosen by that person only."))


def _wrong(name: str, given: str) -> errors.Malformed:
    sentence = _("There is no such choice: %(given)s.") % {"given": given}
    return errors.Malformed(sentence, errors={name: [sentence]})
