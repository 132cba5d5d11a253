"""What a new agreement may start from: Gold, Silver and Bronze as texts and targets, to be changed before they are
offered. They are proposals in a form: nothing of them is stored until somebody saves it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from slas import standards
from slas.drafts import LimitDraft

GOLD, SILVER, BRONZE = "gold", "silver", "bronze"
LABELS = {GOLD: __("Gold"), SILVER: __("Silver"), BRONZE: __("Bronze")}
WORDS = {
    GOLD: __("Answers within a quarter of an hour, urgent things solved within four hours"),
    SILVER: __("Answers within the hour, urgent things solved within a day"),
    BRONZE: __("Answers on the same day, urgent things solved within two days"),
}
HOURS = {
    GOLD: {1: (0.25, 4), 2: (0.5, 8), 3: (2, 16), 4: (4, 40)},
    SILVER: {1: (0.5, 8), 2: (1, 16), 3: (4, 40), 4: (8, 80)},
    BRONZE: standards.BEST_EFFORT,
}
MOST = {GOLD: 400, SILVER: 200, BRONZE: 100}  # tickets a month


def offered() -> list[dict[str, Any]]:
    """The samples to choose from."""
    return [{"slug": slug, "label": LABELS[slug], "text": WORDS[slug]} for slug in LABELS]


def of(slug: str) -> dict[str, Any]:
    """The values that a new agreement starts with; nothing for no sample."""
    if slug not in LABELS:
        return {}
    return {
        "name": str(LABELS[slug]),
        "scope": _(
            "We take reports of faults by portal, mail and phone, work on them until service is restored, and say what "
            "was done."
        ),
        "responsibilities": _(
            "We answer, work and inform within the targets.\n"
            "You name people who may report and decide, and answer questions that we need to go on."
        ),
        "exceptions": _(
            "Maintenance that was announced three working days before\n"
            "Disturbances that only you can end, from the moment at which we told you"
        ),
        "targets": standards.targets(HOURS[slug]),
        "limits": [LimitDraft(most=MOST[slug])],
    }
