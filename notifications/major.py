"""Major incidents: who of top management and of those with a role is told what."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from incidents.choices import Occasion, UpdateAudience
from incidents.major import queries
from incidents.models import MajorIncident, MajorUpdate
from notifications import links, people
from notifications.people import Recipient
from notifications.texts import Case, Text, moment


def top_management(case: Case) -> list[Recipient]:
    """Everybody on the list who may read the ticket."""
    return people.of_users(queries.top_management(), case.ticket)


def new_in_roles(case: Case) -> list[Recipient]:
    """Those who got a role with this entry."""
    ids = case.data.get("new_ids") or []
    return people.of_users(User.objects.filter(pk__in=ids).order_by("id"), case.ticket)


def leads(case: Case) -> list[Recipient]:
    """Who can see to it that a major incident is led: the team's lead, and the incident managers."""
    return [*people.named("lead", case.ticket), *people.named(Role.INCIDENT_MANAGER, case.ticket)]


def responsible(case: Case) -> list[Recipient]:
    """Who owes the news: lead and communications; without them those who can name some."""
    major = _major(case)
    named = [one for one in (major.lead, major.communications) if one] if major else []
    return people.of_users(named, case.ticket) or leads(case)


def has_words_for_management(case: Case) -> bool:
    return UpdateAudience.MANAGEMENT in (case.data.get("audiences") or [])


def is_major(case: Case) -> bool:
    return case.ticket.is_major


def was_declared(case: Case) -> Text:
    """To top management: it has begun."""
    return _to_management(case, _("Major incident"), _said(case, Occasion.FIRST))


def was_updated(case: Case) -> Text:
    """To top management: how it stands."""
    return _to_management(case, _("Major incident, update"), _said(case, Occasion.UPDATE))


def was_resolved(case: Case) -> Text:
    """To top management: it is over."""
    return _to_management(case, _("Major incident, resolved"), _said(case, Occasion.RESOLVED))


def role_given(case: Case) -> Text:
    """To whoever got a role in it."""
    line = _("You have a role in this major incident. Its room has the clock, the updates and the decisions.")
    return _to_desk(case, _("Your role in a major incident"), line)


def lead_missing(case: Case) -> Text:
    """To who can name a lead."""
    line = _("Nobody but the one who resolves it leads this major incident since %(at)s: name a lead.")
    return _to_desk(case, _("No lead"), line % {"at": moment(case.entry.at)})


def update_overdue(case: Case) -> Text:
    """To who owes the news."""
    line = _("News was promised for %(at)s, and none was given.")
    return _to_desk(case, _("Update overdue"), line % {"at": moment(case.entry.at)})


def _major(case: Case) -> MajorIncident | None:
    rows = MajorIncident.objects.filter(pk=case.ticket.pk, customer_id=case.ticket.customer_id)
    return rows.select_related("lead", "communications").first()


def _said(case: Case, occasion: Occasion) -> str:
    """The words of that moment for top management; the template's where none were written."""
    written = MajorUpdate.objects.filter(
        customer_id=case.entry.customer_id, ticket_id=case.ticket.pk, at=case.entry.at,
        audience=UpdateAudience.MANAGEMENT,
    ).first()  # fmt: skip
    if written:
        return written.text
    return queries.words(case.ticket, occasion, case.ticket.title, None).get(UpdateAudience.MANAGEMENT, "")


def _to_management(case: Case, subject: str, words: str) -> Text:
    ticket = case.ticket
    facts = [
        (_("Customer"), str(ticket.customer)),
        (_("Next update"), moment(ticket.update_due_at) if ticket.update_due_at else ""),
    ]
    return Text(
        subject=f"[{ticket.number}] {subject}: {ticket.title}",
        lines=[words],
        facts=[(label, value) for label, value in facts if value],
        links=[(_("Open %(number)s") % {"number": ticket.number}, links.to_record(ticket.number))],
        why=_("You get this mail because you are on the list of top management for major incidents."),
    )


def _to_desk(case: Case, subject: str, line: str) -> Text:
    ticket = case.ticket
    return Text(
        subject=f"[{ticket.number}] {subject}: {ticket.title}",
        lines=[line],
        links=[(_("Open %(number)s") % {"number": ticket.number}, links.to_record(ticket.number))],
        why=_("You get this mail because you have a part in major incidents of this customer."),
    )
