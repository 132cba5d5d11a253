"""Both verdicts of every clock, counted: by metric, priority and team, with the tickets that flip. Plain data inside,
so that a job that is taken up again goes on counting where it was."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from core import time
from slas.rehearsal.replaying import BREACHED, MET, Judged
from slas.rehearsal.stories import Story

MOST_FLIPS = 500
MOST_DIFFERING = 50
ALL, PRIORITY, TEAM = "all", "priority", "team"
WORSE, BETTER = "worse", "better"  # missed only after, missed only before
SIDES = ("met_before", "breached_before", "open_before", "met_after", "breached_after", "open_after")
COUNTS = (*SIDES, "worse", "better")
_WORDS = {MET: "met", BREACHED: "breached", None: "open"}
Recorded = Mapping[tuple[int, str, int], str | None]  # verdicts on record, by (ticket, metric, cycle)


class Tally:
    """What has been counted so far. `data` is all there is to it."""

    def __init__(self, data: dict[str, Any] | None = None):
        self.data = data or {
            "tickets": 0, "imported": 0, "without_answers": 0, "rows": {}, "worse": 0, "better": 0, "flips": [],
            "compared": 0, "agreed": 0, "differing": [],
        }  # fmt: skip

    def take(self, story: Story, before: Sequence[Judged], after: Sequence[Judged]) -> None:
        """One ticket, judged both ways."""
        self.data["tickets"] += 1
        self.data["imported"] += story.is_import
        now = {(one.metric, one.cycle): one for one in after}
        for was in before:
            self._clock(story, was, now.pop((was.metric, was.cycle), None))
        for new in now.values():
            self._clock(story, None, new)

    def compare(self, story: Story, before: Sequence[Judged], recorded: Recorded) -> None:
        """What was derived beside what is on record, where a clock is."""
        is_equal = True
        for one in before:
            key = (story.ticket_id, one.metric, one.cycle)
            if key in recorded:
                self.data["compared"] += 1
                self.data["agreed"] += recorded[key] == one.verdict
                is_equal &= recorded[key] == one.verdict
        if not is_equal and len(self.data["differing"]) < MOST_DIFFERING:
            self.data["differing"].append(story.number)

    def skip_answers(self) -> None:
        """An imported ticket of which nobody knows when it was answered."""
        self.data["without_answers"] += 1

    def rows(self) -> list[dict[str, Any]]:
        """[{metric, by, value, met_before, …}]: all first, then by priority, then by team, the busiest first."""
        rows = []
        for key, counts in self.data["rows"].items():
            metric, by, value = key.split("|")
            number = int(value) if value else None
            rows.append(
                {"metric": metric, "by": by, "value": number, **dict(zip(COUNTS, counts, strict=True))}
            )
        return sorted(rows, key=_place)

    def _clock(self, story: Story, was: Judged | None, new: Judged | None) -> None:
        shown = was or new
        if shown is None or not any(one and (one.verdict or not one.is_over) for one in (was, new)):
            return  # ended without a verdict: nothing to count
        turn = _turn(was, new)
        for by, value in ((ALL, ""), (PRIORITY, shown.priority), (TEAM, shown.team_id or "")):
            counts = self.data["rows"].setdefault(f"{shown.metric}|{by}|{value}", [0] * len(COUNTS))
            for offset, one in ((0, was), (3, new)):
                if one is not None and (one.verdict or not one.is_over):
                    counts[offset + ("met", "breached", "open").index(_WORDS[one.verdict])] += 1
            if turn:
                counts[COUNTS.index(turn)] += 1
        if was and new and turn:
            self._flip(story, was, new, turn)

    def _flip(self, story: Story, was: Judged, new: Judged, turn: str) -> None:
        self.data[turn] += 1
        if len(self.data["flips"]) >= MOST_FLIPS:
            return
        differs: dict[str, list[Any]] = {
            "seconds": [was.pick.seconds, new.pick.seconds],
            "calendar": [was.pick.calendar_id, new.pick.calendar_id],
            "priorities": [was.pick.priority, new.pick.priority],
            "pauses": [sorted(was.pick.pauses_on), sorted(new.pick.pauses_on)],
        }
        self.data["flips"].append(
            {
                "number": story.number, "turn": turn, "metric": was.metric, "cycle": was.cycle,
                "priority": was.priority, "team": was.team_id,
                "before": was.verdict or "open", "after": new.verdict or "open",
                "due_before": _iso(was.due_at), "due_after": _iso(new.due_at), "ended_at": _iso(was.ended_at),
                "why": {name: pair for name, pair in differs.items() if pair[0] != pair[1]},
            }
        )  # fmt: skip


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    order, value = (ALL, PRIORITY, TEAM).index(row["by"]), row["value"] or 0
    return row["metric"], order, -sum(row[side] for side in SIDES) if row["by"] == TEAM else 0, value


def _turn(was: Judged | None, new: Judged | None) -> str:
    """Whether it would be missed now, or not any more; nothing where both verdicts are one."""
    if was is None or new is None or was.verdict == new.verdict or BREACHED not in (was.verdict, new.verdict):
        return ""
    return WORSE if new.verdict == BREACHED else BETTER


def _iso(at: dt.datetime | None) -> str | None:
    return time.iso(at)
