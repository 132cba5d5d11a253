"""The two tables of the editor, row by row: targets and workload limits. A row without its first value is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.models import Team
from calendars.models import Calendar
from catalogue.models import Category
from cmdb.models import ItemType
from core import display
from core.actor import Actor
from desk.settings import notation
from slas import drafts, metrics
from slas.drafts import LimitDraft, StepDraft, TargetDraft
from slas.wording import pause_label
from tickets import processes, reference
from tickets.choices import HoldKind

MAIN = ("metric", "priority", "time", "steps", "pauses")
MORE = ("kind", "category", "type", "hours")
PLACES = {
    "metric": "metric", "ticket_kind": "kind", "seconds": "time", "pauses_on": "pauses", "calendar": "hours",
    "steps": "steps",
}  # fmt: skip
LIMIT = ("most", "kind", "priority")
MOST_ROWS = 200


@dataclass(frozen=True)
class Row:
    """One row as the page shows it: its number, the fields at once in sight, and those that are folded."""

    number: int
    fields: list[forms.BoundField]
    more: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        """Whether something that is folded says something."""
        return any(one.value() not in (None, "", []) or one.errors for one in self.more)


class Choices:
    """What the selects of all rows offer, read once for a form."""

    def __init__(self, actor: Actor, known: Mapping[str, Any]):
        named = {str(one.metric): str(one.metric) for one in known["targets"]} | metrics.labels()
        self.metrics = [("", "–"), *named.items()]
        self.priorities = _any((str(one.level), f"P{one.level}") for one in reference.priorities())
        self.kinds = _any((one.kind, one.label) for one in processes.every())
        self.categories = {
            str(one.pk): one for one in Category.objects.visible_to(actor).order_by("name", "id")
        }
        self.types = {str(one.pk): one for one in ItemType.objects.order_by("name", "id")}
        rows = Calendar.objects.visible_to(actor).order_by("name", "id")
        self.calendars = {str(one.pk): one for one in rows}
        self.teams = {one.slug: one for one in Team.objects.visible_to(actor)}


def _any(found: Any) -> list[tuple[str, Any]]:
    return [("", _("any")), *found]


def target_fields(number: int, choices: Choices, known: TargetDraft | None) -> dict[str, forms.Field]:
    """The fields of one target, by their names in the form."""
    made = {
        "metric": _choose(__("Metric"), choices.metrics, known and known.metric),
        "priority": _choose(__("Priority"), choices.priorities, known and known.priority),
        "time": _text(__("Time"), 40, notation.write_duration(known.seconds) if known else "", "4 h 30 min"),
        "steps": _text(__("Steps"), 500, _steps_text(known) if known else "", "75%: assignee; 100%: lead"),
        "pauses": forms.MultipleChoiceField(
            label=__("Pauses while waiting for"), widget=forms.CheckboxSelectMultiple,
            choices=[(one, pause_label(one)) for one in HoldKind.values],
            initial=list(known.pauses_on) if known else [],
        ),
        "kind": _choose(__("Type of ticket"), choices.kinds, known and known.ticket_kind),
        "category": _choose(__("Category"), _any_of(choices.categories), known and _key(known.category)),
        "type": _choose(__("Class of item"), _any_of(choices.types), known and _key(known.item_type)),
        "hours": _choose(
            __("Own business hours"),
            [("", _("those of the agreement")), *_any_of(choices.calendars)[1:]],
            known and _key(known.calendar),
        ),
    }  # fmt: skip
    return _named(made, f"t{number}_", _("Target %(number)d: %(what)s"), number)


def limit_fields(number: int, choices: Choices, known: LimitDraft | None) -> dict[str, forms.Field]:
    """The fields of one workload limit."""
    made = {
        "most": forms.IntegerField(label=__("Tickets a month"), max_value=2**31 - 1, initial=known and known.most),
        "kind": _choose(__("Type of ticket"), choices.kinds, known and known.ticket_kind),
        "priority": _choose(__("Priority"), choices.priorities, known and known.priority),
    }  # fmt: skip
    return _named(made, f"l{number}_", _("Limit %(number)d: %(what)s"), number)


def _named(made: dict[str, forms.Field], prefix: str, sentence: str, number: int) -> dict[str, forms.Field]:
    for field in made.values():
        field.required = False
        field.short = field.label
        field.label = sentence % {"number": number + 1, "what": display.inside(field.label)}
    return {f"{prefix}{name}": field for name, field in made.items()}


def _choose(label: Any, choices: Any, initial: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=initial)


def _text(label: Any, most: int, initial: str, example: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"placeholder": example, "autocomplete": "off", "dir": "auto"})
    return forms.CharField(label=label, max_length=most, initial=initial, widget=widget)


def _any_of(rows: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return _any((key, str(one)) for key, one in rows.items())


def _key(row: Any) -> str:
    return str(row.pk) if row is not None else ""


def _steps_text(target: TargetDraft) -> str:
    return "; ".join(
        notation.write_step(
            percent=one.percent, offset_seconds=one.offset_seconds, counting=one.counting, notify=one.notify,
            reassign_to=one.reassign_to.slug if one.reassign_to else "",
        )
        for one in target.steps
    )  # fmt: skip


def read_target(form: forms.Form, number: int, choices: Choices) -> TargetDraft | None:
    """The target of a row; None for an empty one. What is wrong with it stands at its fields."""
    given = {name: form.cleaned_data.get(f"t{number}_{name}") or "" for name in (*MAIN, *MORE)}
    if not given["metric"]:
        return None
    made = TargetDraft(
        metric=given["metric"],
        seconds=_read(form, f"t{number}_time", _seconds, given["time"]) or 0,
        priority=int(given["priority"]) if given["priority"] else None,
        ticket_kind=given["kind"],
        category=choices.categories.get(given["category"]),
        item_type=choices.types.get(given["type"]),
        calendar=choices.calendars.get(given["hours"]),
        pauses_on=tuple(given["pauses"]),
        steps=tuple(_steps(form, f"t{number}_steps", given["steps"], choices)),
    )
    for part, sentence in drafts.target_faults(made):
        name = f"t{number}_{PLACES[part]}"
        if name not in form.errors:
            form.add_error(name, sentence)
    return made


def read_limit(form: forms.Form, number: int) -> LimitDraft | None:
    """The limit of a row; None for an empty one."""
    given = {name: form.cleaned_data.get(f"l{number}_{name}") for name in LIMIT}
    if given["most"] is None:
        return None
    if given["most"] <= 0:
        form.add_error(f"l{number}_most", _("A limit allows at least one ticket a month."))
    return LimitDraft(
        most=given["most"],
        ticket_kind=given["kind"] or "",
        priority=int(given["priority"]) if given["priority"] else None,
    )


def _seconds(text: str) -> int:
    if re.fullmatch(r"[0\s:.,]*0[0\s:.,]*(h|min)?(\s*0+\s*min)?", text.strip()):
        return 0
    return notation.read_duration(text)


def _steps(form: forms.Form, name: str, text: str, choices: Choices) -> list[StepDraft]:
    found = []
    for one in _read(form, name, notation.read_steps, text) or ():
        slug = one.pop("reassign_to")
        if slug and slug not in choices.teams:
            form.add_error(name, _("There is no team “%(slug)s”.") % {"slug": slug})
        found.append(StepDraft(**one, reassign_to=choices.teams.get(slug)))
    return found


def _read(form: forms.Form, name: str, reader: Any, text: str) -> Any:
    try:
        return reader(text)
    except notation.Unreadable as fault:
        form.add_error(name, str(fault))
        return None
