"""The step of targets: three sets of promises in words, for the agreement that holds where no other does."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from core.actor import Actor
from desk.forms import DeskForm
from slas import actions as slas
from slas import standards
from slas.models import Agreement

PRESETS = {
    "calm": (
        __("Calm: an answer on the same day, urgent things within two hours"),
        {1: (2, 16), 2: (4, 24), 3: (8, 60), 4: (24, 120)},
    ),
    "usual": (
        __("Usual: urgent things within one hour and solved within a day"),
        standards.BEST_EFFORT,
    ),
    "swift": (
        __("Swift: urgent things within a quarter of an hour and solved within four"),
        {1: (0.25, 4), 2: (1, 8), 3: (4, 24), 4: (8, 40)},
    ),
}


class PresetForm(DeskForm):
    preset = forms.ChoiceField(
        label=__("What you promise"), widget=forms.RadioSelect,
        choices=[(slug, words) for slug, (words, _hours) in PRESETS.items()], initial="usual",
        help_text=__("In business hours, for whoever has no agreement of his own. All of it can be changed later."),
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None, files: Any = None, query: Any = None):
        self.actor = actor
        super().__init__(data, files)


def table() -> list[dict[str, Any]]:
    """What each preset promises by priority, in hours: for the page."""
    return [
        {"label": str(words).partition(":")[0], "hours": [hours[level] for level in sorted(hours)]}
        for words, hours in PRESETS.values()
    ]


def save(given: PresetForm, *, by: Actor, at: dt.datetime) -> str:
    """Give the best effort the targets of the preset; it is made where there is none."""
    words, hours = PRESETS[given.values()["preset"]]
    row = Agreement.objects.filter(is_default=True).first() or standards.best_effort(by=by, at=at)
    slas.change_agreement(
        row, by=by, at=at, fields={"targets": standards.targets(hours)}, reason=_("Setting up")
    )
    return _("You promise: %(words)s.") % {"words": words}
