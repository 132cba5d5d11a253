"""What an entry of the journal says on a ticket's timeline: one grey line that names who or which rule did it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from accounts.choices import Gap
from desk import access_sentences, clock_sentences, work_sentences
from incidents import codes
from journal.models import Entry
from slas import metrics
from tickets import processes
from tickets.choices import Channel, LinkKind

Data = Mapping[str, Any]
ICONS = {
    "opened": "inbox", "accepted": "player-play", "held": "player-pause", "resumed": "player-play", "resolved": "check",
    "closed": "circle-check", "reopened": "refresh", "cancelled": "x", "assigned": "user-check", "changed": "pencil",
    "routed": "bolt", "macro_applied": "bolt",
    "rated": "star",
    "linked": "link", "unlinked": "link", "breached": "alert-circle", "escalated": "bell", "warned": "clock",
    **work_sentences.ICONS, **access_sentences.ICONS, **clock_sentences.ICONS,
}  # fmt: skip
FIELDS = {
    "title": __("title"), "category": __("category"), "service": __("service"), "impact": __("impact"),
    "urgency": __("urgency"), "priority": __("priority"), "site": __("site"), "requester": __("requester"),
    "configuration_items": __("items"), "effect": __("effect"),
}  # fmt: skip


def of(entry: Entry) -> dict[str, str]:
    """The icon and the sentence of one entry."""
    past = entry.name.rpartition(".")[2]
    write = SENTENCES.get(past, _plain)
    who = name_of(entry)
    data = {**entry.data, "code": _code(entry)} if "code" in entry.data else entry.data
    return {"icon": ICONS.get(past, "history"), "text": write(who, data, past)}


def name_of(entry: Entry) -> str:
    """Who did it: a person or program by name, a rule or a schedule as what it is."""
    words = {
        "system": _("The system"),
        "rule": _("Rule “%(name)s”"),
        "schedule": _("Recurring ticket “%(name)s”"),
    }
    known = words.get(entry.actor_kind)
    return known % {"name": entry.actor_label} if known else entry.actor_label


def _code(entry: Entry) -> str:
    """The code of a resolution as its process shows it."""
    fields = processes.of(entry.subject_kind).workflow.transition("resolve").fields
    known = {
        value: label for one in fields if one.name == "code" and one.choices for value, label in one.choices()
    }
    return str(known.get(entry.data["code"]) or codes.label(entry.data["code"]))


def _plain(who: str, data: Data, past: str) -> str:
    extra = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in data.items() if _is_short(value))
    words = past.replace("_", " ")
    return f"{who}: {words} ({extra})" if extra else f"{who}: {words}"


def _is_short(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and 0 < len(str(value)) < 60


def _opened(who: str, data: Data, _past: str) -> str:
    channel = dict(Channel.choices).get(data.get("channel"), data.get("channel", ""))
    return _("%(who)s opened it. Channel: %(channel)s; priority P%(priority)s") % {
        "who": who, "channel": channel, "priority": data.get("priority", "?"),
    }  # fmt: skip


def _accepted(who: str, _data: Data, _past: str) -> str:
    return _("%(who)s took it in hand") % {"who": who}


def _held(who: str, data: Data, _past: str) -> str:
    until = _moment(data.get("until"))
    named = {"who": who, "reason": data.get("reason", ""), "until": until}
    if until:
        return _("%(who)s put it on hold until %(until)s: %(reason)s") % named
    return _("%(who)s put it on hold: %(reason)s") % named


def _resumed(who: str, data: Data, _past: str) -> str:
    causes = {
        "answer": _("%(who)s answered: the waiting is over, clocks run on"),
        "until": _("The time it was scheduled for has come: clocks run on"),
        "not_waiting": _("%(who)s said that nothing waits for them: clocks run on"),
    }
    return causes.get(data.get("cause", ""), _("%(who)s resumed work: clocks run on")) % {"who": who}


def _resolved(who: str, data: Data, _past: str) -> str:
    named = {"who": who, "code": data.get("code", ""), "note": data.get("note", "")}
    return (
        _("%(who)s resolved it (%(code)s): %(note)s") if named["code"] else _("%(who)s resolved it: %(note)s")
    ) % named


def _closed(who: str, _data: Data, _past: str) -> str:
    return _("%(who)s closed it") % {"who": who}


def _reopened(who: str, _data: Data, _past: str) -> str:
    return _("%(who)s opened it again: it did not work yet") % {"who": who}


def _cancelled(who: str, data: Data, _past: str) -> str:
    return _("%(who)s cancelled it: %(reason)s") % {"who": who, "reason": data.get("reason", "")}


def _assigned(who: str, data: Data, _past: str) -> str:
    found = []
    if data.get("team") != data.get("was_team"):
        found.append(_("team %(team)s") % {"team": data.get("team") or _("nobody")})
    if data.get("assignee") != data.get("was_assignee"):
        found.append(_("assignee %(assignee)s") % {"assignee": data.get("assignee") or _("nobody")})
    return _("%(who)s set %(what)s") % {"who": who, "what": ", ".join(found)}


def _routed(_who: str, data: Data, _past: str) -> str:
    found = [_("team %(team)s") % {"team": data["team"]}] if data.get("team") else []
    if data.get("assignee"):
        found.append(_("assignee %(assignee)s") % {"assignee": data["assignee"]})
    if data.get("priority"):
        found.append(_("priority P%(level)s") % {"level": data["priority"]})
    named = {"what": ", ".join(found), "rule": data.get("rule", "")}
    if named["rule"]:
        return _("Rule “%(rule)s” set %(what)s") % named
    if data.get("distribution") == "round_robin":
        return _("Shared out in turn: %(what)s") % named
    return _("Shared out to who had least: %(what)s") % named


def _macro_applied(who: str, data: Data, _past: str) -> str:
    return _("%(who)s applied the macro “%(macro)s”") % {"who": who, "macro": data.get("macro", "")}


def _changed(who: str, data: Data, _past: str) -> str:
    found = [
        f"{FIELDS.get(name, name.removeprefix('extra.').replace('_', ' '))}: {_value(before)} → {_value(after)}"
        for name, (before, after) in data.get("changes", {}).items()
    ]
    reason = f" ({data['reason']})" if data.get("reason") else ""
    return _("%(who)s changed %(what)s") % {"who": who, "what": "; ".join(found)} + reason


def _metric(data: Data) -> str:
    known = {
        "first_response": _("Reply"),
        "next_response": _("Reply"),
        "resolution": _("Fix"),
        "next_update": _("Update"),
    }
    metric = data.get("metric", "")
    return str(known.get(metric) or metrics.label(metric))


def _breached(_who: str, data: Data, _past: str) -> str:
    return _("%(metric)s was due %(due)s and is overdue (%(agreement)s)") % {
        "metric": _metric(data),
        "due": _moment(data.get("due_at")),
        "agreement": data.get("agreement", ""),
    }


def _escalated(_who: str, data: Data, _past: str) -> str:
    told = ", ".join(str(one).replace("_", " ") for one in data.get("notify") or [])
    said = _("%(metric)s, step %(step)s of its time") % {
        "metric": _metric(data),
        "step": data.get("step", ""),
    }
    if data.get("refused"):
        return _("%(said)s: could not be given to a team (%(why)s)") % {"said": said, "why": data["refused"]}
    if data.get("team"):
        said = _("%(said)s: given to %(team)s") % {"said": said, "team": data["team"]}
    said = _("%(said)s: told %(told)s") % {"said": said, "told": told} if told else said
    return said + _duty(data)


def _duty(data: Data) -> str:
    """Who was on call when a step asked for that, or why nobody was."""
    if data.get("on_call"):
        return f" ({', '.join(data['on_call'])})"
    if not data.get("gap"):
        return ""
    why = str(dict(Gap.choices).get(data["gap"], data["gap"]))
    why = f"{data['missing']}, {why}" if data.get("missing") else why
    return _("; nobody was on call (%(why)s), so the lead is told") % {"why": why}


def _linked(who: str, data: Data, past: str) -> str:
    kind = dict(LinkKind.choices).get(data.get("kind"), data.get("kind", ""))
    named = {"who": who, "kind": kind, "other": data.get("other", "")}
    if past == "unlinked":
        return _("%(who)s took the link away: %(kind)s %(other)s") % named
    return _("%(who)s linked it: %(kind)s %(other)s") % named


def _value(value: Any) -> str:
    if value in (None, "", []):
        return _("none")
    if isinstance(value, list):
        return str(len(value))
    return _moment(value) or str(value)


def _moment(value: Any) -> str:
    """An instant of the payload in the reader's zone; nothing for anything else."""
    if not isinstance(value, str) or "T" not in value:
        return ""
    try:
        found = parse_datetime(value)
    except ValueError:
        found = None
    return date_format(timezone.localtime(found), _("j M H:i")) if found and found.tzinfo else ""


