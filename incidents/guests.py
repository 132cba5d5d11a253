"""Reports without a sign-in (8.6.1 a): kept until the address is confirmed; then a ticket, or a line for the desk.

A confirmed address of a known person is that person's; one of a verified mail domain becomes a person of the customer;
any other is held until somebody of the desk decides.
"""

import datetime as dt

from django.utils.translation import gettext as _

from accounts import events as settings_events
from accounts import settings
from accounts.models import Person, Portal
from core import actor as actors
from core import errors
from core.actor import Actor
from customers.models import Customer
from incidents import actions as incidents
from incidents.models import GuestReport, GuestState
from journal import recording
from tickets.actions import Opening
from tickets.choices import Channel

KEEP_UNCONFIRMED = dt.timedelta(hours=48)
LONGEST_TITLE = 250


def leave(
    customer: Customer, *, name: str, email: str, text: str, language: str, at: dt.datetime
) -> GuestReport:
    """Keep a report until its address is confirmed. Records nothing: nobody has said yet that it is his."""
    return GuestReport.objects.create(
        customer=customer, name=name.strip(), email=email, text=text.strip(), language=language, created_at=at
    )


def confirm(report: GuestReport, *, at: dt.datetime) -> GuestReport:
    """The address is right: open a ticket for a known person or one of a verified domain, else hold it for the desk.
    Once, however often it is pressed. Records person.created, incident.opened or guest_report.changed."""
    report = (
        GuestReport.objects.select_for_update(of=("self",))
        .select_related("customer", "ticket")
        .get(pk=report.pk)
    )
    if report.state != GuestState.SENT:
        return report
    report.confirmed_at = at
    by = actors.system(report.name)
    person = Person.objects.filter(customer=report.customer, is_active=True).at_address(report.email).first()
    if person is None and _is_own_domain(report):
        person = _enter(report, by=by, at=at)
    if person is not None:
        return _open(report, person, by=by, at=at)
    return _move(report, GuestState.HELD, by=by, at=at)


def accept(report: GuestReport, *, by: Actor, at: dt.datetime, reason: str = "") -> GuestReport:
    """Let a held guest in: he becomes a person of the customer, and his report a ticket. Raises Forbidden, NotAllowed.
    Records person.created, incident.opened, guest_report.changed."""
    report = _held(report, by)
    person = Person.objects.filter(customer=report.customer, is_active=True).at_address(report.email).first()
    return _open(report, person or _enter(report, by=by, at=at), by=by, at=at, reason=reason)


def turn_away(report: GuestReport, *, by: Actor, at: dt.datetime, reason: str = "") -> GuestReport:
    """Open nothing for a held guest. Raises Forbidden, NotAllowed. Records guest_report.changed."""
    return _move(_held(report, by), GuestState.DROPPED, by=by, at=at, reason=reason)


def drop_unconfirmed(at: dt.datetime) -> int:
    """Forget the reports whose address nobody confirmed. Returns how many."""
    gone, _by_model = GuestReport.objects.filter(
        state=GuestState.SENT, created_at__lt=at - KEEP_UNCONFIRMED
    ).delete()
    return gone


def _held(report: GuestReport, by: Actor) -> GuestReport:
    settings.require(by, "person.write", report.customer_id)
    report = (
        GuestReport.objects.select_for_update(of=("self",))
        .select_related("customer", "ticket")
        .get(pk=report.pk)
    )
    if report.state != GuestState.HELD:
        raise errors.NotAllowed(_("Somebody has decided about this report already."))
    return report


def _is_own_domain(report: GuestReport) -> bool:
    own = Portal.objects.filter(customer=report.customer).first()
    return own is not None and report.email.rpartition("@")[2].lower() in own.mail_domains


def _enter(report: GuestReport, *, by: Actor, at: dt.datetime) -> Person:
    person = Person(customer=report.customer, name=report.name, email=report.email, language=report.language)
    return settings.create(person, by=by, at=at, reason="Reported as a guest")


def _open(
    report: GuestReport, person: Person, *, by: Actor, at: dt.datetime, reason: str = ""
) -> GuestReport:
    title = next(iter(report.text.splitlines()), "")[:LONGEST_TITLE]
    new = Opening(
        customer=report.customer,
        title=title,
        description=report.text,
        requester=person,
        channel=Channel.PORTAL,
    )
    report.ticket = incidents.open(new, by=by, at=at)
    return _move(report, GuestState.OPENED, by=by, at=at, reason=reason)


def _move(
    report: GuestReport, state: GuestState, *, by: Actor, at: dt.datetime, reason: str = ""
) -> GuestReport:
    was, report.state, report.version = report.state, state, report.version + 1
    report.save()
    changes = {"state": [str(was), str(state)]}
    recording.record(
        settings_events.Changed(
            subject=report, by=by, at=at, owner_id=report.customer_id, changes=changes, reason=reason
        )
    )
    return report
