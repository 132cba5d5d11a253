"""The draft of a major incident's report, written from its timeline: times, impact, decisions, updates, cause."""

import datetime as dt

from django.utils.translation import gettext as _

from core import display
from incidents.major import queries
from incidents.models import MajorDecision, MajorIncident, MajorUpdate
from tickets.choices import LinkKind
from tickets.models import Link, Ticket


def draft(ticket: Ticket, major: MajorIncident, at: dt.datetime) -> str:
    """The report as Markdown, from what was recorded up to `at`; to be completed by hand."""
    parts = [
        (_("Times"), _times(ticket, major, at)),
        (_("Impact"), [*_impact(ticket), *([major.impact] if major.impact else [])]),
        (_("Decisions"), _decisions(ticket)),
        (_("Updates"), _updates(ticket)),
        (_("Cause"), [major.cause or _("Not known yet.")]),
    ]
    lines = [f"# {ticket.number} {major.title}", ""]
    for title, found in parts:
        lines += [f"## {title}", "", *(f"- {one}" for one in found or [_("None.")]), ""]
    return "\n".join(lines).strip()


def _times(ticket: Ticket, major: MajorIncident, at: dt.datetime) -> list[str]:
    named = [
        (_("Reported"), ticket.opened_at),
        (_("Declared a major incident by %(who)s") % {"who": major.declared_by}, major.declared_at),
        (_("Service restored"), ticket.resolved_at),
    ]
    found = [f"{label}: {queries.moment(moment)}" for label, moment in named if moment]
    lasted = ((ticket.resolved_at or at) - ticket.opened_at).total_seconds()
    return [*found, _("Lasted %(time)s") % {"time": display.duration(lasted)}]


def _impact(ticket: Ticket) -> list[str]:
    linked = Link.objects.filter(other_customer_id=ticket.customer_id, other=ticket, kind=LinkKind.CHILD_OF)
    customers = {ticket.customer_id, *linked.values_list("customer_id", flat=True)}
    service = ticket.service.name if ticket.service else _("none")
    return [
        _("Service: %(service)s") % {"service": service},
        _("Linked tickets: %(tickets)s, customers: %(customers)s")
        % {"tickets": linked.count(), "customers": len(customers)},
    ]


def _decisions(ticket: Ticket) -> list[str]:
    rows = MajorDecision.objects.filter(customer_id=ticket.customer_id, ticket=ticket).order_by("at", "id")
    return [f"{queries.moment(one.at)}, {one.by_label}: {one.text}" for one in rows]


def _updates(ticket: Ticket) -> list[str]:
    rows = MajorUpdate.objects.filter(customer_id=ticket.customer_id, ticket=ticket).order_by("at", "id")
    return [f"{queries.moment(one.at)}, {one.get_audience_display()}: {one.text}" for one in rows]