def _declared(who: str, data: Data, _past: str) -> str:
    return _("%(who)s declared it a major incident. Next update by %(until)s") % {
        "who": who, "until": _moment(data.get("next_update_at")),
    }  # fmt: skip


def _updated(who: str, data: Data, _past: str) -> str:
    return _("%(who)s posted an update to %(audiences)s: %(told)s people, next by %(until)s") % {
        "who": who, "audiences": ", ".join(data.get("audiences") or []), "told": data.get("told", 0),
        "until": _moment(data.get("next_update_at")),
    }  # fmt: skip


def _withdrawn(who: str, data: Data, _past: str) -> str:
    return _("%(who)s withdrew the major incident: %(reason)s") % {
        "who": who,
        "reason": data.get("reason", ""),
    }


def _roles_given(who: str, data: Data, _past: str) -> str:
    names = {"lead": _("lead"), "communications": _("communications"), "technical": _("technical lead")}
    found = [f"{label} {data[name]}" for name, label in names.items() if data.get(name)]
    return _("%(who)s gave roles: %(roles)s") % {"who": who, "roles": ", ".join(found) or _("nobody")}


def _decided(who: str, data: Data, _past: str) -> str:
    return _("%(who)s recorded a decision: %(text)s") % {"who": who, "text": data.get("text", "")}


