"""Why a verb may not be used on a major incident yet: sentences for the workflow's table."""

from django.utils.translation import gettext as _

from incidents.models import MajorIncident
from tickets.models import Ticket


def is_major(ticket: Ticket) -> bool:
    return ticket.is_major


def is_no_major(ticket: Ticket) -> bool:
    return not ticket.is_major


def must_be_major(ticket: Ticket) -> str | None:
    """This is for major incidents."""
    if ticket.is_major:
        return None
    return _("%(number)s is no major incident.") % {"number": ticket.number}


def must_be_none_yet(ticket: Ticket) -> str | None:
    """A major incident is declared once."""
    if not ticket.is_major:
        return None
    return _("%(number)s is a major incident already.") % {"number": ticket.number}


def reported_and_reviewed(ticket: Ticket) -> str | None:
    """A major incident is not closed without its report and its review (8.6.1)."""
    if not ticket.is_major:
        return None
    major = MajorIncident.objects.filter(pk=ticket.pk, customer_id=ticket.customer_id).first()
    if major is not None and major.reported_at and major.reviewed_at:
        return None
    if major is not None and major.reported_at:
        return _("%(number)s is a major incident: it is closed after its review.") % {"number": ticket.number}
    return _("%(number)s is a major incident: it is closed after its report and its review.") % {
        "number": ticket.number
    }


def withdrawn_first(ticket: Ticket) -> str | None:
    """A major incident does not vanish: those who were told hear that it is none."""
    if not ticket.is_major:
        return None
    return _(
        "%(number)s is a major incident: withdraw that first, so that everybody who was told hears it."
    ) % {"number": ticket.number}


def stays_itself(ticket: Ticket) -> str | None:
    """A major incident never goes into another ticket: its notices and its room would lead nowhere."""
    if not ticket.is_major:
        return None
    return _(
        "%(number)s is a major incident and stays: merge the other one into it, or make the other one its child."
    ) % {"number": ticket.number}


def has_report(ticket: Ticket) -> str | None:
    """The review looks at a report."""
    if not ticket.is_major:
        return must_be_major(ticket)
    if MajorIncident.objects.filter(
        pk=ticket.pk, customer_id=ticket.customer_id, reported_at__isnull=False
    ).exists():
        return None
    return _("Write the report of %(number)s first: the review is about it.") % {"number": ticket.number}
