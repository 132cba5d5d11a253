"""Which target holds: every target of the period read once, chosen as `slas.matching` chooses, with what would be
different on top. Answers are remembered: a period has few kinds of tickets."""

import bisect
import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Site
from calendars import versions
from calendars.models import CalendarVersion
from calendars.versions import BusinessTime
from slas import matching, metrics
from slas.choices import AgreementKind, Metric, VersionState
from slas.matching import Versions
from slas.models import AgreementService, AgreementVersion, Target
from slas.rehearsal.replaying import Pick
from slas.rehearsal.stories import Facts
from slas.rehearsal.whatif import WhatIf
from tickets.models import Matrix

_DAY = dt.timedelta(days=1)
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
_FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)
Period = tuple[dt.datetime, dt.datetime]  # from, and before which instant, a version holds


class Terms:
    """What was agreed, as read once: targets by customer, when their versions hold, calendars, matrices."""

    def __init__(self, customers: Sequence[int], asked: WhatIf, at: dt.datetime):
        documents = list(_documents(customers))
        self.periods = _periods(documents, asked, at)
        self.targets: dict[int | None, list[Target]] = defaultdict(list)
        for one in _targets(customers):
            if (one.agreement_id, one.version) in self.periods:
                self.targets[one.agreement.customer_id].append(one)
        self.listed = _listed(customers)
        self.edges = sorted({edge for period in self.periods.values() for edge in period})
        self.moving = sorted(
            (self.periods[one.agreement_id, one.number][0], one.agreement_id, one.number)
            for one in documents
            if one.moves_running and (one.agreement_id, one.number) in self.periods
        )
        self.asks_items = any(one.item_type_id for found in self.targets.values() for one in found)
        sites = Site.objects.filter(customer_id__in=customers, calendar__isnull=False)
        self.sites = dict(sites.values_list("id", "calendar_id"))
        self.judges: Mapping[int, Any] = dict(Matrix.objects.values_list("version", "cells"))
        self._hours, self._written = self._read_hours(asked)
        self.rewritten = sorted((at, key) for key, found in self._written.items() for at in found[1:])

    def fitting(self, facts: Facts) -> list[Target]:
        """The targets whose every condition a ticket meets, as `slas.matching` asks for them in SQL."""
        known = (*self.targets.get(facts.customer_id, ()), *self.targets.get(None, ()))
        return [one for one in known if self._fits(one, facts)]

    def holds(self, target: Target, at: dt.datetime) -> bool:
        """Whether the version of a target is in force."""
        since, until = self.periods[target.agreement_id, target.version]
        return since <= at < until

    def epoch(self, at: dt.datetime) -> int:
        """Between which edges of versions an instant lies: within one epoch the same versions are in force."""
        return bisect.bisect_right(self.edges, at)

    def _fits(self, target: Target, facts: Facts) -> bool:
        listed = self.listed.get((target.agreement_id, target.version), ())
        return (
            target.metric in metrics.live(facts.kind)
            and target.ticket_kind in ("", facts.kind)
            and target.priority in (None, facts.priority)
            and target.category_id in (None, facts.category_id)
            and (target.item_type_id is None or target.item_type_id in facts.item_types)
            and (target.document.covers_all or facts.service_id in listed)
        )

    def hours(self, calendar_id: int, at: dt.datetime) -> BusinessTime:
        """A calendar as it was written at an instant: each version judges the days since its own first one."""
        known = self._hours[calendar_id]
        return (
            known[max(bisect.bisect_right(self._written[calendar_id], at) - 1, 0)]
            if len(known) > 1
            else known[0]
        )

    def _read_hours(
        self, asked: WhatIf
    ) -> tuple[dict[int, list[BusinessTime]], dict[int, list[dt.datetime]]]:
        """The versions of every calendar that may be asked for, oldest first, and when each was written."""
        wanted = set(self.sites.values()) | ({asked.calendar.pk} if asked.calendar else set())
        for found in self.targets.values():
            wanted |= {one.calendar_id or one.document.calendar_id for one in found}
            wanted |= {one.document.calendar_id for one in found}
        written: dict[int, list[dt.datetime]] = defaultdict(list)
        rows = CalendarVersion.objects.filter(calendar_id__in=wanted).order_by("calendar_id", "number")
        for key, at in rows.values_list("calendar_id", "created_at"):
            written[key].append(at)
        hours = {
            key: [found[number] for number in sorted(found)] for key, found in versions.of(wanted).items()
        }
        return hours, written


