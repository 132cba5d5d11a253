"""Which agreement, which target, which calendar: the most specific wins, and the clock keeps the reason."""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Site
from calendars.models import Calendar
from customers.models import Organization
from slas import documents, metrics
from slas.choices import INNER, SUPPLIED, AgreementKind, CalendarSource, VersionState
from slas.models import AgreementService, Target, Timer
from tickets.models import AffectedItem, Ticket

# The dimensions of specificity, the weightiest first.
DIMENSIONS = ("customer", "service", "ticket_kind", "priority", "category", "item_type")
_DAY = dt.timedelta(days=1)

Validity = Callable[[Target, dt.datetime], bool]
Versions = Mapping[int, int]  # the version of an agreement by which the clocks of a ticket are judged already
_CUSTOMER = Q(agreement__kind=AgreementKind.SLA)


@dataclass(frozen=True)
class Choice:
    """The target chosen for one metric of one ticket, and by which calendar it runs."""

    metric: str
    target: Target
    calendar: Calendar
    source: CalendarSource
    matched: dict[str, Any]

    def reason(self) -> dict[str, Any]:
        """What the timer stores: the names that were in force when the choice was made."""
        return {
            "agreement": self.target.agreement.name,
            "agreement_version": self.target.version,
            "is_default": self.target.agreement.is_default,
            "matched": self.matched,
            "calendar": self.calendar.name,
            "calendar_source": self.source.value,
        }


def choose(
    ticket: Ticket, at: dt.datetime, wanted: Iterable[str] | None = None, *, kept: Versions | None = None
) -> dict[str, Choice]:
    """The target in force for each of these metrics (None: all that such a ticket has), as the ticket stands at `at`:
    {metric: choice}.

    `kept`: agreements whose version was settled when a clock of the ticket started; another one counts only if it
    says that it moves clocks that run. The agreements with the customer alone: inner ones by `choose_inner`.
    """
    wanted = metrics.live(ticket.kind) if wanted is None else list(wanted)
    found = _choose(ticket, at, wanted, kept or {}, _CUSTOMER) if wanted else []
    return {one.metric: one for one in found}


def choose_at_opening(ticket: Ticket, at: dt.datetime) -> list[Choice]:
    """The targets of a ticket that begins: those of its customer, and those of the team that has it. One query."""
    parties = _CUSTOMER if ticket.team_id is None else _CUSTOMER | _of_team(ticket.team_id)
    return _choose(ticket, at, metrics.at_opening(ticket.kind), {}, parties)


def choose_inner(
    ticket: Ticket, at: dt.datetime, *, team_id: int | None = None, supplier_id: int | None = None,
    kept: Versions | None = None,
) -> dict[str, Choice]:  # fmt: skip
    """The targets by which a team, or a supplier, has the ticket in hand: {metric: choice}."""
    party = _of_team(team_id) if team_id is not None else _of_supplier(supplier_id or 0)
    wanted = metrics.at_opening(ticket.kind)
    return {one.metric: one for one in _choose(ticket, at, wanted, kept or {}, party)}


def choose_again(
    ticket: Ticket, at: dt.datetime, timers: Sequence[Timer], kept: Versions
) -> list[tuple[Timer, Choice]]:
    """What is in force now for clocks that there are, each by the agreement with its own party."""
    known: dict[tuple[int | None, int | None], dict[str, Choice]] = {}
    found = []
    for timer in timers:
        party = (timer.team_id, timer.supplier_id)
        if party not in known:
            known[party] = (
                choose_inner(ticket, at, team_id=party[0], supplier_id=party[1], kept=kept)
                if timer.kind in INNER
                else choose(ticket, at, kept=kept)
            )
        if timer.metric in known[party]:
            found.append((timer, known[party][timer.metric]))
    return found


def _of_team(team_id: int) -> Q:
    return Q(agreement__kind=AgreementKind.OLA, agreement__team_id=team_id)


def _of_supplier(supplier_id: int) -> Q:
    return Q(agreement__kind__in=SUPPLIED, agreement__supplier_id=supplier_id)


def _choose(
    ticket: Ticket, at: dt.datetime, wanted: Iterable[str], kept: Versions, parties: Q
) -> list[Choice]:
    """Of each metric the most specific target, for the customer and for whoever has it in hand."""
    candidates = list(_fitting(ticket, at, wanted, kept, parties))
    for_customer = best([one for one in candidates if one.agreement.kind not in INNER], at, kept)
    inside = best([one for one in candidates if one.agreement.kind in INNER], at, kept)
    site_calendar = _site_calendar(ticket) if for_customer else None
    return [
        *(_chosen(ticket, target, site_calendar) for target in for_customer.values()),
        *(_chosen(ticket, target, None) for target in inside.values()),
    ]


