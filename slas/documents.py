"""Named reads of agreements: their versions, what each says, and which one is in force."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from approvals import queries as asked
from approvals.models import Approval
from catalogue.models import ServiceRequirement
from core.actor import Actor
from customers.models import Customer
from journal.events import plain
from slas.choices import AgreementKind, Phase, VersionState
from slas.drafts import DOCUMENT, AgreementDraft, LimitDraft, StepDraft, TargetDraft
from slas.models import (
    Agreement,
    AgreementService,
    AgreementVersion,
    AnsweredRequirement,
    Step,
    Target,
    WorkloadLimit,
)

SHOWN = (VersionState.OFFERED, VersionState.DECLINED, VersionState.AGREED)  # to a customer's people


def agreements(actor: Actor) -> "QuerySet[Agreement]":
    """The agreements that the actor may see, each with its latest version (`latest`) and whom it is with."""
    found = visible(actor).select_related("customer", "team", "supplier")
    return found.prefetch_related(latest()).order_by("customer_id", "name", "id")


def visible(actor: Actor) -> "QuerySet[Agreement]":
    """The agreements that the actor may see. What holds inside for all customers is the provider's, and of those whom
    it is with: who works for one customer sees that customer's."""
    found = Agreement.objects.visible_to(actor)
    if actor.may_everywhere("agreement.read"):
        return found
    own = Q(supplier_id__in=actor.parties) | Q(team_id__in=actor.teams)
    return found.filter(Q(customer__isnull=False) | Q(kind=AgreementKind.SLA) | own)


def shown(agreement: Agreement) -> int:
    """The number of the version that its reader sees: the latest, or what `slas.others` found for the other side."""
    return getattr(agreement, "shown_number", agreement.version)


def approvals_of(rows: Sequence[Agreement]) -> dict[int, list[Approval]]:
    """What both sides were asked about the versions shown (`shown`), and said: {agreement id: …}, one query."""
    found: dict[int, list[Approval]] = defaultdict(list)
    numbers = {one.pk: shown(one) for one in rows}
    for one in asked.of_subjects("agreement", numbers):
        if one.subject_version == numbers[one.subject_id]:
            found[one.subject_id].append(one)
    return found


def all_versions(rows: Sequence[Agreement]) -> dict[int, list[AgreementVersion]]:
    """All versions of some agreements, the newest first: {agreement id: …}, one query."""
    found: dict[int, list[AgreementVersion]] = defaultdict(list)
    known = AgreementVersion.objects.filter(agreement__in=rows).select_related("calendar", "based_on")
    for one in known.order_by("-number"):
        found[one.agreement_id].append(one)
    return found


def latest() -> Prefetch:
    """What brings the latest version of many agreements along: two queries for all of them."""
    rows = AgreementVersion.objects.filter(number=F("agreement__version")).select_related(
        "calendar", "based_on"
    )
    return Prefetch("versions", rows, to_attr="latest_versions")


def versions_of(agreement: Agreement) -> "list[AgreementVersion]":
    """All versions of an agreement, the newest first."""
    rows = AgreementVersion.objects.filter(agreement=agreement).select_related("calendar", "based_on")
    return list(rows.order_by("-number"))


def today_of(agreement: Agreement, at: dt.datetime) -> dt.date:
    """The local day by which the agreement's dates count: the customer's, else that of the provider."""
    owner = agreement.customer or Customer.objects.filter(is_provider=True).first()
    return at.astimezone(zoneinfo.ZoneInfo(owner.time_zone if owner else "UTC")).date()


def find_in_force(agreement: Agreement, on: dt.date) -> AgreementVersion | None:
    """The version that holds on a local day; None between, before and after."""
    rows = AgreementVersion.objects.filter(agreement=agreement, state=VersionState.AGREED)
    return rows.filter(in_period(on, on)).first()


def phase(version: AgreementVersion, on: dt.date) -> Phase:
    """Where a version stands on a day: an agreed one has not begun, is active, or has ended."""
    if version.state != VersionState.AGREED:
        return Phase(version.state)
    if version.valid_from is not None and on < version.valid_from:
        return Phase.APPROVED
    return Phase.ENDED if version.valid_to is not None and version.valid_to < on else Phase.ACTIVE


def in_period(first: dt.date | None, last: dt.date | None, prefix: str = "") -> Q:
    """Versions of which some day lies between these two, both included; None = open."""
    begins, ends = f"{prefix}valid_from", f"{prefix}valid_to"
    found = Q()
    if last is not None:
        found &= Q(**{f"{begins}__isnull": True}) | Q(**{f"{begins}__lte": last})
    if first is not None:
        found &= Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": first})
    return found


