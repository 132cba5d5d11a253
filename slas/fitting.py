"""Do the inner agreements fit into the outer one? Asked on every change of an agreement, and every hour.

For each time to a solution that a customer was promised: what the team behind the service, the teams it escalates to,
and the suppliers may take, in their own business hours, from the worst hour of a fortnight to begin. A supplier's time
adds to the team's where the team's clock waits for him; else it lies within it.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import settings
from accounts.models import User
from calendars import versions
from calendars.versions import BusinessTime
from calendars.worktime import NeverOpens
from catalogue.models import ServiceProfile
from cmdb.models import Subscription
from core import errors
from core.actor import Actor
from journal import recording
from slas import documents, events
from slas.choices import SUPPLIED, AgreementKind, GapState, Metric, VersionState
from slas.models import Agreement, AgreementService, AgreementVersion, Gap, Step, Target
from tickets.choices import HoldKind

PERMISSION = "agreement.write"
MOST = 500  # letters of a decision
LONGEST = 2**31 - 1  # seconds that a gap can say: more is as bad
STARTS = 14 * 24  # every hour of a fortnight
_HOUR = dt.timedelta(hours=1)
NEVER_DONE = dt.timedelta(days=3_650)  # an inner calendar has not so many hours left: no day would be enough
_ZERO = dt.timedelta(0)


@dataclass(frozen=True)
class Link:
    """One promise of the chain: a target and the hours it counts in."""

    target: Target
    hours: BusinessTime

    @property
    def length(self) -> dt.timedelta:
        return dt.timedelta(seconds=self.target.seconds)


@dataclass(frozen=True)
class Finding:
    """One target that is overrun: by the last link, after the one before it where there is one."""

    outer: Target
    inner: Target
    through: Target | None
    over: dt.timedelta


def checked(event: events.AgreementEvent) -> None:
    """An agreement was agreed or ended: what it touches is looked at anew, as it will stand when that holds."""
    agreement: Agreement = event.subject
    today = documents.today_of(agreement, event.at)
    document = AgreementVersion.objects.filter(agreement=agreement, number=event.document).first()
    begins = document.valid_from if document and document.state == VersionState.AGREED else None
    check(_touched(agreement), on=max(today, begins or today), by=event.by, at=event.at)


def check_all(*, by: Actor, at: dt.datetime) -> int:
    """Look at every agreement with a customer. Returns how many gaps there are."""
    outers = list(Agreement.objects.filter(kind=AgreementKind.SLA, is_default=False).order_by("id"))
    check(outers, on=at.date(), by=by, at=at)
    return Gap.objects.filter(outer__in=outers).unresolved().count()


def check(outers: Iterable[Agreement], *, on: dt.date, by: Actor, at: dt.datetime) -> None:
    """Find the gaps of agreements with customers, close those that are gone. Records gap.found and gap.closed."""
    for outer in outers:
        document = documents.find_in_force(outer, on)
        found = findings(document, on) if document else []
        known = {(one.inner_id, one.case): one for one in gaps_of(outer)}
        for one in found:
            _note(known.pop((one.inner.agreement_id, _case(one.outer)), None), one, by=by, at=at)
        for gone in known.values():
            gone.state, gone.resolved_at = GapState.RESOLVED, at
            gone.save()
            recording.record(events.GapClosed(**_about(gone, by, at)))


def gaps_of(agreement: Agreement) -> list[Gap]:
    """The gaps of an agreement that are still there, whichever side of them it is; the largest first."""
    rows = Gap.objects.filter(Q(outer=agreement) | Q(inner=agreement) | Q(through=agreement)).unresolved()
    parts = rows.select_related(
        "outer", "inner", "through", "owner", "outer_target", "inner_target", "customer"
    )
    return list(parts.order_by("-over_seconds", "id"))


def decide_gap(
    gap: Gap, *, by: Actor, at: dt.datetime, owner: User, decision: str, is_accepted: bool = False
) -> Gap:
    """Give a gap an owner and say what is done about it; `is_accepted`: nothing, it is borne (8.3.3, 6.1).

    Raises Forbidden, Invalid (no words), Conflict (it is gone). Records gap.decided.
    """
    settings.require(by, PERMISSION, gap.customer_id)
    rows = Gap.objects.select_for_update(of=("self",)).select_related("outer", "inner", "owner")
    row = rows.get(pk=gap.pk)
    if row.state == GapState.RESOLVED:
        raise errors.Conflict(_("This gap is gone: there is nothing to decide."))
    if not decision.strip() or len(decision) > MOST:
        raise errors.required("decision", _("Say in up to 500 letters what is done about it."))
    row.owner, row.decision = owner, decision.strip()
    row.state = GapState.ACCEPTED if is_accepted else GapState.OPEN
    row.decided_label, row.decided_at = by.label[:200], at
    row.save()
    recording.record(events.GapDecided(**_about(row, by, at), decision=row.decision, is_accepted=is_accepted))
    return row


def findings(document: AgreementVersion, on: dt.date) -> list[Finding]:
    """Which of a version's times to a solution are overrun by what holds inside on that day."""
    outers = _solutions([document])
    services = _services(document)
    contracts = _in_force(
        Q(agreement__kind__in=SUPPLIED) & _for(document)
        & (Q(covers_all=True) | Q(pk__in=_listing(services))), on,
    )  # fmt: skip
    supporting = set(
        ServiceProfile.objects.filter(service_id__in=services).values_list("support_team_id", flat=True)
    )
    called = set(
        Step.objects.filter(target__in=outers, reassign_to__isnull=False).values_list(
            "reassign_to_id", flat=True
        )
    )
    by_team = Q(agreement__kind=AgreementKind.OLA, agreement__team_id__in=(supporting | called) - {None})
    with_teams = _in_force(by_team & _for(document), on)
    suppliers, teams = _solutions(contracts), _solutions(with_teams)
    links = _links([*outers, *suppliers, *teams])
    starts = _starts(on)
    found = []
    for outer in outers:
        first = [one for one in _fitting(outer, teams) if one.agreement.team_id in supporting]
        waits = [one for one in first if HoldKind.SUPPLIER in one.pauses_on]
        chains = [(one,) for one in _fitting(outer, teams)]
        chains += [(before, one) for one in _fitting(outer, suppliers) for before in waits]
        chains += [(one,) for one in _fitting(outer, suppliers) if not waits]
        found += _worst(links[outer.pk], [[links[one.pk] for one in chain] for chain in chains], starts)
    return found


