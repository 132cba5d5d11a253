"""Named reads of agreements and clocks."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from calendars import versions
from calendars.versions import BusinessTime
from core.actor import Actor
from customers import scoping
from journal.events import plain
from slas import clocks, reckoning
from slas.choices import SegmentKind, TimerState
from slas.drafts import AgreementDraft, StepDraft, TargetDraft
from slas.models import Agreement, AgreementService, Segment, Step, Target, Timer
from slas.reckoning import Mark
from tickets.models import Ticket

CHUNK = 1000


@dataclass(frozen=True)
class Stretch:
    """One stretch of a clock's time: `kind` is running or paused, `to_at` None while it lasts.

    `cause` and `reason` say why it began, `by_label` through whom.
    """

    from_at: dt.datetime
    to_at: dt.datetime | None
    kind: str
    cause: str
    reason: str
    by_label: str


def agreements(actor: Actor) -> "QuerySet[Agreement]":
    """The agreements that the actor may see, with their calendars and customers."""
    found = Agreement.objects.visible_to(actor).select_related("customer", "calendar", "based_on")
    return found.order_by("customer_id", "name", "id")


def targets_of(agreement: Agreement) -> list[Target]:
    """The targets of an agreement's present version with their steps, as they were entered."""
    rows = Target.objects.filter(agreement=agreement, version=agreement.version)
    steps = Prefetch("steps", Step.objects.select_related("reassign_to").order_by("position"))
    return list(rows.select_related("category", "calendar").prefetch_related(steps).order_by("id"))


def rivals_of(agreement: Agreement) -> list[Agreement]:
    """The other agreements of the same customer and kind whose period meets this one's."""
    others = Agreement.objects.filter(customer_id=agreement.customer_id, kind=agreement.kind).exclude(
        pk=agreement.pk
    )
    if agreement.valid_to:
        others = others.filter(Q(valid_from=None) | Q(valid_from__lte=agreement.valid_to))
    if agreement.valid_from:
        others = others.filter(Q(valid_to=None) | Q(valid_to__gte=agreement.valid_from))
    return list(others.order_by("id"))


def service_ids(agreement: Agreement) -> set[int]:
    """The services that an agreement lists."""
    return set(AgreementService.objects.filter(agreement=agreement).values_list("service_id", flat=True))


def draft_of(agreement: Agreement) -> AgreementDraft:
    """An agreement as the draft that would make it again."""
    listed = (
        AgreementService.objects.filter(agreement=agreement).select_related("service").order_by("service_id")
    )
    return AgreementDraft(
        customer=agreement.customer,
        name=agreement.name,
        calendar=agreement.calendar,
        kind=agreement.kind,
        services=None if agreement.covers_all else [one.service for one in listed],
        valid_from=agreement.valid_from,
        valid_to=agreement.valid_to,
        based_on=agreement.based_on,
        targets=tuple(_target_draft(one) for one in targets_of(agreement)),
    )


def values_of(draft: AgreementDraft) -> dict[str, Any]:
    """A draft as JSON has it, with the names of the REST contract: what entries of the journal hold."""
    return {
        "name": draft.name.strip(),
        "kind": str(draft.kind),
        "calendar": draft.calendar.name,
        "services": "all" if draft.services is None else sorted(plain(one) for one in draft.services),
        "valid_from": plain(draft.valid_from),
        "valid_to": plain(draft.valid_to),
        "based_on": draft.based_on.name if draft.based_on else None,
        "targets": [_target_values(one) for one in draft.targets],
    }


def timers_of(ticket: Ticket) -> list[Timer]:
    """All clocks of a ticket with their segments, oldest first; agreement, target and calendar come along."""
    rows = Timer.objects.filter(customer_id=ticket.customer_id, ticket_id=ticket.pk)
    return list(_with_parts(rows).order_by("metric", "cycle", "id"))


def stretches(timer: Timer) -> list[Stretch]:
    """The running and paused stretches of a clock, oldest first: the time between resolved and reopened is a pause.

    A change of target or calendar, and a merge, begin a new stretch of the same kind.
    """
    marks = list(timer.segments.all())
    found, kind = [], ""
    for place, mark in enumerate(marks):
        following = marks[place + 1].from_at if place + 1 < len(marks) else None
        if mark.kind not in (SegmentKind.RETARGETED, SegmentKind.BACKDATED):
            kind = mark.kind
        if kind in (SegmentKind.STOPPED, SegmentKind.CANCELLED) and following is None:
            break
        shown = SegmentKind.RUNNING if kind == SegmentKind.RUNNING else SegmentKind.PAUSED
        found.append(Stretch(mark.from_at, following, shown.value, mark.cause, mark.reason, mark.by_label))
    return found


