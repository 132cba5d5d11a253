"""The facts beside a ticket: one row each, with the dialog that changes it where the actor may."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core.actor import Actor
from desk import showing
from incidents import codes
from tickets import policy
from tickets.choices import Channel, Level, Origin, Phase
from tickets.models import Ticket

Row = dict[str, Any]
DIALOGS = {"impact": "priority", "urgency": "priority"}  # fields whose dialog has another name
OPEN = (
    6  # facts that stand open on the ticket page; the rest is folded, and each remembers for himself whether
)


def short(ticket: Ticket, actor: Actor) -> list[Row]:
    """The four facts of the preview; the keys of the ticket page work here too."""
    edit = _edits(ticket, actor)
    return [
        _customer(ticket),
        {"label": _("Service"), "text": _name(ticket.service), **edit("service", "v")},
        _assignee(ticket, actor, edit),
        {"label": _("Team"), "text": _name(ticket.team), **edit("team", "t")},
    ]


def _customer(ticket: Ticket) -> Row:
    note = _("Sample") if ticket.customer.is_sample else ""
    return {"label": _("Customer"), "text": ticket.customer.name, "note": note}


def long(ticket: Ticket, actor: Actor, detail: Any = None) -> list[Row]:
    """All facts of the ticket page, the ones asked for most first."""
    edit = _edits(ticket, actor)
    return [
        {
            "label": _("Status"),
            "status": showing.status(ticket),
            "note": _hold_note(ticket),
            **edit("status", ""),
        },
        _assignee(ticket, actor, edit),
        {"label": _("Team"), "text": _name(ticket.team), **edit("team", "t")},
        {
            "label": _("Priority"),
            "priority": ticket.priority,
            "note": _judged(ticket),
            **edit("priority", "p"),
        },
        {"label": _("Service"), "text": _name(ticket.service), **edit("service", "v")},
        {"label": _("Category"), "text": _category(ticket), **edit("category", "")},
        _customer(ticket),
        {"label": _("Impact"), "text": Level(ticket.impact).label, **edit("impact", "")},
        {"label": _("Urgency"), "text": Level(ticket.urgency).label, **edit("urgency", "")},
        {"label": _("Requester"), "text": _name(ticket.requester), **edit("requester", "")},
        {"label": _("Site"), "text": _name(ticket.site), **edit("site", "")},
        {"label": _("Channel"), "text": Channel(ticket.channel).label},
        *_of_detail(detail),
        *_ends(ticket),
    ]


def _assignee(ticket: Ticket, actor: Actor, edit: Any) -> Row:
    who = showing.login(ticket.assignee, actor)
    return {
        "label": _("Assignee"),
        "has_avatar": True,
        "who": who,
        "text": who["name"] if who else _("Unassigned"),
        **edit("assignee", "a"),
    }


def _edits(ticket: Ticket, actor: Actor) -> Any:
    """A function that gives a row the address and key of its dialog, and of the picker that a script opens in its
    place; or nothing where it may not be changed."""
    one = [ticket.number]
    change, assign = reverse("desk:change", args=one), reverse("desk:verb", args=[*one, "assign"])
    verbs = {each.verb for each in policy.allowed(actor, ticket)}
    pick = reverse("desk:pick", args=[*one, "FIELD"])

    def edit(name: str, key: str) -> Row:
        needed, url = ("assign", assign) if name in ("assignee", "team") else ("change", "")
        if name == "status":  # without a script the steps are buttons in the header
            needed, url = next(iter(verbs), needed), "#talk-head"
        if needed not in verbs:
            return {}
        url = url or f"{change}?only={DIALOGS.get(name, name)}"
        return {"edit_url": url, "key": key, "pick": name, "pick_url": pick.replace("FIELD", name)}

    return edit


def _name(row: Any) -> str:
    return row.name if row else ""


def _category(ticket: Ticket) -> str:
    if not ticket.category:
        return ""
    parent = ticket.category.parent
    return f"{parent.name} › {ticket.category.name}" if parent else ticket.category.name


def _judged(ticket: Ticket) -> str:
    if ticket.priority_override:
        return _("set by hand")
    return f"{Level(ticket.impact).label} × {Level(ticket.urgency).label}".lower()


def _hold_note(ticket: Ticket) -> str:
    if ticket.hold_until:
        return _("until %(when)s") % {"when": _when(ticket.hold_until, _("j M H:i"))}
    reason = ticket.hold_reason.name if ticket.phase == Phase.WAITING and ticket.hold_reason else ""
    return reason if reason != str(showing.status(ticket)["word"]) else ""


def _of_detail(detail: Any) -> list[Row]:
    if detail is None:
        return []
    facts = [
        (_("Effect"), detail.get_effect_display() if getattr(detail, "effect", "") else ""),
        (_("Affected since"), _when(getattr(detail, "impact_from", None))),
        (_("Affected until"), _when(getattr(detail, "impact_to", None))),
        (_("Code"), codes.label(getattr(detail, "code", ""))),
    ]
    facts += [(name, str(value)) for name, value in (getattr(detail, "extra", None) or {}).items()]
    return [{"label": label, "text": text} for label, text in facts if text]


def _ends(ticket: Ticket) -> list[Row]:
    facts = [
        (_("Opened"), _when(ticket.opened_at)),
        (_("Resolved"), _when(ticket.resolved_at)),
        (_("Closed"), _when(ticket.closed_at)),
        (_("Origin"), Origin(ticket.origin).label if ticket.origin == Origin.IMPORT else ""),
    ]
    return [{"label": label, "text": text} for label, text in facts if text]


def _when(at: dt.datetime | None, form: str = "") -> str:
    return formats.date_format(timezone.localtime(at), form or _("j M Y H:i")) if at else ""