def targets_of(agreement: Agreement, version: int | None = None) -> list[Target]:
    """The targets of a version (the latest) with their steps, as they were entered."""
    rows = Target.objects.filter(agreement=agreement, version=version or agreement.version)
    steps = Prefetch("steps", Step.objects.select_related("reassign_to").order_by("position"))
    parts = rows.select_related("category", "calendar", "item_type").prefetch_related(steps)
    return list(parts.order_by("id"))


def limits_of(agreement: Agreement, version: int | None = None) -> list[WorkloadLimit]:
    """The workload limits of a version (the latest)."""
    rows = WorkloadLimit.objects.filter(agreement=agreement, version=version or agreement.version)
    return list(rows.order_by("ticket_kind", "priority", "id"))


def requirements_of(agreement: Agreement, version: int | None = None) -> list[ServiceRequirement]:
    """The service requirements that a version (the latest) answers."""
    rows = AnsweredRequirement.objects.filter(agreement=agreement, version=version or agreement.version)
    return [
        one.requirement for one in rows.select_related("requirement__service").order_by("requirement__key")
    ]


def rivals_of(version: AgreementVersion) -> list[AgreementVersion]:
    """The agreed versions of other agreements with the same party whose period meets this one's."""
    own = version.agreement
    others = AgreementVersion.objects.filter(
        agreement__customer_id=own.customer_id, agreement__kind=own.kind, agreement__team_id=own.team_id,
        agreement__supplier_id=own.supplier_id, state=VersionState.AGREED,
    ).exclude(agreement=own)  # fmt: skip
    meeting = others.filter(in_period(version.valid_from, version.valid_to))
    return list(meeting.select_related("agreement").order_by("id"))


def service_ids(agreement: Agreement, version: int | None = None) -> set[int]:
    """The services that a version (the latest) lists."""
    rows = AgreementService.objects.filter(agreement=agreement, version=version or agreement.version)
    return set(rows.values_list("service_id", flat=True))


def draft_of(agreement: Agreement, version: int | None = None) -> AgreementDraft:
    """A version of an agreement (the latest) as the draft that would make it again."""
    number = version or agreement.version
    document = AgreementVersion.objects.select_related("calendar", "based_on").get(
        agreement=agreement, number=number
    )
    listed = AgreementService.objects.filter(agreement=agreement, version=number).select_related("service")
    copied = {name: getattr(document, name) for name in DOCUMENT}
    return AgreementDraft(
        customer=agreement.customer,
        name=agreement.name,
        kind=agreement.kind,
        team=agreement.team,
        supplier=agreement.supplier,
        services=None if document.covers_all else [one.service for one in listed.order_by("service_id")],
        targets=tuple(_target_draft(one) for one in targets_of(agreement, number)),
        limits=tuple(
            LimitDraft(most=one.most, ticket_kind=one.ticket_kind, priority=one.priority)
            for one in limits_of(agreement, number)
        ),
        requirements=tuple(requirements_of(agreement, number)),
        **copied,
    )


def values_of(draft: AgreementDraft) -> dict[str, Any]:
    """A draft as JSON has it, with the names of the REST contract: what entries of the journal hold."""
    return {
        "name": draft.name.strip(),
        "kind": str(draft.kind),
        "team": plain(draft.team),
        "supplier": plain(draft.supplier),
        "calendar": draft.calendar.name,
        "services": "all" if draft.services is None else sorted(plain(one) for one in draft.services),
        "valid_from": plain(draft.valid_from),
        "valid_to": plain(draft.valid_to),
        "based_on": draft.based_on.name if draft.based_on else None,
        "moves_running": draft.moves_running,
        "scope": draft.scope.strip(),
        "responsibilities": draft.responsibilities.strip(),
        "limits": [vars(one) for one in draft.limits],
        "no_limits_reason": draft.no_limits_reason.strip(),
        "exceptions": draft.exceptions.strip(),
        "no_exceptions_reason": draft.no_exceptions_reason.strip(),
        "requirements": sorted(one.key for one in draft.requirements),
        "targets": [_target_values(one) for one in draft.targets],
    }


def _target_draft(target: Target) -> TargetDraft:
    return TargetDraft(
        metric=target.metric,
        seconds=target.seconds,
        priority=target.priority,
        ticket_kind=target.ticket_kind,
        category=target.category,
        item_type=target.item_type,
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
        "item_type": plain(target.item_type),
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
