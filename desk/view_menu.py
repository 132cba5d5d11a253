"""What one may do with the view itself: group, order, density, columns; keep it, put it back, have it at hand."""

from collections.abc import Container
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from core.actor import Actor
from desk import grouping
from desk.views_of_queue import Asked
from tickets import standing, view_actions

DENSITIES = {"roomy": __("Roomy"), "comfortable": __("Comfortable"), "compact": __("Compact")}
ORDERS = {
    "due_at": __("Next due"), "-opened_at": __("Newest first"), "opened_at": __("Oldest first"),
    "-updated_at": __("Last updated"), "priority": __("Priority"), "-closed_at": __("Last closed"),
}  # fmt: skip


def of(asked: Asked, actor: Actor, stars: Container[str]) -> dict[str, Any]:
    """What the menu and the buttons beside the chips read."""
    base, saved = reverse("desk:queue"), asked.view.saved
    is_own = saved is not None and view_actions.may_change(saved, actor)
    own = reverse("desk:view", args=[saved.slug]) + asked.query() if saved and is_own else ""
    return {
        "group_label": grouping.LABELS[asked.grouping],
        "groups": [
            _option(label, base + _grouped(asked, name).query(), asked.grouping == name)
            for name, label in grouping.LABELS.items()
        ],
        "orders": [
            _option(label, base + asked.with_(ordering=name).query(), asked.order == name)
            for name, label in ORDERS.items()
        ],
        "densities": [
            _option(DENSITIES[name], base + asked.with_(density=name).query(), asked.shown_density == name)
            for name in standing.DENSITIES
        ],
        "columns_url": reverse("desk:columns") + asked.query(),
        "is_changed": asked.is_changed,
        "reset_url": f"{base}?view={asked.view.slug}" if asked.view.slug != "all" else base,
        "save_url": own if asked.is_changed else "",
        "keep_url": reverse("desk:views") + asked.query(),
        "edit_url": own,
        "star_url": reverse("desk:star", args=[asked.view.slug]) if ":" not in asked.view.slug else "",
        "is_starred": asked.view.slug in stars,
        "version": saved.version if saved else "",
    }


def _grouped(asked: Asked, name: str) -> Asked:
    """Grouped so; by time left only in its own order."""
    return asked.with_(group=name, **({"ordering": "due_at"} if name == "time" else {}))


def _option(label: Any, url: str, is_current: bool) -> dict[str, Any]:
    return {"label": label, "url": url, "current": is_current}


def kept_title(asked: Asked) -> str:
    """The name proposed for a new view."""
    return _("%(view)s, narrowed") % {"view": asked.view.title}
