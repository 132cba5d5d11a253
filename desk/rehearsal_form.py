"""The form of a rehearsal: whose tickets of which days, and what would be different."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from calendars.models import Calendar
from core import display
from core.actor import Actor
from core.form_fields import LocalDayField
from desk.forms import DeskForm
from desk.settings import notation
from desk.settings.people import customers_for
from slas import metrics
from slas.choices import AgreementKind
from slas.models import Agreement
from slas.rehearsal import running
from slas.rehearsal.whatif import LEVELS, NewTarget, WhatIf, known_metrics
from tickets import reference
from tickets.choices import HoldKind, Level

OURS = {"opened_from": "first_on", "opened_to": "last_on", "as_if_in_force": "is_always"}


class RehearsalForm(DeskForm):
    """Times are business time, as in an agreement. What is left empty stays as agreed."""

    opened_from = LocalDayField(label=__("Received from"))
    opened_to = LocalDayField(label=__("Received to"))
    customer = forms.ModelChoiceField(None, label=__("Customer"), required=False, empty_label=__("All"))
    agreement = forms.ModelChoiceField(
        None, label=__("Agreement"), required=False, empty_label=__("All that were in force"),
        help_text=__("What is different is different in this one only."),
    )  # fmt: skip
    as_if_in_force = forms.BooleanField(
        label=__("Take it as if it had been in force all the time"), required=False,
        help_text=__("For tickets that are older than the agreement, such as imported ones."),
    )  # fmt: skip
    percent = forms.IntegerField(
        label=__("All agreed times, in per cent"), required=False,
        help_text=__("80 makes each a fifth shorter. A time in the table above comes first."),
    )  # fmt: skip
    calendar = forms.ModelChoiceField(
        None, label=__("Business hours"), required=False, empty_label=__("As agreed")
    )
    changes_pauses = forms.BooleanField(label=__("Pause only while waiting for these:"), required=False)
    pauses_on = forms.MultipleChoiceField(
        label=__("Pauses while"),
        choices=HoldKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, actor: Actor, data: Any = None, **options: Any):
        super().__init__(data, **options)
        self.fields["customer"].queryset = customers_for(actor, running.PERMISSION)
        agreements = Agreement.objects.visible_to(actor).filter(kind=AgreementKind.SLA)
        self.fields["agreement"].queryset = agreements.order_by("name", "id")
        self.fields["calendar"].queryset = Calendar.objects.visible_to(actor).order_by("name")
        self.levels = [one.level for one in reference.priorities()]
        self.cells = reference.matrix_in_force().cells
        self.metrics = known_metrics()
        for metric in self.metrics:
            for level in (None, *self.levels):
                self.fields[_time(metric, level)] = _time_field(metric, level)
        for impact in LEVELS:
            for urgency in LEVELS:
                self.fields[_cell(impact, urgency)] = self._cell_field(impact, urgency)

    @property
    def times(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The table of times: a metric and its fields."""
        for metric in self.metrics:
            yield metrics.label(metric), [self[_time(metric, level)] for level in (None, *self.levels)]

    @property
    def grid(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The matrix: an impact and its fields."""
        for impact in LEVELS:
            yield Level(int(impact)).label, [self[_cell(impact, urgency)] for urgency in LEVELS]

    @property
    def urgencies(self) -> list[str]:
        return [Level(int(one)).label for one in LEVELS]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        targets = []
        for metric in self.metrics:
            for level in (None, *self.levels):
                text = given.get(_time(metric, level), "").strip()
                if text:
                    targets += self._target(metric, level, text)
        given["targets"] = tuple(targets)
        return given

    def asked(self) -> WhatIf:
        """What is to be rehearsed, of a valid form."""
        given = self.cleaned_data
        cells = {impact: {one: int(given[_cell(impact, one)]) for one in LEVELS} for impact in LEVELS}
        return WhatIf(
            **{ours: given[name] for name, ours in OURS.items()},
            **{name: given[name] for name in ("customer", "agreement", "percent", "calendar", "targets")},
            pauses_on=tuple(given["pauses_on"]) if given["changes_pauses"] else None,
            cells=None if cells == self.cells else cells,
        )

    def take(self, refusal: Any) -> None:
        """A refusal about the table stands at its first field."""
        names = {"targets": _time(self.metrics[0], None), "matrix": _cell("1", "1")}
        refusal.errors = {names.get(name, name): texts for name, texts in refusal.errors.items()}
        super().take(refusal)

    def _target(self, metric: str, level: int | None, text: str) -> list[NewTarget]:
        try:
            return [NewTarget(metric=metric, seconds=notation.read_duration(text), priority=level)]
        except notation.Unreadable as fault:
            self.add_error(_time(metric, level), str(fault))
            return []

    def _cell_field(self, impact: str, urgency: str) -> forms.ChoiceField:
        label = _("Impact %(impact)s, urgency %(urgency)s") % {
            "impact": display.inside(Level(int(impact)).label),
            "urgency": display.inside(Level(int(urgency)).label),
        }
        field = forms.ChoiceField(
            label=label, choices=[(str(one), f"P{one}") for one in self.levels],
            initial=str(self.cells[impact][urgency]),
        )  # fmt: skip
        field.widget.attrs["aria-label"] = label
        return field


def initial_of(asked: WhatIf) -> dict[str, Any]:
    """The values with which a form asks for the same again."""
    found: dict[str, Any] = {name: getattr(asked, ours) for name, ours in OURS.items()}
    found |= {name: getattr(asked, name) for name in ("customer", "agreement", "percent", "calendar")}
    found |= {"changes_pauses": asked.pauses_on is not None, "pauses_on": list(asked.pauses_on or ())}
    found |= {_time(one.metric, one.priority): notation.write_duration(one.seconds) for one in asked.targets}
    for impact, row in (asked.cells or {}).items():
        found |= {_cell(impact, urgency): str(level) for urgency, level in row.items()}
    return found


def _time(metric: str, level: int | None) -> str:
    return f"time_{metric}_{level or 'any'}"


def _cell(impact: str, urgency: str) -> str:
    return f"cell_{impact}_{urgency}"


def _time_field(metric: str, level: int | None) -> forms.CharField:
    where = _("each priority") if level is None else f"P{level}"
    field = forms.CharField(label=f"{metrics.label(metric)}, {where}", max_length=40, required=False)
    field.widget.attrs |= {"aria-label": field.label, "autocomplete": "off"}
    return field
