"""A rehearsal in words and rows: what would be different, both verdicts, and why a ticket flips."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Team
from calendars.models import Calendar
from desk.settings import notation
from slas import metrics
from slas.rehearsal.tallying import ALL, BETTER, MOST_FLIPS, PRIORITY, SIDES, TEAM, WORSE
from slas.rehearsal.whatif import LEVELS, WhatIf, known_metrics
from tickets.choices import HoldKind, Level
from tickets.models import Ticket

KEPT = ("tickets", "imported", "without_answers", "worse", "better", "compared", "agreed")
NARROWED = ("metric", "priority", "team", "turn")
TONES = {"met": "ok", "breached": "danger", "open": ""}
Result = Mapping[str, Any]


def said(asked: WhatIf) -> list[str]:
    """What would be different, a sentence each."""
    found = [
        _("%(metric)s at %(where)s: %(time)s")
        % {"metric": _metric(one.metric), "where": _where(one.priority), "time": notation.write_duration(one.seconds)}
        for one in asked.targets
    ]  # fmt: skip
    if asked.percent is not None:
        found.append(_("All agreed times: %(percent)s %%") % {"percent": asked.percent})
    if asked.calendar is not None:
        found.append(_("Business hours: %(calendar)s") % {"calendar": asked.calendar})
    if asked.pauses_on is not None:
        found.append(_("Pauses while: %(kinds)s") % {"kinds": _kinds(asked.pauses_on)})
    for impact in LEVELS if asked.cells is not None else ():
        row = ", ".join(f"P{asked.cells[impact][urgency]}" for urgency in LEVELS) if asked.cells else ""
        found.append(
            _("Impact %(impact)s, by urgency from high to low: %(row)s")
            % {"impact": Level(int(impact)).label, "row": row}
        )
    if asked.agreement is not None:
        found.append(_("Different in “%(agreement)s” only") % {"agreement": asked.agreement})
    if asked.is_always:
        found.append(_("Taken as if it had been in force all the time, before and after"))
    return found


def shown(result: Result, request: HttpRequest, own_url: str) -> dict[str, Any]:
    """A result as its page shows it; the query string narrows the flips."""
    teams = dict(Team.objects.visible_to(request.actor).values_list("id", "name"))
    narrowed = {name: request.GET[name] for name in NARROWED if request.GET.get(name)}
    flips = [one for one in result["flips"] if _is_in(one, narrowed)]
    return {
        **{name: result[name] for name in KEPT},
        "judged_at": parse_datetime(result["judged_at"]),
        "disagreed": result["compared"] - result["agreed"],
        "differing": [_link(number) for number in result["differing"]],
        "metrics": list(_metrics(result["rows"], teams, own_url)),
        "flips": list(_flips(flips, teams, request)),
        "flip_count": result["worse"] + result["better"], "most": MOST_FLIPS,
        "is_cut": result["worse"] + result["better"] > MOST_FLIPS,
        "narrowed": _narrowing(narrowed, teams), "all_url": f"{own_url}#flips",
    }  # fmt: skip


def _metrics(rows: Sequence[Result], teams: Mapping[int, str], own_url: str) -> Iterator[dict[str, Any]]:
    """A table for each metric: all, by priority, by team."""
    order = {name: place for place, name in enumerate(known_metrics())}
    for metric in sorted({one["metric"] for one in rows}, key=lambda name: order.get(name, len(order))):
        own = [one for one in rows if one["metric"] == metric]
        yield {"label": _metric(metric), "rows": [_row(one, teams, own_url) for one in own]}


def _row(row: Result, teams: Mapping[int, str], own_url: str) -> dict[str, Any]:
    before, after = ([row[name] for name in SIDES[place : place + 3]] for place in (0, 3))
    labels = {
        ALL: _("All"), PRIORITY: f"P{row['value']}",
        TEAM: teams.get(row["value"] or 0, _("No team") if row["value"] is None else _("A team of others")),
    }  # fmt: skip
    narrowed = {"metric": row["metric"]}
    if row["by"] != ALL:
        narrowed[row["by"]] = str(row["value"] or "none")
    return {
        "label": labels[row["by"]], "by": row["by"], "before": _share(before), "after": _share(after),
        "turns": [
            {"count": row[turn], "url": f"{own_url}?{urlencode({**narrowed, 'turn': turn})}#flips"}
            for turn in (WORSE, BETTER)
        ],
    }  # fmt: skip


def _share(counts: Sequence[int]) -> dict[str, Any]:
    """`91.7 %` and `11 of 12`; nothing where nothing is decided. All is all, and nothing is nothing: not rounded."""
    met, breached, still = counts
    decided = met + breached
    if not decided:
        return {"percent": "–", "counts": "", "open": still}
    tenths = round(met * 1_000 / decided)
    tenths = min(max(tenths, 1), 999) if met and breached else tenths
    return {
        "percent": f"{formats.number_format(tenths / 10, 1)} %",
        "counts": _("%(met)s of %(all)s") % {"met": formats.number_format(met), "all": formats.number_format(decided)},
        "open": still,
    }  # fmt: skip


def _flips(
    flips: Sequence[Result], teams: Mapping[int, str], request: HttpRequest
) -> Iterator[dict[str, Any]]:
    rows = Ticket.objects.visible_to(request.actor).filter(number__in={one["number"] for one in flips})
    titles = dict(rows.values_list("number", "title"))
    wanted = {key for one in flips for key in one["why"].get("calendar", ())}
    names = dict(Calendar.objects.filter(pk__in=wanted).values_list("id", "name"))
    for one in flips:
        if one["number"] in titles:
            yield {
                **_link(one["number"]), "title": titles[one["number"]], "priority": one["priority"],
                "metric": _metric(one["metric"]), "team": teams.get(one["team"] or 0, ""),
                **{side: {"word": _words()[one[side]], "kind": TONES[one[side]]} for side in ("before", "after")},
                "due_before": parse_datetime(one["due_before"] or ""),
                "due_after": parse_datetime(one["due_after"] or ""),
                "ended_at": parse_datetime(one["ended_at"] or ""), "why": "; ".join(_why(one["why"], names)),
            }  # fmt: skip


def _why(why: Mapping[str, Sequence[Any]], names: Mapping[int, str]) -> Iterator[str]:
    """What differs for this clock."""
    if "priorities" in why:
        yield _("P%(after)s instead of P%(before)s") % _pair(why["priorities"], str)
    if "seconds" in why:
        yield _("%(after)s instead of %(before)s") % _pair(why["seconds"], notation.write_duration)
    if "calendar" in why:
        yield _("%(after)s instead of %(before)s") % _pair(
            why["calendar"], lambda key: names.get(key, _("other hours"))
        )
    if "pauses" in why:
        yield _("pauses while: %(after)s, instead of: %(before)s") % _pair(why["pauses"], _kinds)


def _pair(pair: Sequence[Any], show: Any) -> dict[str, str]:
    return {"before": show(pair[0]), "after": show(pair[1])}


def _is_in(flip: Result, narrowed: Mapping[str, str]) -> bool:
    return all(str(flip[name] or "none") == value for name, value in narrowed.items())


def _narrowing(narrowed: Mapping[str, str], teams: Mapping[int, str]) -> str:
    """What the list of flips is narrowed to, in words."""
    team = narrowed.get("team", "")
    words = [
        _metric(narrowed["metric"]) if "metric" in narrowed else "",
        f"P{narrowed['priority']}" if narrowed.get("priority", "").isdecimal() else "",
        teams.get(int(team), "") if team.isdecimal() and len(team) < 19 else _("No team") if team else "",
        {WORSE: _("missed only after"), BETTER: _("missed only before")}.get(narrowed.get("turn", ""), ""),
    ]
    return ", ".join(filter(None, words))


def _words() -> dict[str, str]:
    return {"met": _("Met"), "breached": _("Missed"), "open": _("Running")}


def _metric(name: str) -> str:
    return metrics.label(name)


def _where(priority: int | None) -> str:
    return _("each priority") if priority is None else f"P{priority}"


def _kinds(kinds: Sequence[str]) -> str:
    return ", ".join(str(HoldKind(one).label) for one in kinds) or _("never")


def _link(number: str) -> dict[str, str]:
    return {"number": number, "url": reverse("desk:ticket", args=[number])}