def overrun(outer: Link, chain: Sequence[Link], starts: Iterable[dt.datetime]) -> dt.timedelta:
    """By how much business time of the outer one the chain ends too late, from the worst moment to begin."""
    return max((_over(outer, chain, at) for at in starts), default=_ZERO)


def _worst(outer: Link, chains: Iterable[Sequence[Link]], starts: Sequence[dt.datetime]) -> list[Finding]:
    """Of each inner agreement the worst way in which it overruns."""
    found: dict[int, Finding] = {}
    for chain in chains:
        over = overrun(outer, chain, starts)
        last, before = chain[-1].target, chain[0].target if len(chain) > 1 else None
        known = found.get(last.agreement_id)
        if over >= dt.timedelta(seconds=1) and (known is None or over > known.over):
            found[last.agreement_id] = Finding(outer.target, last, before, over)
    return list(found.values())


def _over(outer: Link, chain: Sequence[Link], at: dt.datetime) -> dt.timedelta:
    try:
        due, end = outer.hours.add(at, outer.length), at
    except NeverOpens:
        return _ZERO
    try:
        for link in chain:
            end = link.hours.add(end, link.length)
    except NeverOpens:
        return NEVER_DONE
    if end <= due:
        return _ZERO
    return outer.hours.between(due, end) or end - due


def _touched(agreement: Agreement) -> list[Agreement]:
    if agreement.kind == AgreementKind.SLA:
        return [] if agreement.is_default else [agreement]
    outers = Agreement.objects.filter(kind=AgreementKind.SLA, is_default=False)
    if agreement.customer_id is not None:
        outers = outers.filter(customer_id=agreement.customer_id)
    return list(outers.order_by("id"))


def _for(document: AgreementVersion) -> Q:
    return Q(agreement__customer=None) | Q(agreement__customer_id=document.customer_id)


def _in_force(which: Q, on: dt.date) -> list[AgreementVersion]:
    rows = AgreementVersion.objects.filter(which, documents.in_period(on, on), state=VersionState.AGREED)
    return list(rows.select_related("agreement"))


