"""Who spent a clock's time: each team while it had the ticket, a supplier while it lay with him, and each wait.

Measured in the clock's own business hours, so that the counted parts are exactly the time used.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.models import Team
from calendars import versions
from core import display
from customers import scoping
from slas import clocks, queries, reckoning, telling
from slas.choices import Cause, SegmentKind
from slas.models import Timer
from tickets.choices import HoldKind
from tickets.models import Handover, Ticket

_ZERO = dt.timedelta(0)
_EVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class ShareKind(StrEnum):
    """With whom the time was spent."""

    TEAM = "team"
    SUPPLIER = "supplier"
    NOBODY = "nobody"  # no team had it
    CUSTOMER = "customer"  # a wait for his answer
    WAIT = "wait"  # any other wait
    SOLVED = "solved"  # between a solution and its reopening
    EARLIER = "earlier"  # before it was received here: credited by a merge


@dataclass(frozen=True)
class Share:
    """One part of a clock's time. `counted`: it is part of the time used; else it was paused."""

    kind: ShareKind
    name: str
    seconds: Decimal
    counted: bool


@dataclass(frozen=True)
class _Hold:
    """One stretch in which somebody had the ticket in hand."""

    from_at: dt.datetime
    to_at: dt.datetime
    kind: ShareKind
    name: str


def shares(timer: Timer, at: dt.datetime | None = None) -> list[Share]:
    """Where a clock's time went up to `at` (now), the largest first: what is counted adds up to the time used, the
    rest to the time paused. The timer with its segments and its ticket; four queries."""
    now = at or scoping.current().at
    until = timer.stopped_at or (timer.used_at if timer.state == "cancelled" else max(now, timer.used_at))
    holds = _holds(timer.ticket)
    known = versions.of({one.calendar_id for one in timer.segments.all()})
    kinds = telling.hold_kinds()
    left_out = [
        (one.without_from, one.without_to)
        for one in timer.segments.all()
        if one.without_from and one.without_to
    ]
    found: dict[tuple[ShareKind, str, bool], dt.timedelta] = {}
    for one in queries.stretches(timer):
        hours = known[one.hours[0]][one.hours[1]]
        begin, end = one.from_at, min(one.to_at or until, until)
        if begin >= end:
            continue
        if one.kind == SegmentKind.PAUSED:
            key = (*_waiting(one, kinds, timer.ticket), False)
            found[key] = found.get(key, _ZERO) + hours.between(begin, end)
            continue
        for since, to, kind, name in _split(holds, begin, end):
            key = (kind, name, True)
            found[key] = found.get(key, _ZERO) + hours.between(since, to, left_out)
    return _rounded(found, _used(timer, now))


def sentence(timer: Timer, parts: Iterable[Share]) -> str:
    """ "3 h 10 of 4 h 00 with Network, 40 min waiting for Harbour Clinics (not counted)". Of what was agreed; where
    one part alone is more than that, of all that was used: a part is never more than its whole."""
    parts = list(parts)
    spent = [float(one.seconds) for one in parts if one.counted]
    agreed = float(timer.target_seconds)
    target = display.duration(sum(spent) if max(spent, default=0) > agreed else agreed)
    counted = [
        _("%(time)s of %(target)s %(where)s")
        % {"time": display.duration(float(one.seconds)), "target": target, "where": _where(one)}
        for one in parts
        if one.counted and one.seconds >= 1
    ]
    waited = [
        _("%(time)s %(where)s (not counted)")
        % {"time": display.duration(float(one.seconds)), "where": _where(one)}
        for one in parts
        if not one.counted and one.seconds >= 1
    ]
    said = ", ".join([*counted, *waited])
    return _("Where the time went: %(parts)s.") % {"parts": said} if said else ""


def _used(timer: Timer, now: dt.datetime) -> dt.timedelta:
    return reckoning.used_by(
        clocks.reading_of(timer, queries.hours_of([timer])[timer.pk]), max(now, timer.used_at)
    )


def _rounded(found: dict[tuple[ShareKind, str, bool], dt.timedelta], used: dt.timedelta) -> list[Share]:
    """Shares; what a merge credited, or took back, is one of its own, so that the sum is the time used."""
    rest = used - sum((time for key, time in found.items() if key[2]), _ZERO)
    if rest != _ZERO:
        key = (ShareKind.EARLIER, "", True)
        found[key] = found.get(key, _ZERO) + rest
    ordered = sorted(found.items(), key=lambda one: (not one[0][2], -one[1], one[0]))
    return [
        Share(kind, name, clocks.to_seconds(time), counted)
        for (kind, name, counted), time in ordered
        if time != _ZERO
    ]


def _holds(ticket: Ticket) -> list[_Hold]:
    """Who had the ticket in hand, by time: its teams by the history of the ticket, over them the suppliers."""
    own = {"customer_id": ticket.customer_id}
    rows = Ticket.history.filter(id=ticket.pk, **own).order_by("history_date", "history_id")
    moves = list(rows.values_list("history_date", "team_id"))
    names = dict(Team.objects.filter(pk__in={team for _at, team in moves if team}).values_list("pk", "name"))
    teams = []
    for place, (at, team) in enumerate(moves):
        end = moves[place + 1][0] if place + 1 < len(moves) else _EVER
        begin = dt.datetime.min.replace(tzinfo=dt.UTC) if place == 0 else at
        kind = ShareKind.TEAM if team else ShareKind.NOBODY
        teams.append(_Hold(begin, end, kind, names.get(team, "")))
    handed = Handover.objects.filter(ticket=ticket, **own).select_related("party").order_by("from_at", "id")
    suppliers = [_Hold(one.from_at, one.to_at or _EVER, ShareKind.SUPPLIER, str(one.party)) for one in handed]
    return [*suppliers, *teams]


def _split(
    holds: Sequence[_Hold], begin: dt.datetime, end: dt.datetime
) -> Iterable[tuple[dt.datetime, dt.datetime, ShareKind, str]]:
    """A stretch by who had the ticket: a supplier before the team that lent it."""
    edges = {begin, end}
    for one in holds:
        edges |= {at for at in (one.from_at, one.to_at) if begin < at < end}
    ordered = sorted(edges)
    for since, to in itertools.pairwise(ordered):
        owner = next((one for one in holds if one.from_at <= since < one.to_at), None)
        yield since, to, owner.kind if owner else ShareKind.NOBODY, owner.name if owner else ""


def _waiting(one: queries.Stretch, kinds: dict[str, str], ticket: Ticket) -> tuple[ShareKind, str]:
    if one.cause in (Cause.RESOLVED, Cause.CLOSED):
        return ShareKind.SOLVED, ""
    if kinds.get(one.reason) == HoldKind.CUSTOMER:
        return ShareKind.CUSTOMER, ticket.customer.name
    return ShareKind.WAIT, one.reason


def _where(one: Share) -> str:
    words = {
        ShareKind.TEAM: _("with %(name)s"),
        ShareKind.SUPPLIER: _("with %(name)s"),
        ShareKind.NOBODY: _("with nobody"),
        ShareKind.CUSTOMER: _("waiting for %(name)s"),
        ShareKind.WAIT: _("waiting: %(name)s"),
        ShareKind.SOLVED: _("after a solution"),
        ShareKind.EARLIER: _("before it was merged"),
    }
    return words[one.kind] % {"name": one.name}