def remaining(timer: Timer, at: dt.datetime, hours: BusinessTime | None = None) -> dt.timedelta:
    """Business time that is left at `at`, as the clock stands; below 0 when overdue."""
    reading = clocks.reading_of(timer, hours or hours_of([timer])[timer.pk])
    return reading.target - reckoning.used_by(reading, at)


def hours_of(timers: Sequence[Timer]) -> dict[int, BusinessTime]:
    """The business time by which each clock runs, {timer id: …}; one query."""
    known = versions.of({one.calendar_id for one in timers})
    return {one.pk: known[one.calendar_id][one.calendar_version] for one in timers}


def recompute(timer: Timer) -> dict[str, Any]:
    """The columns of a clock, reckoned anew from its segments alone: they must equal the stored ones."""
    return _recompute(timer, versions.of({one.calendar_id for one in timer.segments.all()}))


def differing(timers: Iterable[Timer]) -> Iterator[tuple[Timer, dict[str, tuple[Any, Any]]]]:
    """The clocks whose stored columns differ from their segments: {column: (stored, reckoned)}."""
    known = list(timers)
    hours = versions.of({segment.calendar_id for one in known for segment in one.segments.all()})
    for timer in known:
        reckoned = _recompute(timer, hours)
        wrong = {
            name: (getattr(timer, name), value)
            for name, value in reckoned.items()
            if getattr(timer, name) != value
        }
        if _lacks_breach(timer):
            wrong["breached_at"] = (None, timer.due_at)
        if wrong:
            yield timer, wrong


def all_timers(*, after: int = 0) -> list[Timer]:
    """The next thousand clocks by id, with their segments: for a walk over all of them."""
    scoping.current()
    return list(_with_parts(Timer.objects.filter(pk__gt=after)).order_by("id")[:CHUNK])


def _recompute(timer: Timer, hours: dict[int, dict[int, BusinessTime]]) -> dict[str, Any]:
    marks = [
        Mark(
            at=one.from_at,
            kind=SegmentKind(one.kind),
            target=dt.timedelta(seconds=one.target_seconds),
            hours=hours[one.calendar_id][one.calendar_version],
            credit=clocks.to_duration(one.credit_seconds),
        )
        for one in timer.segments.all()
    ]
    if not marks:
        return {"state": "no segments"}
    last = list(timer.segments.all())[-1]
    counted = [one.counts_from for one in timer.segments.all() if one.counts_from is not None]
    return {
        **clocks.columns_of(reckoning.fold(marks)),
        "started_at": counted[-1] if counted else marks[0].at,
        "target_seconds": last.target_seconds,
        "calendar_version": last.calendar_version,
    }


def _lacks_breach(timer: Timer) -> bool:
    """A clock that was stopped after its due moment must say that it was breached."""
    is_late = (
        timer.state == TimerState.STOPPED
        and timer.due_at
        and timer.stopped_at
        and timer.stopped_at > timer.due_at
    )
    return bool(is_late) and timer.breached_at is None


def _with_parts(rows: "QuerySet[Timer]") -> "QuerySet[Timer]":
    segments = Prefetch("segments", Segment.objects.order_by("id"))
    return rows.select_related("agreement", "target", "calendar").prefetch_related(segments)


def _target_draft(target: Target) -> TargetDraft:
    return TargetDraft(
        metric=target.metric,
        seconds=target.seconds,
        priority=target.priority,
        ticket_kind=target.ticket_kind,
        category=target.category,
        calendar=target.calendar,
        pauses_on=tuple(target.pauses_on),
        steps=tuple(
            StepDraft(
                percent=one.percent,
                offset_seconds=one.offset_seconds,
                counting=one.counting,
                notify=tuple(one.notify),
                reassign_to=one.reassign_to,
            )
            for one in target.steps.all()
        ),
    )


def _target_values(target: TargetDraft) -> dict[str, Any]:
    return {
        "metric": str(target.metric),
        "ticket_kind": target.ticket_kind,
        "priority": target.priority,
        "category": plain(target.category),
        "seconds": target.seconds,
        "calendar": target.calendar.name if target.calendar else None,
        "pauses_on": [str(one) for one in target.pauses_on],
        "steps": [
            {
                "percent": one.percent,
                "offset_seconds": one.offset_seconds,
                "counting": str(one.counting),
                "notify": list(one.notify),
                "reassign_to": plain(one.reassign_to),
            }
            for one in target.steps
        ],
    }
