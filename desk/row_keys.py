"""What keys do in the list, in words: the key sheet and the palette read it, frontend/js/queue.js does it."""

from typing import Any

from django.utils.translation import gettext as _

from core.actor import Actor


def deeds(actor: Actor) -> list[dict[str, Any]]:
    """What can be done with the row of the cursor, and with which key."""
    working = [
        ("a", _("Assign")), ("shift+a", _("Take")), ("s", _("Status")), ("p", _("Priority")), ("t", _("Team")),
        ("v", _("Service")), ("i", _("Add an item")), ("r", _("Reply to customer")), ("n", _("Internal note")),
        ("m", _("Macro")), ("l", _("Link")), ("d", _("Merge into another")), ("e", _("Resolve")), ("h", _("Hold")),
        ("w", _("Watch")),
    ]  # fmt: skip
    reading = [
        ("enter", _("Open")), ("mod+enter", _("Open in a tab")), ("x", _("Select")), ("u", _("Mark as unread")),
        ("y", _("Copy the link")),
    ]  # fmt: skip
    return _listed([*(working if actor.may("ticket.work") else []), *reading])


def moves() -> list[dict[str, Any]]:
    """How the cursor moves."""
    return _listed(
        [("j", _("Next row")), ("k", _("Previous row")), ("shift+j", _("Select on to the next row"))]
    )


def _listed(pairs: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [{"key": key, "label": label} for key, label in pairs]
