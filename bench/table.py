"""What a run found, as one table: Markdown for people, JSON for comparisons."""

import json
import os
import platform
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.driving import Measured

HEAD = "| work | median ms | p95 | per s at 8 | statements | kB | ratio | aim | |"
MOST_MEGABYTES = 250


@dataclass
class Line:
    """One figure that is no page: what it is, the figure with its unit, the aim, whether it is met."""

    work: str
    figure: float
    unit: str
    aim: str = ""
    is_met: bool | None = None


@dataclass
class Found:
    """Everything one run found."""

    size: int
    machine: str
    rows: list[Measured] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    memory: dict[str, dict[str, float]] = field(default_factory=dict)
    soak: dict[str, Any] = field(default_factory=dict)
    bare_sql: float = 0.0

    def failures(self) -> list[str]:
        """What was answered wrongly."""
        return [
            f"{one.scenario.name}: {text}" for one in self.rows for text in one.failed[:3]
        ] + self.soak.get("failed", [])


def machine() -> str:
    """The machine, and how busy it was when the run began."""
    version, load = platform.python_version(), os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {version}, load {load:.1f}"


def line(one: Measured) -> str:
    """One row of the Markdown table."""
    aims = one.scenario
    wanted = [f"≤ {aims.ratio:g} × {aims.floor}"] if aims.ratio else []
    wanted += [f"≤ {aims.statements}"] if aims.statements else []
    return (
        f"| {aims.name} | {one.median:.1f} | {one.p95:.1f} | {one.per_second:.1f} | {one.statements} |"
        f" {one.bytes / 1000:.0f} | {one.ratio:.2f} | {', '.join(wanted)} | {one.verdict} |"
    )


def show(found: Found, path: Path | None) -> None:
    """Print both forms."""
    print(f"\n## {found.size:,} tickets ({found.machine})\n")
    print(f"Floors: {floors(found)}\n")
    print(HEAD)
    print("| --- |" + " --: |" * 6 + " --- | --- |")
    for one in found.rows:
        print(line(one))
    print("\n| other figures | | aim | |\n| --- | --: | --- | --- |")
    for one in _lines(found):
        verdict = "" if one.is_met is None else "met" if one.is_met else "missed"
        print(f"| {one.work} | {one.figure:,.1f} {one.unit} | {one.aim} | {verdict} |")
    for text in found.failures():
        print(f"FAILED: {text}")
    text = json.dumps(as_json(found), indent=1, ensure_ascii=False)
    if path:
        path.write_text(text, "utf-8")
    print(f"\n```json\n{json.dumps(as_json(found), ensure_ascii=False)}\n```")


def floors(found: Found) -> str:
    """The medians of the floors over the whole run."""
    taken: dict[str, list[float]] = {}
    for one in found.rows:
        taken.setdefault(one.scenario.floor, []).extend(one.floor)
    said = [f"{name} {statistics.median(values):.1f} ms" for name, values in taken.items()]
    return ", ".join([*said, f"its SQL alone {found.bare_sql:.2f} ms"])


def as_json(found: Found) -> dict[str, Any]:
    """The same as data."""
    return {
        "size": found.size, "machine": found.machine, "floors": floors(found),
        "rows": [one.row() for one in found.rows], "lines": [vars(one) for one in _lines(found)],
        "memory_mb": found.memory, "soak": found.soak,
    }  # fmt: skip


def _lines(found: Found) -> list[Line]:
    lines = list(found.lines)
    for when, by_name in found.memory.items():
        whole = by_name["web"] + by_name["streams"]
        lines.append(
            Line(
                f"memory of web and streams, {when}",
                whole,
                "MB",
                f"≤ {MOST_MEGABYTES}",
                whole <= MOST_MEGABYTES,
            )
        )
    if found.soak:
        lines.append(Line("soak: p95 of a page", found.soak["p95_ms"], "ms", f"< {found.soak['aim_ms']:.0f}",
                          found.soak["p95_ms"] < found.soak["aim_ms"]))  # fmt: skip
        lines.append(Line("soak: pages", found.soak["pages"], "", "no error", not found.soak["failed"]))
    return lines
