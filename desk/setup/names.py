"""The seven steps by name, for the sidebar's checklist too, which must not drag in their forms."""

from django.utils.translation import gettext_lazy as __

PERMISSION = "settings.write"
DONE, SKIPPED = "done", "skipped"
HIDDEN = "hidden"  # a key beside the steps: the checklist was put away

STEPS = {
    "organization": __("Organisation"),
    "sign-in": __("Your sign-in"),
    "mail": __("Mail"),
    "hours": __("Hours and holidays"),
    "people": __("Team and people"),
    "targets": __("Priorities and targets"),
    "portal": __("Portal"),
}


def left(setup: dict[str, str] | None) -> list[str]:
    """The steps on the checklist: not done yet, or skipped. None of them where the list was put away."""
    if not isinstance(setup, dict) or HIDDEN in setup:
        return []
    return [slug for slug in STEPS if setup.get(slug) != DONE]


def next_of(setup: dict[str, str] | None, slug: str = "") -> str:
    """The first step after `slug` that was neither done nor skipped; "" where there is none."""
    order = list(STEPS)
    rest = order[order.index(slug) + 1 :] if slug else order
    return next((one for one in rest if one not in (setup or {})), "")