def _watched(_who: str, _data: Data, past: str) -> str:
    if past == "update_overdue":
        return _("An update was promised, and none came")
    return _("Nobody leads this major incident but the one who resolves it")


def _reviewed(who: str, _data: Data, past: str) -> str:
    if past == "major_reported":
        return _("%(who)s filed the report of the major incident") % {"who": who}
    return _("%(who)s filed the review of the major incident") % {"who": who}


def _escalated_to(who: str, data: Data, _past: str) -> str:
    return _("%(who)s escalated it to %(to)s: %(reason)s") % {
        "who": who, "to": data.get("to", ""), "reason": data.get("reason", ""),
    }  # fmt: skip


def _merged(who: str, data: Data, past: str) -> str:
    words = {
        "merged": _("%(who)s merged it into %(other)s"),
        "unmerged": _("%(who)s took it out of %(other)s again"),
        "absorbed": _("%(who)s merged %(other)s into it; clocks count from the earlier receipt"),
        "released": _("%(who)s took %(other)s out of it again"),
        "split": _("%(who)s began %(other)s from some of its messages"),
        "followed_up": _("It goes on in %(other)s"),
    }
    return words[past] % {"who": who, "other": data.get("into") or data.get("other", "")}


def _misfiled(who: str, _data: Data, _past: str) -> str:
    return _("%(who)s moved it to where it belongs: it was filed here by mistake") % {"who": who}


def _follows(who: str, data: Data, past: str) -> str:
    named = {"who": who, "person": data.get("person", "")}
    if past == "watch_changed":
        is_on = data.get("is_watching")
        return (_("%(who)s watches it") if is_on else _("%(who)s no longer watches it")) % named
    if past == "participant_added":
        return _("%(who)s let %(person)s take part") % named
    return _("%(who)s took %(person)s out") % named


def _thanked(who: str, _data: Data, _past: str) -> str:
    return _("%(who)s said thanks: nothing is reopened") % {"who": who}


def _chased(_who: str, data: Data, _past: str) -> str:
    return _("The customer was reminded that we wait (reminder %(count)s)") % {
        "count": data.get("reminder", "")
    }


def _blocked(_who: str, data: Data, _past: str) -> str:
    return _("It would have ended by itself, but: %(reason)s") % {"reason": data.get("reason", "")}


def _lowered(who: str, data: Data, _past: str) -> str:
    return _("%(who)s lowered the priority when %(used)s %% of the time was used: %(reason)s") % {
        "who": who, "used": data.get("used_percent", ""), "reason": data.get("reason", ""),
    }  # fmt: skip


LIFE = {
    "escalated_to": _escalated_to, "misfiled": _misfiled, "thanked": _thanked, "chased": _chased,
    "priority_lowered": _lowered, "end_blocked": _blocked,
    **dict.fromkeys(("merged", "unmerged", "absorbed", "released", "split", "followed_up"), _merged),
    **dict.fromkeys(("watch_changed", "participant_added", "participant_removed"), _follows),
}  # fmt: skip
SENTENCES: dict[str, Callable[[str, Data, str], str]] = {
    "opened": _opened, "accepted": _accepted, "held": _held, "resumed": _resumed, "resolved": _resolved,
    "closed": _closed, "reopened": _reopened, "cancelled": _cancelled, "assigned": _assigned, "changed": _changed,
    "breached": _breached, "routed": _routed, "macro_applied": _macro_applied,
    "escalated": _escalated,
    "linked": _linked, "unlinked": _linked,
    "major_declared": _declared, "update_posted": _updated, "major_withdrawn": _withdrawn,
    "major_roles_given": _roles_given, "major_decided": _decided, "major_lead_missing": _watched,
    "update_overdue": _watched, "major_reported": _reviewed, "major_reviewed": _reviewed,
    **LIFE,
    **work_sentences.SENTENCES, **access_sentences.SENTENCES, **clock_sentences.SENTENCES,
}  # fmt: skip
