"""Report and review: what happened and what is learned; without both a major incident is not closed."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import User
from core import errors
from core.actor import Actor
from incidents.choices import Stage
from incidents.major import events
from incidents.models import MajorIncident
from journal import recording
from tickets import locking, people, policy, processes, writing
from tickets.models import Ticket


def report_major(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    report: str,
    impact: str = "",
    cause: str = "",
    version: int | None = None,
) -> Ticket:
    """File the report on a major incident, or a better one (8.6.1). Raises Forbidden, NotAllowed, Invalid (no text),
    Stale. Records incident.major_reported."""
    report = report.strip()
    with locking.locked(ticket, version) as row:
        policy.require(by, "report_major", row)
        processes.of(row).workflow.check(row, "report_major", report=report)
        major = MajorIncident.objects.get(pk=row.pk, customer_id=row.customer_id)
        major.report, major.impact, major.cause = report, impact.strip(), cause.strip()
        major.reported_at = at
        writing.dated(major, by=by, at=at, verb="report_major")
        major.save()
        writing.touch(row, at=at)
        recording.record(events.MajorReported(subject=row, by=by, at=at))
    return row


def review_major(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    findings: str,
    actions: str = "",
    reviewer: User | None = None,
    version: int | None = None,
) -> Ticket:
    """Hold the review of a solved major incident: what was found, what is done about it, by whom it was led (without
    a name: by the actor). Raises Forbidden, NotAllowed, Invalid (no findings, no report, a reviewer who does not work
    here), Stale. Records incident.major_reviewed."""
    findings = findings.strip()
    with locking.locked(ticket, version) as row:
        policy.require(by, "review_major", row)
        processes.of(row).workflow.check(row, "review_major", findings=findings)
        reviewer = reviewer or User.objects.filter(pk=by.user_id).first()
        if reviewer is None:
            raise errors.required("reviewer", _("Say who led the review."))
        people.require_worker(reviewer, row.customer_id)
        major = MajorIncident.objects.get(pk=row.pk, customer_id=row.customer_id)
        major.findings, major.actions, major.reviewer = findings, actions.strip(), reviewer
        major.reviewed_at, major.stage = at, Stage.REVIEW
        writing.dated(major, by=by, at=at, verb="review_major")
        major.save()
        writing.touch(row, at=at)
        recording.record(events.MajorReviewed(subject=row, by=by, at=at, reviewer=str(reviewer)))
    return row
