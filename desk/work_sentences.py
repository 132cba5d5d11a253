"""What the entries about tasks, time and the caller say on a ticket's timeline."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core import display
from tickets.choices import VerifyBy

Data = Mapping[str, Any]

ICONS = {
    "task_added": "list-check", "task_assigned": "user-check", "task_changed": "pencil", "task_done": "check",
    "task_reopened": "refresh", "task_cancelled": "x", "task_item_added": "list-check", "task_item_ticked": "check",
    "time_logged": "clock", "time_corrected": "clock",
    "code_sent": "key", "caller_verified": "shield-check", "caller_not_verified": "alert-triangle",
}  # fmt: skip


def _task(who: str, data: Data, past: str) -> str:
    named = {
        "who": who,
        "task": data.get("task", ""),
        "item": data.get("item", ""),
        "hands": data.get("assignee") or data.get("team") or _("nobody"),
    }
    if past == "task_added" and (data.get("assignee") or data.get("team")):
        return _("%(who)s added the task “%(task)s” for %(hands)s") % named
    if past == "task_item_ticked" and not data.get("is_done"):
        return _("%(who)s took the tick from “%(item)s” (%(task)s)") % named
    words = {
        "task_added": _("%(who)s added the task “%(task)s”"),
        "task_assigned": _("%(who)s gave the task “%(task)s” to %(hands)s"),
        "task_changed": _("%(who)s changed the task “%(task)s”"),
        "task_done": _("%(who)s finished the task “%(task)s”"),
        "task_reopened": _("%(who)s reopened the task “%(task)s”"),
        "task_cancelled": _("%(who)s cancelled the task “%(task)s”"),
        "task_item_added": _("%(who)s put “%(item)s” on the checklist of “%(task)s”"),
        "task_item_ticked": _("%(who)s ticked “%(item)s” (%(task)s)"),
    }
    return words[past] % named


def _time(who: str, data: Data, past: str) -> str:
    named = {
        "who": who,
        "time": display.duration(data.get("seconds") or 0),
        "person": data.get("person", ""),
        "reason": data.get("reason", ""),
    }
    if past == "time_corrected":
        return _("%(who)s corrected the time of %(person)s to %(time)s: %(reason)s") % named
    if named["person"] == who:
        return _("%(who)s logged %(time)s") % named
    return _("%(who)s logged %(time)s for %(person)s") % named


def _caller(who: str, data: Data, past: str) -> str:
    method = dict(VerifyBy.choices).get(data.get("method", ""), "")
    named = {"who": who, "person": data.get("person", ""), "method": str(method)}
    words = {
        "code_sent": _("%(who)s sent a code to %(person)s"),
        "caller_verified": _("%(who)s verified %(person)s. %(method)s"),
        "caller_not_verified": _("%(who)s could not verify %(person)s: the code was wrong"),
    }
    return words[past] % named


SENTENCES = {
    **dict.fromkeys((one for one in ICONS if one.startswith("task_")), _task),
    **dict.fromkeys(("code_sent", "caller_verified", "caller_not_verified"), _caller),
    "time_logged": _time,
    "time_corrected": _time,
}
