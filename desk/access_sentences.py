"""What the entries about words, promises, suppliers, closed lists and the survey say on a ticket's timeline."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

Data = Mapping[str, Any]

ICONS = {
    "replied": "message", "noted": "lock", "supplier_replied": "message", "update_promised": "clock",
    "promise_ended": "clock", "restricted": "lock", "restriction_lifted": "lock", "glass_broken": "alert-triangle",
    "handed_over": "send", "handover_accepted": "player-play", "handover_ended": "arrow-back-up", "moved": "history",
}  # fmt: skip


def _said(who: str, data: Data, past: str) -> str:
    words = {
        "replied": _("%(who)s wrote a message that the customer reads"),
        "noted": _("%(who)s wrote an internal note"),
        "supplier_replied": _("%(who)s wrote to the supplier"),
    }
    if data.get("from_customer") or data.get("from_supplier"):
        return _("%(who)s wrote to the desk") % {"who": who}
    return words[past] % {"who": who}


def _promised(who: str, data: Data, past: str) -> str:
    if past == "promise_ended":
        return _("No more news is owed: %(reason)s") % {"reason": data.get("reason", "")}
    if data.get("next_update_at"):
        return _("%(who)s gave news and promised the next") % {"who": who}
    return _("%(who)s gave the last news") % {"who": who}


def _closed_list(who: str, data: Data, past: str) -> str:
    named = {"who": who, "reason": data.get("reason", ""), "people": ", ".join(data.get("members") or [])}
    words = {
        "restricted": _("%(who)s closed it to all but %(people)s: %(reason)s"),
        "restriction_lifted": _("%(who)s opened it to everybody again: %(reason)s"),
        "glass_broken": _("%(who)s broke the glass to look at it: %(reason)s"),
    }
    return words[past] % named


def _handed(who: str, data: Data, past: str) -> str:
    named = {"who": who, "supplier": data.get("supplier", ""), "reason": data.get("reason", "")}
    if past == "handed_over":
        return _("%(who)s handed it over to %(supplier)s") % named
    if past == "handover_accepted":
        return _("%(who)s took it in hand at %(supplier)s") % named
    words = {
        "handed_back": _("%(supplier)s handed it back"),
        "taken_back": _("%(who)s took it back from %(supplier)s"),
        "given_on": _("%(who)s gave it on from %(supplier)s to another supplier"),
    }
    said = words.get(data.get("cause", ""), _("%(supplier)s no longer has it")) % named
    return f"{said}: {named['reason']}" if named["reason"] else said


def _rated(who: str, data: Data, _past: str) -> str:
    return _("%(who)s rated it %(score)s of 5") % {"who": who, "score": data.get("score", "?")}


def _moved(who: str, _data: Data, _past: str) -> str:
    return _("%(who)s moved it on") % {"who": who}


SENTENCES = {
    **dict.fromkeys(("replied", "noted", "supplier_replied"), _said),
    **dict.fromkeys(("update_promised", "promise_ended"), _promised),
    **dict.fromkeys(("restricted", "restriction_lifted", "glass_broken"), _closed_list),
    **dict.fromkeys(("handed_over", "handover_accepted", "handover_ended"), _handed),
    "rated": _rated,
    "moved": _moved,
}
