"""The figures of a report as plain JSON, neutral in language, and apart from them the keys behind each number.

`{formula, customer, from_on, to_on, time_zone, from_at, to_at, data_at, is_over, lines, totals, missed, exclusions,
corrections, excluded, restricted, workload, limits, trend}`. A line is named by its `key`; `lists` maps
`<key>.<all|met|breached|open>` of a line, or a `<key>` of the workload, to ids. The trend takes what was issued for a
month from its report, so that no figure that was handed out is told otherwise later.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cmdb.models import ConfigurationItem
from core import time
from customers.models import Customer
from reporting import attainment, workload
from reporting.attainment import Line, Spread
from reporting.choices import FORMULA_VERSION, Counted, ReportState
from reporting.models import Amendment, ServiceReport
from reporting.periods import Month
from slas.choices import Metric
from slas.models import Agreement

TREND_MONTHS = 6
Figures = dict[str, Any]
Lists = dict[str, list[int]]


def reckon(customer: Customer, month: Month, at: dt.datetime) -> tuple[Figures, Lists]:
    """What was counted for the customer in the month, as the record stands at `at`; nothing is written."""
    found = attainment.lines(customer.pk, month.from_at, month.to_at, at)
    names = _names(found)
    shown = sorted((_line(one, names) for one in found), key=_order)
    lists = _lists(found)
    load, limits, opened = workload.reckon(customer, month)
    span = (customer.pk, month.from_at, month.to_at)
    figures = {
        "formula": FORMULA_VERSION,
        "customer": {"slug": customer.slug, "name": customer.name},
        "from_on": month.first.isoformat(),
        "to_on": month.last.isoformat(),
        "time_zone": month.time_zone,
        "from_at": time.iso(month.from_at),
        "to_at": time.iso(month.to_at),
        "data_at": time.iso(at),
        "is_over": month.is_over(at),
        "lines": shown,
        "totals": _totals(shown),
        "missed": [one["key"] for one in shown if one["breached"] and not one["agreement"]["is_default"]],
        "exclusions": [{**vars(one), "at": time.iso(one.at)} for one in attainment.exclusions(*span)],
        "corrections": [{**vars(one), "at": time.iso(one.at)} for one in attainment.corrections(*span)],
        "excluded": attainment.count_exclusions(*span),
        "restricted": attainment.count_restricted(*span),
        "workload": load,
        "limits": limits,
        "trend": _trend(customer, month),
    }
    return figures, {**lists, **opened}


def newest(report: ServiceReport) -> tuple[Figures, Lists] | None:
    """The figures in force of an issued report: its last amendment's, else its own."""
    last = Amendment.objects.filter(customer_id=report.customer_id, report=report).order_by("-number").first()
    holder = last or report
    return (holder.figures, holder.lists) if holder.figures is not None else None


def compare(before: Figures, after: Figures) -> dict[str, dict[str, list[Any]]]:
    """What differs between two sets of figures, {line's key: {number: [before, after]}}; empty where nothing does."""
    names = ("counted", "met", "breached", "open", "as_if_held")
    known = {one["key"]: one for one in before["lines"]}
    fresh = {one["key"]: one for one in after["lines"]}
    empty = dict.fromkeys(names, 0)
    found = {}
    for key in sorted({*known, *fresh}):
        old, new = known.get(key, empty), fresh.get(key, empty)
        changed = {name: [old[name], new[name]] for name in names if old[name] != new[name]}
        if changed:
            found[key] = changed
    for name in ("excluded", "restricted"):
        if before[name] != after[name]:
            found[name] = {name: [before[name], after[name]]}
    return found


def key_of(one: Line) -> str:
    """How a line is named in its report: the same in each of its amendments."""
    return f"a{one.agreement_id}-s{one.service_id or 0}-{one.metric}-p{one.priority or 0}"


