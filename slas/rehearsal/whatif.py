"""What is to be different, as a value: checked before anything is read, kept in the job as plain data."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from calendars.models import Calendar
from core import errors, time
from core.actor import Actor
from customers.models import Customer
from slas import metrics
from slas.choices import AgreementKind
from slas.models import Agreement
from tickets import processes, reference
from tickets.choices import HoldKind

LEVELS = ("1", "2", "3")
MOST_PERCENT = 1_000
MOST_SECONDS = 2**31 - 1
MOST_DAYS = 3_700
Cells = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class NewTarget:
    """A time that would be agreed: for one metric, at one priority or (None) at each."""

    metric: str
    seconds: int
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A period, whose tickets, and what would be different. Days are local and both included.

    `agreement` None: every agreement changes alike. `is_always`: the agreement's present version is taken for the whole
    period, before and after, whatever its dates: for history that is older than it. `percent` of each agreed time.
    `pauses_on` None: as agreed. `cells` is a matrix as `tickets.models.Matrix` has it.
    """

    first_on: dt.date
    last_on: dt.date
    customer: Customer | None = None
    agreement: Agreement | None = None
    is_always: bool = False
    targets: Sequence[NewTarget] = ()
    percent: int | None = None
    calendar: Calendar | None = None
    pauses_on: Sequence[str] | None = None
    cells: Cells | None = None

    @property
    def customer_id(self) -> int | None:
        """Whose tickets alone are replayed, if it is one customer's."""
        if self.customer is not None:
            return self.customer.pk
        return self.agreement.customer_id if self.agreement is not None else None


def known_metrics() -> list[str]:
    """Every metric that has a clock on some kind of ticket."""
    return list(dict.fromkeys(name for one in processes.every() for name in metrics.live(one.kind)))


def check(asked: WhatIf) -> None:
    """Raises Invalid with one sentence for each wrong field."""
    wrong: dict[str, list[str]] = {}
    for name, sentence in _faults(asked):
        wrong.setdefault(name, []).append(sentence)
    if wrong:
        raise errors.Invalid(next(iter(wrong.values()))[0], errors=wrong)


def stored(asked: WhatIf) -> dict[str, Any]:
    """As a job keeps it: days as text, rows as keys."""
    return {
        "first_on": asked.first_on.isoformat(),
        "last_on": asked.last_on.isoformat(),
        "customer": asked.customer.pk if asked.customer else None,
        "agreement": asked.agreement.pk if asked.agreement else None,
        "is_always": asked.is_always,
        "targets": [dataclasses.asdict(one) for one in asked.targets],
        "percent": asked.percent,
        "calendar": asked.calendar.pk if asked.calendar else None,
        "pauses_on": None if asked.pauses_on is None else [str(one) for one in asked.pauses_on],
        "matrix": asked.cells,
    }


def of(kept: Mapping[str, Any], by: Actor) -> WhatIf:
    """The inverse of `stored`, with the rows as this actor may see them today. Raises NotFound where one is gone."""
    rows = {
        "customer": Customer.objects.visible_to(by),
        "agreement": Agreement.objects.visible_to(by).select_related("customer"),
        "calendar": Calendar.objects.visible_to(by),
    }
    found = {name: one.filter(pk=kept[name]).first() if kept[name] else None for name, one in rows.items()}
    if any(kept[name] and found[name] is None for name in rows):
        raise errors.NotFound(_("What was to be rehearsed is not there any more: start it anew."))
    return WhatIf(
        first_on=dt.date.fromisoformat(kept["first_on"]), last_on=dt.date.fromisoformat(kept["last_on"]),
        is_always=kept["is_always"], targets=tuple(NewTarget(**one) for one in kept["targets"]),
        percent=kept["percent"], pauses_on=kept["pauses_on"], cells=kept["matrix"], **found,
    )  # fmt: skip


def _faults(asked: WhatIf) -> Iterator[tuple[str, str]]:
    for name, day in (("opened_from", asked.first_on), ("opened_to", asked.last_on)):
        if not time.is_sane(day):
            yield name, _("Write a day like 2026-11-24.")
    if asked.last_on < asked.first_on:
        yield "opened_to", _("The period ends before it begins.")
    elif (asked.last_on - asked.first_on).days > MOST_DAYS:
        yield "opened_to", _("A period has ten years at most.")
    agreement = asked.agreement
    if agreement is not None and agreement.kind != AgreementKind.SLA:
        yield "agreement", _("Only an agreement with a customer is rehearsed.")
    if agreement is not None and asked.customer and agreement.customer_id not in (None, asked.customer.pk):
        yield "agreement", _("“%(name)s” is an agreement of another customer.") % {"name": agreement}
    if asked.is_always and agreement is None:
        yield "as_if_in_force", _("Say which agreement is to count for the whole period.")
    yield from _changes(asked)


def _changes(asked: WhatIf) -> Iterator[tuple[str, str]]:
    changes = (asked.percent, asked.calendar, asked.pauses_on, asked.cells)
    if not asked.targets and all(one is None for one in changes):
        yield (
            "targets",
            _("Say what would be different: a time, a calendar, when clocks pause, or the priorities."),
        )
    if asked.percent is not None and not 1 <= asked.percent <= MOST_PERCENT:
        yield "percent", _("The share of the agreed times lies between 1 and 1000 per cent.")
    levels = {one.level for one in reference.priorities()}
    seen = set()
    for one in asked.targets:
        yield from (("targets", sentence) for sentence in _target_faults(one, levels))
        if (one.metric, one.priority) in seen:
            yield (
                "targets",
                _("There are two times for %(metric)s at the same priority: keep one of them.")
                % {"metric": one.metric},
            )
        seen.add((one.metric, one.priority))
    unknown = [one for one in asked.pauses_on or () if one not in HoldKind.values]
    if unknown:
        yield (
            "pauses_on",
            _("“%(kind)s” is no kind of waiting: use %(known)s.")
            % {
                "kind": str(unknown[0])[:40],
                "known": ", ".join(HoldKind.values),
            },
        )
    if asked.cells is not None and not _is_matrix(asked.cells, levels):
        yield (
            "matrix",
            _("Give a priority for each of three impacts and three urgencies: %(known)s.")
            % {"known": ", ".join(f"{one}" for one in sorted(levels))},
        )


def _target_faults(one: NewTarget, levels: set[int]) -> Iterator[str]:
    known = known_metrics()
    if one.metric not in known:
        yield _("“%(metric)s” has no clock: use %(known)s.") % {
            "metric": str(one.metric)[:40],
            "known": ", ".join(known),
        }
    if not 1 <= one.seconds <= MOST_SECONDS:
        yield _("The target %(metric)s for %(priority)s needs a time above 0.") % {
            "metric": metrics.label(one.metric),
            "priority": f"P{one.priority}" if one.priority else _("any priority"),
        }
    if one.priority is not None and one.priority not in levels:
        yield _("There is no such priority here.")


def _is_matrix(cells: Any, levels: set[int]) -> bool:
    if not isinstance(cells, Mapping) or sorted(cells) != list(LEVELS):
        return False
    rows = cells.values()
    return all(
        isinstance(row, Mapping)
        and sorted(row) == list(LEVELS)
        and all(one in levels for one in row.values())
        for row in rows
    )
