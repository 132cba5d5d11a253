"""Which target holds: every target of the period read once, chosen as `slas.matching` chooses, with what would be
different on top. Answers are remembered: a period has few kinds of tickets."""

import bisect
import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Q

from accounts.models import Site
from calendars import versions
from calendars.versions import BusinessTime
from slas import matching
from slas.choices import LIVE, AgreementKind, Metric, VersionState
from slas.models import AgreementService, Target
from slas.rehearsal.replaying import Pick
from slas.rehearsal.stories import Facts
from slas.rehearsal.whatif import WhatIf
from tickets.models import Matrix

_DAY = dt.timedelta(days=1)
Judges = Mapping[int, Mapping[str, Mapping[str, int]]]


class Promise(NamedTuple):
    """One target with what its agreement says: from and until which instant it holds (None: always), for whom."""

    target: Target
    rank: tuple[Any, ...]
    customer_id: int | None
    services: frozenset[int] | None
    calendar_id: int
    since: dt.datetime | None
    until: dt.datetime | None


class Terms:
    """What was agreed, as read once: promises by customer and metric, calendars of sites, hours, matrices."""

    def __init__(self, customers: Sequence[int], asked: WhatIf):
        self.promises: dict[tuple[int | None, str], list[Promise]] = defaultdict(list)
        self.edges: dict[int | None, list[dt.datetime]] = defaultdict(list)
        for one in _promises(customers, asked):
            self.promises[one.customer_id, one.target.metric].append(one)
            self.edges[one.customer_id] += [at for at in (one.since, one.until) if at is not None]
        self.edges = defaultdict(list, {key: sorted(set(found)) for key, found in self.edges.items()})
        sites = Site.objects.filter(customer_id__in=customers, calendar__isnull=False)
        self.sites = dict(sites.values_list("id", "calendar_id"))
        wanted = {one.calendar_id for found in self.promises.values() for one in found} | set(
            self.sites.values()
        )
        wanted |= {
            one.target.calendar_id
            for found in self.promises.values()
            for one in found
            if one.target.calendar_id
        }
        known = versions.of(wanted | ({asked.calendar.pk} if asked.calendar else set()))
        # The newest version judges every day by the version in force on it, so it says of the past what the past said.
        self.hours: dict[int, BusinessTime] = {key: found[max(found)] for key, found in known.items()}
        self.judges: Judges = dict(Matrix.objects.values_list("version", "cells"))

    def epoch(self, customer_id: int, at: dt.datetime) -> tuple[int, int]:
        """Between which dates of agreements an instant lies: within one epoch the same promises hold."""
        own, common = self.edges[customer_id], self.edges[None]
        return bisect.bisect_right(own, at), bisect.bisect_right(common, at)

    def best(self, facts: Facts, metric: str, at: dt.datetime) -> Promise | None:
        """The most specific promise that holds for a ticket."""
        known = (*self.promises.get((facts.customer_id, metric), ()), *self.promises.get((None, metric), ()))
        fitting = [one for one in known if _holds(one, at) and _fits(one, facts)]
        return max(fitting, key=lambda one: one.rank, default=None)


class AsAgreed:
    """The rules as they were."""

    def __init__(self, terms: Terms):
        self.terms = terms
        self._known: dict[tuple[Any, ...], Pick | None] = {}

    def pick(self, facts: Facts, metric: str, at: dt.datetime) -> Pick | None:
        """The target in force, or None where nothing is promised."""
        key = (facts, metric, self.terms.epoch(facts.customer_id, at))
        if key not in self._known:
            self._known[key] = self._choose(facts, metric, at)
        return self._known[key]

    def hours(self, calendar_id: int) -> BusinessTime:
        return self.terms.hours[calendar_id]

    def _choose(self, facts: Facts, metric: str, at: dt.datetime) -> Pick | None:
        best = self.terms.best(facts, metric, at)
        if best is None:
            return None
        target = best.target
        calendar_id = target.calendar_id or self.terms.sites.get(facts.site_id or 0) or best.calendar_id
        return Pick(target.pk, target.seconds, calendar_id, frozenset(target.pauses_on), facts.priority)


class Changed(AsAgreed):
    """The rules as they would be: another matrix judges the ticket first, then the target's parts are replaced."""

    def __init__(self, terms: Terms, asked: WhatIf):
        super().__init__(terms)
        self.asked = asked
        self._seconds = {(str(one.metric), one.priority): one.seconds for one in asked.targets}

    def _choose(self, facts: Facts, metric: str, at: dt.datetime) -> Pick | None:
        cells = self.asked.cells
        if cells is not None and not facts.hand:
            facts = facts._replace(priority=cells[str(facts.impact)][str(facts.urgency)])
        best = self.terms.best(facts, metric, at)
        agreed = super()._choose(facts, metric, at)
        if best is None or agreed is None or not self._concerns(best.target):
            return agreed
        pauses = agreed.pauses_on
        if self.asked.pauses_on is not None and metric != Metric.FIRST_RESPONSE:  # which never pauses
            pauses = frozenset(str(one) for one in self.asked.pauses_on)
        return agreed._replace(
            seconds=self._time(metric, facts.priority, agreed.seconds),
            calendar_id=self.asked.calendar.pk if self.asked.calendar else agreed.calendar_id,
            pauses_on=pauses,
        )

    def _concerns(self, target: Target) -> bool:
        return self.asked.agreement is None or target.agreement_id == self.asked.agreement.pk

    def _time(self, metric: str, priority: int, agreed: int) -> int:
        found = self._seconds.get((metric, priority), self._seconds.get((metric, None)))
        if found is not None:
            return found
        return max(1, round(agreed * self.asked.percent / 100)) if self.asked.percent else agreed


def _holds(one: Promise, at: dt.datetime) -> bool:
    return (one.since is None or one.since <= at) and (one.until is None or at < one.until)


def _fits(one: Promise, facts: Facts) -> bool:
    target = one.target
    return (
        (one.services is None or facts.service_id in one.services)
        and target.ticket_kind in ("", facts.kind)
        and target.priority in (None, facts.priority)
        and target.category_id in (None, facts.category_id)
    )


def _promises(customers: Sequence[int], asked: WhatIf) -> Iterable[Promise]:
    """The targets of all agreed versions with these customers, and of the best effort: two queries."""
    rows = Target.objects.filter(
        Q(agreement__customer_id__in=customers) | Q(agreement__customer=None),
        document__state=VersionState.AGREED, agreement__kind=AgreementKind.SLA, metric__in=LIVE,
    ).select_related("agreement__customer", "document__calendar")  # fmt: skip
    listed: dict[tuple[int, int], set[int]] = defaultdict(set)
    for agreement_id, version, service_id in AgreementService.objects.filter(
        agreement__in=rows.values("agreement_id")
    ).values_list("agreement_id", "version", "service_id"):
        listed[agreement_id, version].add(service_id)
    for target in rows:
        agreement, document = target.agreement, target.document
        is_always = asked.agreement is not None and asked.is_always and agreement.pk == asked.agreement.pk
        if is_always and document.valid_to is not None:  # the one that holds last counts for the whole period
            continue
        zone = agreement.customer.time_zone if agreement.customer else document.calendar.time_zone
        yield Promise(
            target, (matching.specificity(target), -target.pk), agreement.customer_id,
            None if document.covers_all else frozenset(listed[agreement.pk, target.version]), document.calendar_id,
            None if is_always else _midnight(document.valid_from, zone),
            None if is_always or document.valid_to is None else _midnight(document.valid_to + _DAY, zone),
        )  # fmt: skip


def _midnight(day: dt.date | None, zone: str) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(zone)) if day else None