def best(
    candidates: Sequence[Target], at: dt.datetime, kept: Versions, is_valid: Validity | None = None
) -> dict[str, Target]:
    """Of the targets that fit a ticket, the one that holds for each metric: {metric: target}. Pure.

    `is_valid` says in place of the days of its version whether a target is in force at an instant.
    """
    is_valid = is_valid or _is_valid
    found: dict[str, Target] = {}
    settled = _settled(candidates, at, kept, is_valid)
    for target in candidates:
        other = found.get(target.metric)
        holds = settled.get(target.agreement_id, target.version) == target.version and (
            target.agreement_id in settled or is_valid(target, at)
        )
        if holds and (other is None or _rank(target) > _rank(other)):
            found[target.metric] = target
    return found


def specificity(target: Target) -> tuple[bool, ...]:
    """How specific a target is, by the dimensions in their order: compare the tuples."""
    return (
        target.agreement.customer_id is not None,
        not target.document.covers_all,
        bool(target.ticket_kind),
        target.priority is not None,
        target.category_id is not None,
        target.item_type_id is not None,
    )


def _rank(target: Target) -> tuple[tuple[bool, ...], int]:
    return specificity(target), -target.pk  # saving refuses ties; should one exist, the older target stands


def _fitting(
    ticket: Ticket, at: dt.datetime, wanted: Iterable[str], kept: Versions, parties: Q
) -> Iterable[Target]:
    """The targets whose every condition the ticket meets, in one query; their days are judged by `_is_valid`."""
    listed = AgreementService.objects.filter(
        agreement=OuterRef("agreement"), version=OuterRef("version"), service_id=ticket.service_id
    )
    affected = AffectedItem.objects.filter(
        customer_id=ticket.customer_id, ticket_id=ticket.pk, item__type=OuterRef("item_type")
    )
    day = at.date()  # in UTC: a local day is a day off at most
    holds = Q(document__state=VersionState.AGREED) & documents.in_period(day - _DAY, day + _DAY, "document__")
    for agreement, version in kept.items():
        holds |= Q(agreement_id=agreement, version=version)  # whatever has become of it since
    return (
        Target.objects.filter(parties, metric__in=list(wanted))
        .filter(holds)
        .filter(Q(agreement__customer_id=ticket.customer_id) | Q(agreement__customer=None))
        .filter(Q(document__covers_all=True) | Exists(listed))
        .filter(Q(ticket_kind="") | Q(ticket_kind=ticket.kind))
        .filter(Q(priority=None) | Q(priority=ticket.priority))
        .filter(Q(category=None) | Q(category_id=ticket.category_id))
        .filter(Q(item_type=None) | Exists(affected))
        .select_related("agreement__customer", "document__calendar", "calendar", "category", "item_type")
        .order_by("id")
    )


def _settled(
    candidates: Iterable[Target], at: dt.datetime, kept: Versions, is_valid: Validity
) -> dict[int, int]:
    """The version that counts for each kept agreement: its own, unless a later one in force moves running clocks."""
    found = dict(kept)
    for target in candidates:
        own = found.get(target.agreement_id)
        if (
            own is not None
            and target.version > own
            and target.document.moves_running
            and is_valid(target, at)
        ):
            found[target.agreement_id] = target.version
    return found


def _is_valid(target: Target, at: dt.datetime) -> bool:
    agreement, document = target.agreement, target.document
    zone = agreement.customer.time_zone if agreement.customer else document.calendar.time_zone
    day = at.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return (document.valid_from or day) <= day <= (document.valid_to or day)


def _site_calendar(ticket: Ticket) -> Calendar | None:
    if ticket.site_id is None:
        return None
    site = (
        Site.objects.filter(pk=ticket.site_id, customer_id=ticket.customer_id)
        .select_related("calendar")
        .first()
    )
    return site.calendar if site else None


def _chosen(ticket: Ticket, target: Target, site_calendar: Calendar | None) -> Choice:
    if target.calendar is not None:
        calendar, source = target.calendar, CalendarSource.TARGET
    elif site_calendar is not None:
        calendar, source = site_calendar, CalendarSource.SITE
    else:
        calendar, source = target.document.calendar, CalendarSource.AGREEMENT
    values = (
        target.agreement.customer.name if target.agreement.customer else None,
        ticket.service.name if ticket.service and not target.document.covers_all else None,
        target.ticket_kind or None,
        target.priority,
        target.category.name if target.category else None,
        target.item_type.name if target.item_type else None,
    )
    matched = {name: value for name, value in zip(DIMENSIONS, values, strict=True) if value is not None}
    if target.agreement.kind in INNER:
        if target.agreement.team_id is not None:
            matched["team"] = str(target.agreement.team)
        else:  # the provider's own row: not every scope sees it
            found = Organization.objects.filter(pk=target.agreement.supplier_id).first()
            matched["supplier"] = str(found or "")
    return Choice(target.metric, target, calendar, source, matched)