def _services(document: AgreementVersion) -> set[int]:
    """What a version covers: what it lists, or all that the customer takes."""
    if not document.covers_all:
        return documents.service_ids(document.agreement, document.number)
    taken = Subscription.objects.filter(customer_id=document.customer_id)
    return set(taken.values_list("service_id", flat=True))


def _listing(services: set[int]) -> set[int]:
    """The versions that list one of these services."""
    listed = AgreementService.objects.filter(service_id__in=services)
    versions_of = Q(pk=None)
    for agreement, number in listed.values_list("agreement_id", "version").distinct():
        versions_of |= Q(agreement_id=agreement, number=number)
    return set(AgreementVersion.objects.filter(versions_of).values_list("pk", flat=True))


def _solutions(held: Sequence[AgreementVersion]) -> list[Target]:
    """The times to a solution of some versions."""
    if not held:
        return []
    which = Q(pk=None)
    for one in held:
        which |= Q(agreement_id=one.agreement_id, version=one.number)
    rows = Target.objects.filter(which, metric=Metric.RESOLUTION)
    return list(rows.select_related("agreement", "document").order_by("id"))


def _fitting(outer: Target, inner: Iterable[Target]) -> list[Target]:
    """Of each inner agreement the targets that tickets of the outer one can run by: the most specific ones."""
    found: dict[int, list[Target]] = {}
    for one in inner:
        names = ("ticket_kind", "priority", "category_id", "item_type_id")
        pairs = [(getattr(outer, name) or None, getattr(one, name) or None) for name in names]
        if all(a is None or b is None or a == b for a, b in pairs):
            found.setdefault(one.agreement_id, []).append(one)
    return [
        one
        for targets in found.values()
        for one in targets
        if not any(_covers(other, one, outer) for other in targets if other is not one)
    ]


def _covers(other: Target, one: Target, outer: Target) -> bool:
    """Whether every ticket of the outer target that fits `one` goes by `other`, which is more specific."""
    return outer.priority is not None and other.priority == outer.priority and one.priority is None


def _links(targets: Iterable[Target]) -> dict[int, Link]:
    calendars = {one.pk: (one.calendar_id or one.document.calendar_id, one) for one in targets}
    known = versions.of({calendar for calendar, _target in calendars.values()})
    return {
        key: Link(target, known[calendar][max(known[calendar])])
        for key, (calendar, target) in calendars.items()
    }


def _starts(on: dt.date) -> list[dt.datetime]:
    monday = dt.datetime.combine(on - dt.timedelta(days=on.weekday()), dt.time(), dt.UTC)
    return [monday + number * _HOUR for number in range(STARTS)]


def _case(target: Target) -> str:
    parts = (target.metric, target.ticket_kind, target.priority, target.category_id, target.item_type_id)
    return ":".join("" if one is None else str(one) for one in parts)


def _note(known: Gap | None, found: Finding, *, by: Actor, at: dt.datetime) -> None:
    """Write a gap down, or what it is now; one that grew beyond what was accepted is open again."""
    seconds = min(round(found.over.total_seconds()), LONGEST)
    is_news = known is None or (known.state == GapState.ACCEPTED and seconds > known.over_seconds)
    gap = known or Gap(
        customer_id=found.outer.agreement.customer_id, outer=found.outer.agreement, inner=found.inner.agreement,
        case=_case(found.outer), found_at=at, owner_id=by.user_id if by.is_desk else None,
    )  # fmt: skip
    gap.outer_version, gap.outer_target = found.outer.version, found.outer
    gap.inner_version, gap.inner_target = found.inner.version, found.inner
    gap.through = found.through.agreement if found.through else None
    gap.over_seconds = seconds
    gap.state = GapState.OPEN if is_news else gap.state
    gap.save()
    if is_news:
        recording.record(events.GapFound(**_about(gap, by, at)))


def _about(gap: Gap, by: Actor, at: dt.datetime) -> dict:
    return {
        "subject": gap, "by": by, "at": at, "outer": gap.outer.name, "inner": gap.inner.name,
        "over_seconds": gap.over_seconds, "owner": str(gap.owner) if gap.owner else None,
    }  # fmt: skip