def _names(found: Iterable[Line]) -> tuple[dict[int, Any], dict[int, Any]]:
    found = list(found)
    agreements = Agreement.objects.filter(pk__in={one.agreement_id for one in found})
    services = ConfigurationItem.objects.filter(pk__in={one.service_id for one in found if one.service_id})
    return (
        {one.pk: {"id": one.pk, "name": one.name, "is_default": one.is_default} for one in agreements},
        {one.pk: {"slug": one.slug, "name": one.name} for one in services},
    )


def _line(one: Line, names: tuple[dict[int, Any], dict[int, Any]]) -> dict[str, Any]:
    agreements, services = names
    unknown = {"id": one.agreement_id, "name": "", "is_default": False}
    return {
        "key": key_of(one),
        "agreement": {**agreements.get(one.agreement_id, unknown), "versions": one.versions},
        "service": services.get(one.service_id or 0),
        "metric": one.metric,
        "priority": one.priority,
        "targets": one.targets,
        "counted": len(one.met) + len(one.breached),
        "met": len(one.met),
        "breached": len(one.breached),
        "open": len(one.open),
        "tickets_breached": one.tickets_breached,
        "as_if_held": one.as_if_held,
        "provisional": one.provisional,
        "used": _spread(one.used),
        "used_with_pauses": _spread(one.used_with_pauses),
    }


def _spread(one: Spread) -> dict[str, int | None]:
    return {"n": one.n, "median": one.median, "p90": one.p90}


def _order(line: dict[str, Any]) -> tuple[Any, ...]:
    service = line["service"]["name"] if line["service"] else ""
    metrics = [str(one) for one in Metric.values]
    place = metrics.index(line["metric"]) if line["metric"] in metrics else len(metrics)
    agreement = line["agreement"]
    return (
        agreement["is_default"], service.casefold(), agreement["name"], place, line["metric"],
        line["priority"] or 99,
    )  # fmt: skip


def _lists(found: Iterable[Line]) -> Lists:
    lists: Lists = {}
    for one in found:
        key = key_of(one)
        lists[f"{key}.{Counted.ALL}"] = sorted(one.met + one.breached)
        lists |= {
            f"{key}.{Counted.MET}": one.met,
            f"{key}.{Counted.BREACHED}": one.breached,
            f"{key}.{Counted.OPEN}": one.open,
        }
    return lists


def _totals(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One sum per metric over what was agreed on; best effort promises nothing."""
    names = ("counted", "met", "breached", "open", "as_if_held", "provisional")
    sums: dict[str, dict[str, Any]] = {}
    for line in shown:
        if not line["agreement"]["is_default"]:
            whole = sums.setdefault(line["metric"], {"metric": line["metric"], **dict.fromkeys(names, 0)})
            for name in names:
                whole[name] += line[name]
    order = [str(one) for one in Metric.values]
    return sorted(sums.values(), key=lambda one: (one["metric"] not in order, one["metric"]))


def _trend(customer: Customer, month: Month) -> list[dict[str, Any]]:
    """The month and those before it, oldest first: {month, is_issued, metrics: {metric: [counted, met]}}."""
    months = [month.after(-back) for back in range(TREND_MONTHS - 1, -1, -1)]
    issued = _issued(customer, months[0].first, month.first)
    found = attainment.by_month(customer.pk, months[0].from_at, month.to_at, month.time_zone)
    return [
        {
            "month": one.name,
            "is_issued": one.first in issued,
            "metrics": issued.get(one.first)
            or {metric: list(counts) for metric, counts in sorted(found.get(one.first, {}).items())},
        }
        for one in months
    ]


def _issued(customer: Customer, first: dt.date, before: dt.date) -> dict[dt.date, dict[str, list[int]]]:
    rows = ServiceReport.objects.filter(
        customer=customer, state=ReportState.ISSUED, from_on__gte=first, from_on__lt=before
    )
    found = {}
    for one in rows:
        figures = newest(one)
        if figures is not None:
            found[one.from_on] = {
                line["metric"]: [line["counted"], line["met"]] for line in figures[0]["totals"]
            }
    return found
