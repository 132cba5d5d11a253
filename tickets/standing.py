"""The views that everybody has, and the words in which any view is written down: groupings, densities, filters."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from tickets.models import SavedView

# What each view of the house stands for, as filters of the query string.
SYSTEM: dict[str, dict[str, str]] = {
    "all": {},
    "mine": {"assignee": "me"},
    "unassigned": {"assignee": "none"},
    "overdue": {"due_before": "now"},
    "paused": {"phase": "waiting"},
    "blocked": {"phase": "waiting,resolved", "is_blocked": "true"},
    "closed": {"phase": "closed"},
}
ORDERS = {"closed": "-closed_at"}  # where a view of the house is not ordered by time left
GROUPINGS = ("time", "priority", "team", "assignee", "customer", "service", "none")
DENSITIES = ("roomy", "comfortable", "compact")
OPEN = "open,waiting"
# Filters that look beyond what is open.
BEYOND = frozenset({"phase", "state", "q", "external_reference", "sla_breached"})


def find_saved(slug: str, actor: Actor) -> SavedView | None:
    """The saved view with this slug that the actor may use, or None."""
    return SavedView.objects.visible_to(actor).select_related("team").filter(slug=slug).first()


def filters_of(slug: str, actor: Actor) -> Mapping[str, str]:
    """What a view stands for, as filters: for who lists tickets by `?view=`. Raises Malformed for an unknown one."""
    found: Mapping[str, str]
    if slug in SYSTEM:
        found = SYSTEM[slug]
    else:
        saved = find_saved(slug, actor)
        if saved is None:
            sentence = _("There is no view “%(slug)s”, or it is not yours.") % {"slug": slug[:80]}
            raise errors.Malformed(sentence, errors={"view": [sentence]})
        found = saved.filters
    return found if BEYOND & found.keys() else {"phase": OPEN, **found}
