"""The verbs of reports: begin one, issue it, amend what was issued. Issued figures never change (9.4, 9.1)."""

import datetime as dt
import json
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from customers.models import Customer
from journal import recording
from journal.models import Entry
from reporting import events, figures, periods, policy, queries, sealing
from reporting.choices import FORMULA_VERSION, ReportState
from reporting.models import Amendment, ServiceReport

LONGEST_REASON = 500


def create(customer: Customer, *, by: Actor, at: dt.datetime, month: str) -> ServiceReport:
    """Begin the report on a customer's month, as a draft that is reckoned anew whenever it is read (9.4).

    The month is the customer's own, by its time zone. Raises Forbidden, Invalid, Conflict. Records
    `service_report.created`.
    """
    policy.require(by, customer.pk)
    period = periods.read(month, customer.time_zone)
    if period.from_at > at:
        raise errors.required("month", _("This month has not begun: there is nothing to report on."))
    report = ServiceReport(
        customer=customer, from_on=period.first, to_on=period.last, time_zone=period.time_zone, created_at=at
    )
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError as error:
        sentence = _("There is a report on %(month)s for %(customer)s already: open that one.")
        raise errors.Conflict(
            sentence % {"month": period.name, "customer": customer.name},
            errors={"month": [_("It is there.")]},
        ) from error
    recording.record(events.Created(subject=report, by=by, at=at))
    return report


def issue(report: ServiceReport, *, by: Actor, at: dt.datetime, version: int | None = None) -> ServiceReport:
    """Freeze the figures as they are now, sign them, and hand them out to the customer (8.3.3, 9.4).

    Raises Forbidden, NotAllowed (not over yet; issued before), Stale. Records `service_report.issued`, and one
    `service_report.target_missed` for each missed target: a candidate for an improvement (10.2).
    """
    policy.require(by, report.customer_id)
    report = _locked(report, version)
    if report.is_issued:
        raise errors.NotAllowed(_("This report is issued already: correct it by an amendment."))
    period = queries.month_of(report)
    if not period.is_over(at):
        sentence = _("The period is not over before %(day)s: until then this is a preview.")
        raise errors.NotAllowed(sentence % {"day": period.after().first.isoformat()})
    report.figures, report.lists = _plain(figures.reckon(report.customer, period, at))
    report.state, report.formula_version = ReportState.ISSUED, FORMULA_VERSION
    report.issued_at, report.issued_by_id, report.issued_by_label = at, by.user_id, by.label
    report.version += 1
    report.signature = sealing.of_report(report)
    report.save()
    counted = sum(one["counted"] for one in report.figures["totals"])
    met = sum(one["met"] for one in report.figures["totals"])
    recording.record(
        events.Issued(
            subject=report, by=by, at=at, formula_version=FORMULA_VERSION, counted=counted, met=met,
            signature=report.signature,
        )
    )  # fmt: skip
    _note_missed(report, report.figures, by=by, at=at)
    return report


def amend(
    report: ServiceReport, *, by: Actor, at: dt.datetime, reason: str, version: int | None = None
) -> Amendment:
    """Put the figures as they are now beside those that were issued, with the reason; neither is ever edited.

    Raises Forbidden, NotAllowed (a draft; nothing differs), Invalid (no reason), Stale. Records
    `service_report.amended`, and what was missed beyond what is noted already.
    """
    policy.require(by, report.customer_id)
    report = _locked(report, version)
    if not report.is_issued:
        raise errors.NotAllowed(_("A draft needs no amendment: it is reckoned anew whenever it is read."))
    if not (reason := reason.strip()) or len(reason) > LONGEST_REASON:
        raise errors.required(
            "reason", _("Say in a sentence why the figures differ, in 500 characters at most.")
        )
    earlier = queries.amendments_of(report)
    known = earlier[-1] if earlier else report
    found, lists = _plain(figures.reckon(report.customer, queries.month_of(report), at))
    changes = figures.compare(known.figures or {}, found)
    if not changes:
        raise errors.NotAllowed(
            _("Nothing differs from the figures that were handed out: there is nothing to amend.")
        )
    amendment = Amendment(
        customer_id=report.customer_id, report=report, number=len(earlier) + 1, reason=reason, at=at,
        formula_version=FORMULA_VERSION, figures=found, lists=lists, by_id=by.user_id, by_label=by.label,
    )  # fmt: skip
    amendment.signature = sealing.of_amendment(amendment, known.signature)
    amendment.save()
    recording.record(
        events.Amended(
            subject=report, by=by, at=at, number=amendment.number, reason=reason, changes=changes,
            signature=amendment.signature,
        )
    )  # fmt: skip
    _note_missed(report, found, by=by, at=at)
    return amendment


def _locked(report: ServiceReport, version: int | None) -> ServiceReport:
    own = ServiceReport.objects.select_for_update(of=("self",)).select_related("customer")
    found = own.get(customer_id=report.customer_id, pk=report.pk)
    if version is not None and found.version != version:
        raise errors.Stale(_("This report has changed since you read it."), record=found)
    return found


def _plain(made: tuple[figures.Figures, figures.Lists]) -> tuple[figures.Figures, figures.Lists]:
    """As the database will give it back: what is signed must be what is read."""
    found: tuple[figures.Figures, figures.Lists] = tuple(json.loads(json.dumps(one)) for one in made)
    return found


def _note_missed(report: ServiceReport, found: figures.Figures, *, by: Actor, at: dt.datetime) -> None:
    """One entry for each missed target that has none yet: the report is locked, so nobody else writes it."""
    about = Entry.objects.filter(customer_id=report.customer_id).about(report.journal_kind, report.pk)
    noted = set(about.filter(name="service_report.target_missed").values_list("data__target", flat=True))
    for line in found["lines"]:
        if line["key"] in found["missed"] and line["key"] not in noted:
            recording.record(_missed(report, line, by, at))


def _missed(report: ServiceReport, line: dict[str, Any], by: Actor, at: dt.datetime) -> events.TargetMissed:
    return events.TargetMissed(
        subject=report, by=by, at=at, target=line["key"], agreement=line["agreement"]["name"],
        agreement_id=line["agreement"]["id"], service=(line["service"] or {}).get("slug"),
        metric=line["metric"], priority=line["priority"], counted=line["counted"], met=line["met"],
        breached=line["breached"], tickets=line["tickets_breached"],
    )  # fmt: skip
