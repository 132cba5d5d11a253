"""What the timeline says about a clock afterwards: causes of breaches, and corrections that two people agree on."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core import display

Data = Mapping[str, Any]
ICONS = {
    "breach_explained": "message", "correction_asked": "clock-pause", "correction_declined": "x", "corrected": "check",
}  # fmt: skip


def _explained(who: str, data: Data, _past: str) -> str:
    named = {"who": who, "cause": data.get("cause", "")}
    if data.get("is_disputed"):
        return _("%(who)s noted that the breach is disputed: %(cause)s") % named
    return _("%(who)s recorded why the target was missed: %(cause)s") % named


def _asked(who: str, data: Data, _past: str) -> str:
    return _("%(who)s asked for a correction of a clock: %(reason)s") % {
        "who": who, "reason": data.get("reason", ""),
    }  # fmt: skip


def _declined(who: str, data: Data, _past: str) -> str:
    return _("%(who)s declined a correction of a clock: %(reason)s") % {
        "who": who, "reason": data.get("reason", ""),
    }  # fmt: skip


def _corrected(who: str, data: Data, _past: str) -> str:
    named = {
        "who": who, "time": display.duration(data.get("seconds", 0)), "asked": data.get("asked_by", ""),
        "reason": data.get("reason", ""),
    }  # fmt: skip
    said = _("%(who)s approved that %(time)s do not count, as %(asked)s had asked: %(reason)s") % named
    if data.get("breached_before") and not data.get("breached_after"):
        return _("%(said)s. The target was not missed") % {"said": said}
    return said


SENTENCES: dict[str, Callable[[str, Data, str], str]] = {
    "breach_explained": _explained,
    "correction_asked": _asked,
    "correction_declined": _declined,
    "corrected": _corrected,
}
