"""A report in words: facts, tables and the trend, the same for page, PDF and CSV, in the reader's language.

`is_inside` False is what a customer's people read: words of "we" and "you", and why a clock was left out by its kind
alone. A `Cell` may name the list behind its number (`<key>.<all|met|breached|open>`, or a workload's key).
"""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from core import display, time
from reporting import figures as reckoning
from reporting.choices import Counted
from reporting.figures import Figures
from slas.choices import Cause
from slas.explaining import metric_label
from tickets import processes

FEW = 10  # below so many a percentage is never said without its fraction


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the list it opens (or ""), and whether it is bad news."""

    text: str
    opens: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Table:
    """One table. `columns` are (label, whether numbers stand in it); `note` stands below the title."""

    name: str
    title: str
    columns: list[tuple[str, bool]]
    rows: list[list[Cell]]
    note: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Bar:
    """One month of the trend: `percent` None where nothing was counted."""

    label: str
    percent: float | None
    text: str
    count: str
    is_issued: bool = False

    @property
    def percent_text(self) -> str:
        """The height of the bar as a drawing takes it, whatever the language writes between digits."""
        return f"{self.percent or 0:.1f}"

    @property
    def rest_text(self) -> str:
        """What is above the bar."""
        return f"{100 - (self.percent or 0):.1f}"


@dataclass(frozen=True)
class Shown:
    """A report in words. `headline` is the sum in one sentence."""

    title: str
    headline: str
    facts: list[tuple[str, str]]
    tables: list[Table]
    trend: list[Bar] = field(default_factory=list)
    formula: list[str] = field(default_factory=list)


def show(figures: Figures, *, is_inside: bool) -> Shown:
    """The whole report in words."""
    agreed = [one for one in figures["lines"] if not one["agreement"]["is_default"]]
    unagreed = [one for one in figures["lines"] if one["agreement"]["is_default"]]
    tables = [
        _targets(figures, agreed, is_inside),
        *([_best_effort(unagreed, is_inside)] if unagreed else []),
    ]
    tables += [_trend_table(figures), _workload(figures), _limits(figures), _exclusions(figures, is_inside)]
    tables += [_corrections(figures, is_inside)] if figures["corrections"] else []
    return Shown(
        title=_("Service levels in %(month)s") % {"month": month_name(figures["from_on"])},
        headline=_headline(figures),
        facts=_facts(figures),
        tables=tables,
        trend=[_bar(one) for one in figures["trend"]],
        formula=formula(),
    )


def formula() -> list[str]:
    """How version 1 reckons, in sentences that a customer understands."""
    return [
        _(
            "A clock counts once, in the month of its verdict: met when it stopped in time, breached at its due moment."
        ),
        _("A clock that was breached and still runs counts as breached in the month in which it fell due."),
        _("Attained is met of counted. A target is missed when one of its clocks was breached."),
        _(
            "Clocks that were cancelled before they were due have no verdict: they are listed and not counted."
        ),
        _("Tickets without an agreement are best effort: they stand apart and in no sum."),
        _("Median and p90 are of the clocks that have ended: half, and nine of ten, took no longer."),
    ]


def month_name(day: str) -> str:
    """ "November 2026" of "2026-11-01"."""
    return formats.date_format(dt.date.fromisoformat(day), "F Y")


def _day(text: str) -> str:
    return formats.date_format(dt.date.fromisoformat(text), _("j M Y"))


def target_name(line: dict[str, Any]) -> str:
    """ "First response, P2"."""
    metric = metric_label(line["metric"])
    return f"{metric}, P{line['priority']}" if line["priority"] else metric


def differences(before: Figures, after: Figures) -> list[str]:
    """What differs between two sets of figures, a phrase for each line: "Resolution, P3: Met 3 → 2, Breached 1 → 2"."""
    lines = {one["key"]: one for one in (*before["lines"], *after["lines"])}
    words = {
        "counted": _("Counted"), "met": _("Met"), "breached": _("Breached"), "open": _("Still open"),
        "as_if_held": _("Met with pauses counted"), "excluded": _("Left out"), "restricted": _("Restricted"),
    }  # fmt: skip
    found = []
    for key, changes in reckoning.compare(before, after).items():
        name = target_name(lines[key]) if key in lines else ""
        said = ", ".join(f"{words[one]} {old} → {new}" for one, (old, new) in changes.items())
        found.append(f"{name}: {said}" if name else said)
    return found


def share(met: int, counted: int) -> str:
    """ "98.2 %"; below ten the fraction comes first: "8 of 9 (88.9 %)"."""
    if not counted:
        return "–"
    percent = _percent(met, counted)
    fraction = _("%(met)s of %(counted)s") % {"met": met, "counted": counted}
    return f"{fraction} ({percent})" if counted < FEW else percent


def _percent(met: int, counted: int) -> str:
    """Never rounded up to a hundred that was not reached."""
    value = met / counted * 100
    shown = min(round(value, 1), 99.9) if met < counted else 100
    return f"{formats.number_format(shown, 0 if shown == 100 else 1)} %"


def _headline(figures: Figures) -> str:
    counted = sum(one["counted"] for one in figures["totals"])
    if not counted:
        return _("No clock of an agreement got its verdict in this period.")
    met = sum(one["met"] for one in figures["totals"])
    return _("%(met)s of %(counted)s targets were met (%(percent)s).") % {
        "met": met, "counted": counted, "percent": _percent(met, counted),
    }  # fmt: skip


def _facts(figures: Figures) -> list[tuple[str, str]]:
    counted = sum(one["counted"] for one in figures["totals"])
    provisional = sum(one["provisional"] for one in figures["totals"])
    first, last = (_day(figures[one]) for one in ("from_on", "to_on"))
    whose = _("All clocks of agreements with the customer, without those of restricted tickets (%(count)s).")
    return [
        (_("Customer"), figures["customer"]["name"]),
        (_("Period"), f"{first} – {last}, {figures['time_zone']}"),
        (_("Counted"), _("%(count)s clocks, of which %(open)s belong to tickets that are not closed yet: provisional")
         % {"count": counted, "open": provisional}),
        (_("Filter"), whose % {"count": figures["restricted"]}),
        (_("Formula"), _("Version %(version)s") % {"version": figures["formula"]}),
        (_("Data as of"), _moment(figures["data_at"], figures["time_zone"])),
    ]  # fmt: skip


def _moment(text: str, zone: str) -> str:
    at = time.find_instant(text)
    return display.full_moment(at, zoneinfo.ZoneInfo(zone)) if at else text


def _columns(is_inside: bool) -> list[tuple[str, bool]]:
    missed, held = (
        (_("Breached"), _("With pauses counted"))
        if is_inside
        else (_("Missed"), _("Had we counted the waiting"))
    )
    return [
        (_("Service"), False), (_("Target"), False), (_("Agreed"), False), (_("Counted"), True), (_("Met"), True),
        (missed, True), (_("Still open"), True), (_("Attained"), True), (held, True), (_("Median"), True),
        (_("p90"), True), (_("Median with pauses"), True), (_("p90 with pauses"), True), (_("Agreement"), False),
    ]  # fmt: skip


def _targets(figures: Figures, lines: list[dict[str, Any]], is_inside: bool) -> Table:
    rows = [_line(one, one["key"] in figures["missed"]) for one in lines]
    rows += [_total(one) for one in figures["totals"]] if len(lines) > 1 else []
    return Table(
        "targets", _("Targets") if is_inside else _("What we promised, and what we kept"), _columns(is_inside),
        rows, empty=_("No clock of an agreement got its verdict in this period."),
    )  # fmt: skip


def _best_effort(lines: list[dict[str, Any]], is_inside: bool) -> Table:
    note = _("No agreement covers these tickets: nothing was promised, and they stand in no sum.")
    rows = [_line(one, is_missed=False) for one in lines]
    return Table("best-effort", _("Best effort"), _columns(is_inside), rows, note)


def _line(one: dict[str, Any], is_missed: bool) -> list[Cell]:
    used, longer, key = one["used"], one["used_with_pauses"], one["key"]
    agreement = one["agreement"]
    versions = ", ".join(str(number) for number in agreement["versions"])
    return [
        Cell(one["service"]["name"] if one["service"] else _("No service")),
        Cell(target_name(one)),
        Cell(" / ".join(display.duration(seconds) for seconds in one["targets"])),
        Cell(str(one["counted"]), f"{key}.{Counted.ALL}"),
        Cell(str(one["met"]), f"{key}.{Counted.MET}"),
        Cell(str(one["breached"]), f"{key}.{Counted.BREACHED}", is_missed),
        Cell(str(one["open"]), f"{key}.{Counted.OPEN}", is_missed and bool(one["open"])),
        Cell(share(one["met"], one["counted"]), "", is_missed),
        Cell(share(one["as_if_held"], one["counted"])),
        *(Cell(_time(value)) for value in (used["median"], used["p90"], longer["median"], longer["p90"])),
        Cell(_("%(name)s, version %(version)s") % {"name": agreement["name"], "version": versions}),
    ]


def _total(one: dict[str, Any]) -> list[Cell]:
    return [
        Cell(_("All")), Cell(metric_label(one["metric"])), Cell(""), Cell(str(one["counted"])),
        Cell(str(one["met"])), Cell(str(one["breached"])), Cell(str(one["open"])),
        Cell(share(one["met"], one["counted"])), Cell(share(one["as_if_held"], one["counted"])),
        *(Cell("") for _each in range(5)),
    ]  # fmt: skip


def _time(seconds: int | None) -> str:
    return "–" if seconds is None else display.duration(seconds)


def _trend_table(figures: Figures) -> Table:
    metrics = sorted({metric for one in figures["trend"] for metric in one["metrics"]})
    rows = [
        [
            Cell(month_name(f"{one['month']}-01")),
            *(Cell(_of(one["metrics"].get(metric))) for metric in metrics),
            Cell(_("as issued") if one["is_issued"] else ""),
        ]
        for one in figures["trend"]
    ]
    columns = [(_("Month"), False), *((metric_label(one), True) for one in metrics), (_("Source"), False)]
    return Table("trend", _("Trend"), columns, rows)


def _of(counts: list[int] | None) -> str:
    if not counts:
        return "–"
    counted, met = counts
    return share(met, counted) if counted < FEW else f"{share(met, counted)} ({met}/{counted})"


def _bar(one: dict[str, Any]) -> Bar:
    counted = sum(counts[0] for counts in one["metrics"].values())
    met = sum(counts[1] for counts in one["metrics"].values())
    day = dt.date.fromisoformat(f"{one['month']}-01")
    return Bar(
        formats.date_format(day, "M Y"), round(met / counted * 100, 1) if counted else None,
        _percent(met, counted) if counted else "–", f"{met}/{counted}", one["is_issued"],
    )  # fmt: skip


def _workload(figures: Figures) -> Table:
    columns = [(_("Type"), False), (_("Priority"), False), (_("Tickets"), True), (_("Month before"), True),
               (_("Change"), True)]  # fmt: skip
    rows = [
        [
            Cell(_kinds().get(one["kind"], one["kind"])),
            Cell(f"P{one['priority']}" if one["priority"] else "–"),
            Cell(str(one["count"]), one["key"]),
            Cell(str(one["before"])),
            Cell(f"{one['count'] - one['before']:+d}".replace("-", "−")),
        ]
        for one in figures["workload"]
    ]
    return Table("workload", _("Workload"), columns, rows, empty=_("No ticket came in."))


def _limits(figures: Figures) -> Table:
    columns = [(_("Agreement"), False), (_("Type"), False), (_("Priority"), False), (_("Limit a month"), True),
               (_("Tickets"), True), (_("Month before"), True), (_("Used"), True)]  # fmt: skip
    rows = [
        [
            Cell(_("%(name)s, version %(version)s") % {"name": one["agreement"], "version": one["version"]}),
            Cell(_kinds().get(one["kind"], one["kind"]) if one["kind"] else _("Any")),
            Cell(f"P{one['priority']}" if one["priority"] else _("Any")), Cell(str(one["most"])),
            Cell(str(one["count"]), one["key"], one["is_over"]), Cell(str(one["before"])),
            Cell(f"{formats.number_format(one['count'] / one['most'] * 100, 0)} %", "", one["is_over"]),
        ]
        for one in figures["limits"]
    ]  # fmt: skip
    return Table(
        "limits", _("Workload against its limits"), columns, rows, empty=_("The agreements set no limits.")
    )


def _kinds() -> dict[str, str]:
    return {one.kind: str(one.label) for one in processes.every()}


def _exclusions(figures: Figures, is_inside: bool) -> Table:
    columns = [
        (_("Ticket"), False),
        (_("Target"), False),
        (_("Why"), False),
        (_("When"), False),
    ]
    columns += [(_("Reason"), False)] if is_inside else []
    rows = [
        [
            Cell(one["number"]), Cell(metric_label(one["metric"])), Cell(_cause(one["cause"])),
            Cell(_moment(one["at"], figures["time_zone"])), *([Cell(one["reason"])] if is_inside else []),
        ]
        for one in figures["exclusions"]
    ]  # fmt: skip
    more = figures["excluded"] - len(rows)
    note = _("%(count)s more are not listed here.") % {"count": more} if more > 0 else ""
    return Table("exclusions", _("Left out"), columns, rows, note, _("Nothing was left out."))


def _corrections(figures: Figures, is_inside: bool) -> Table:
    columns = [
        (_("Ticket"), False),
        (_("Target"), False),
        (_("Left out of its time"), True),
        (_("When"), False),
    ]
    columns += [(_("Reason"), False)] if is_inside else []
    rows = [
        [
            Cell(one["number"]), Cell(metric_label(one["metric"])), Cell(display.duration(one["seconds"])),
            Cell(_moment(one["at"], figures["time_zone"])), *([Cell(one["reason"])] if is_inside else []),
        ]
        for one in figures["corrections"]
    ]  # fmt: skip
    note = _("Time that a second person agreed not to count; the figures above follow it.")
    return Table("corrections", _("Corrections"), columns, rows, note)


def _cause(value: str) -> str:
    return str(Cause(value).label) if value in Cause.values else value
