"""How much work came in, by type and priority, beside the month before, and against the limits of the agreements."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.actor import NORMAL
from customers.models import Customer
from reporting.periods import Month
from slas.choices import AgreementKind, VersionState
from slas.models import AgreementService, AgreementVersion, WorkloadLimit
from tickets.models import Ticket

Came = tuple[str, int | None, int | None, int]  # type, priority, service, id
Keys = dict[str, list[int]]


def reckon(customer: Customer, month: Month) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Keys]:
    """Lines by type and priority, lines of the limits in force at the end of the month, and the tickets behind each."""
    came, before = _came(customer, month), _came(customer, month.after(-1))
    lines, keys = _by_priority(came, before)
    limits = [_limit(one, version, came, before) for one, version in _limits(customer, month)]
    keys |= {one["key"]: ids for one, ids in limits}
    return lines, [one for one, _ids in limits], keys


def _came(customer: Customer, month: Month) -> list[Came]:
    rows = Ticket.objects.filter(
        customer=customer, compartment=NORMAL, opened_at__gte=month.from_at, opened_at__lt=month.to_at
    )
    return list(rows.order_by("id").values_list("kind", "priority", "service_id", "id"))


def _by_priority(came: Iterable[Came], before: Iterable[Came]) -> tuple[list[dict[str, Any]], Keys]:
    now, then = _grouped(came), _grouped(before)
    lines, keys = [], {}
    for kind, level in sorted({*now, *then}, key=lambda one: (one[0], one[1] or 99)):
        ids, key = now.get((kind, level), []), f"w-{kind}-p{level}"
        lines.append(
            {
                "key": key, "kind": kind, "priority": level or None, "count": len(ids),
                "before": len(then.get((kind, level), [])),
            }
        )  # fmt: skip
        keys[key] = ids
    return lines, keys


def _grouped(rows: Iterable[Came]) -> dict[tuple[str, int], list[int]]:
    found: dict[tuple[str, int], list[int]] = {}
    for kind, priority, _service, pk in rows:
        found.setdefault((kind, priority or 0), []).append(pk)
    return found


def _limits(customer: Customer, month: Month) -> list[tuple[WorkloadLimit, AgreementVersion]]:
    """The limits of each agreement, by the version that was in force last in the month."""
    in_force = (Q(valid_from=None) | Q(valid_from__lte=month.last)) & (
        Q(valid_to=None) | Q(valid_to__gte=month.first)
    )
    rows = AgreementVersion.objects.filter(
        in_force, customer=customer, agreement__kind=AgreementKind.SLA, state=VersionState.AGREED
    )
    newest = {one.agreement_id: one for one in rows.select_related("agreement").order_by("number")}
    wanted = Q(pk=None)
    for one in newest.values():
        wanted |= Q(agreement_id=one.agreement_id, version=one.number)
    found = WorkloadLimit.objects.filter(wanted, customer=customer).order_by("agreement_id", "id")
    return [(one, newest[one.agreement_id]) for one in found]


def _limit(
    limit: WorkloadLimit, version: AgreementVersion, came: Iterable[Came], before: Iterable[Came]
) -> tuple[dict[str, Any], list[int]]:
    services = None if version.covers_all else _services(version)
    ids, earlier = _fitting(limit, services, came), _fitting(limit, services, before)
    line = {
        "key": f"l-{limit.pk}", "agreement": version.agreement.name, "version": version.number,
        "kind": limit.ticket_kind or None, "priority": limit.priority, "most": limit.most, "count": len(ids),
        "before": len(earlier), "is_over": len(ids) > limit.most,
    }  # fmt: skip
    return line, ids


def _services(version: AgreementVersion) -> set[int]:
    listed = AgreementService.objects.filter(agreement_id=version.agreement_id, version=version.number)
    return set(listed.values_list("service_id", flat=True))


def _fitting(limit: WorkloadLimit, services: set[int] | None, rows: Iterable[Came]) -> list[int]:
    return [
        pk
        for kind, priority, service, pk in rows
        if limit.ticket_kind in ("", kind)
        and limit.priority in (None, priority)
        and (services is None or service in services)
    ]