class AsAgreed:
    """The rules as they were."""

    def __init__(self, terms: Terms):
        self.terms = terms
        self._known: dict[tuple[Any, ...], dict[str, Pick]] = {}

    @property
    def moving(self) -> Sequence[tuple[dt.datetime, int, int]]:
        return self.terms.moving

    def pick(self, facts: Facts, metric: str, at: dt.datetime, kept: Versions) -> Pick | None:
        """The target in force, or None where nothing is promised."""
        key = (facts, self.terms.epoch(at), tuple(sorted(kept.items())))
        if key not in self._known:
            self._known[key] = self._choose(facts, at, kept)
        return self._known[key].get(metric)

    @property
    def rewritten(self) -> Sequence[tuple[dt.datetime, int]]:
        return self.terms.rewritten

    def hours(self, calendar_id: int, at: dt.datetime) -> BusinessTime:
        return self.terms.hours(calendar_id, at)

    def _choose(self, facts: Facts, at: dt.datetime, kept: Versions) -> dict[str, Pick]:
        found = matching.best(self.terms.fitting(facts), at, kept, self.terms.holds)
        return {metric: self._picked(target, facts) for metric, target in found.items()}

    def _picked(self, target: Target, facts: Facts) -> Pick:
        calendar_id = (
            target.calendar_id or self.terms.sites.get(facts.site_id or 0) or target.document.calendar_id
        )
        return Pick(
            target.pk, target.seconds, calendar_id, frozenset(target.pauses_on), facts.priority,
            target.agreement_id, target.version,
        )  # fmt: skip


class Changed(AsAgreed):
    """The rules as they would be: another matrix judges the ticket first, then the target's parts are replaced."""

    def __init__(self, terms: Terms, asked: WhatIf):
        super().__init__(terms)
        self.asked = asked
        self._seconds = {(str(one.metric), one.priority): one.seconds for one in asked.targets}

    def _choose(self, facts: Facts, at: dt.datetime, kept: Versions) -> dict[str, Pick]:
        cells = self.asked.cells
        if cells is not None and not facts.hand:
            facts = facts._replace(priority=cells[str(facts.impact)][str(facts.urgency)])
        return super()._choose(facts, at, kept)

    def _picked(self, target: Target, facts: Facts) -> Pick:
        agreed = super()._picked(target, facts)
        if self.asked.agreement is not None and target.agreement_id != self.asked.agreement.pk:
            return agreed
        pauses = agreed.pauses_on
        if self.asked.pauses_on is not None and target.metric != Metric.FIRST_RESPONSE:  # which never pauses
            pauses = frozenset(str(one) for one in self.asked.pauses_on)
        return agreed._replace(
            seconds=self._time(target.metric, facts.priority, agreed.seconds),
            calendar_id=self.asked.calendar.pk if self.asked.calendar else agreed.calendar_id,
            pauses_on=pauses,
        )

    def _time(self, metric: str, priority: int, agreed: int) -> int:
        found = self._seconds.get((metric, priority), self._seconds.get((metric, None)))
        if found is not None:
            return found
        return max(1, round(agreed * self.asked.percent / 100)) if self.asked.percent else agreed


def _with(customers: Sequence[int]) -> Q:
    """Agreements with these customers, and the best effort for all."""
    own = Q(agreement__customer_id__in=customers) | Q(agreement__customer=None)
    return own & Q(agreement__kind=AgreementKind.SLA)


def _documents(customers: Sequence[int]) -> QuerySet[AgreementVersion]:
    rows = AgreementVersion.objects.filter(_with(customers), state=VersionState.AGREED)
    return rows.select_related("agreement__customer", "calendar").order_by("agreement_id", "number")


def _targets(customers: Sequence[int]) -> QuerySet[Target]:
    rows = Target.objects.filter(_with(customers), document__state=VersionState.AGREED)
    return rows.select_related("agreement", "document").order_by("id")


def _listed(customers: Sequence[int]) -> dict[tuple[int, int], set[int]]:
    """The services that versions list: {(agreement, version): services}."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    rows = AgreementService.objects.filter(_with(customers))
    for agreement_id, version, service_id in rows.values_list("agreement_id", "version", "service_id"):
        found[agreement_id, version].add(service_id)
    return found


def _periods(
    documents: Iterable[AgreementVersion], asked: WhatIf, at: dt.datetime
) -> dict[tuple[int, int], Period]:
    """When each version holds. One that was agreed in the course of its first day took over from another then."""
    found: dict[tuple[int, int], Period] = {}
    present: dict[int, tuple[int, int]] = {}
    ended: dict[tuple[int, dt.date], tuple[int, int]] = {}
    for one in sorted(documents, key=lambda row: (row.valid_from or dt.date.min, row.number)):
        customer, key = one.agreement.customer, (one.agreement_id, one.number)
        zone = zoneinfo.ZoneInfo(customer.time_zone if customer else one.calendar.time_zone)
        since = _midnight(one.valid_from, zone) if one.valid_from else _LONG_AGO
        before = ended.get((one.agreement_id, one.valid_from)) if one.valid_from else None
        if before and one.agreed_at and one.agreed_at.astimezone(zone).date() == one.valid_from:
            since = one.agreed_at
            found[before] = (found[before][0], since)
        found[key] = (since, _midnight(one.valid_to + _DAY, zone) if one.valid_to else _FOREVER)
        if one.valid_to:
            ended[one.agreement_id, one.valid_to + _DAY] = key
        if one.agreement_id not in present or since <= at:
            present[one.agreement_id] = key
    if asked.is_always and asked.agreement is not None:  # the version of today, for the whole period
        kept = present.get(asked.agreement.pk)
        found = {key: period for key, period in found.items() if key[0] != asked.agreement.pk}
        found |= {kept: (_LONG_AGO, _FOREVER)} if kept else {}
    return found


def _midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone)
