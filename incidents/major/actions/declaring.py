"""Declare and withdraw: an incident becomes a major one, and stops being one."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import User
from core import errors
from core.actor import Actor
from incidents.choices import NoticeState, Occasion, Reach, Stage, UpdateAudience
from incidents.major import events, queries
from incidents.major.actions import leading, telling
from incidents.models import MajorIncident
from journal import recording
from tickets import locking, policy, processes, writing
from tickets.actions import holding
from tickets.choices import Phase
from tickets.models import Ticket


def declare_major(
    ticket: Ticket,
    *,
    by: Actor,
    at: dt.datetime,
    title: str = "",
    text: str = "",
    reach: str = Reach.LINKED,
    lead: User | None = None,
    next_update_at: dt.datetime | None = None,
    version: int | None = None,
) -> Ticket:
    """Make an incident a major one by the criteria and procedure in force (8.6.1): work goes on, those concerned are
    told, the next news is promised. Without `text` the template's words go out.

    Raises Forbidden, NotAllowed, Invalid (nobody of top management to tell, a lead who resolves it himself, news
    promised for the past), Stale. Records incident.major_declared.
    """
    with locking.locked(ticket, version) as row:
        policy.require(by, "declare_major", row)
        flow = processes.of(row).workflow
        flow.check(row, "declare_major")
        if not queries.top_management():
            raise errors.Invalid(
                _("Nobody of top management is on the list: name somebody in the Settings, then declare it.")
            )
        telling.check_reach(reach, by)
        telling.check_promise(next_update_at, at)
        leading.check_roles(row, {"lead": lead})
        if row.phase == Phase.WAITING:
            holding.end_hold(row, by=by, at=at, cause="agent")
        flow.move(row, "declare_major", at=at)
        major = _declared(row, by=by, at=at, title=title.strip(), reach=reach, lead=lead)
        promised = next_update_at or at + dt.timedelta(seconds=major.interval_seconds)
        row.is_major, row.update_due_at = True, promised
        writing.save(row, by=by, at=at, verb="declare_major")
        texts = queries.words(row, Occasion.FIRST, major.title, promised)
        if text.strip():
            texts[UpdateAudience.PUBLIC] = text.strip()
        telling.tell(row, major, texts, by=by, at=at, next_update_at=promised)
        recording.record(
            events.MajorDeclared(
                subject=row, by=by, at=at, next_update_at=promised, title=major.title,
                procedure_version=major.procedure_version, lead=str(lead) if lead else None,
            )
        )  # fmt: skip
        if lead:
            leading.say_roles(row, major, by=by, at=at, new=[lead])
    return row


def withdraw_major(
    ticket: Ticket, *, by: Actor, at: dt.datetime, reason: str, version: int | None = None
) -> Ticket:
    """It is no major incident: it goes on as a usual one, and everybody who was told hears it.

    Raises Forbidden, NotAllowed, Invalid (no reason), Stale. Records incident.major_withdrawn.
    """
    reason = reason.strip()
    with locking.locked(ticket, version) as row:
        policy.require(by, "withdraw_major", row)
        processes.of(row).workflow.check(row, "withdraw_major", reason=reason)
        major = MajorIncident.objects.get(pk=row.pk, customer_id=row.customer_id)
        texts = queries.words(row, Occasion.WITHDRAWN, major.title, None)
        telling.tell(
            row, major, texts, by=by, at=at, next_update_at=None, state=NoticeState.RESOLVED, in_conversations=False
        )  # fmt: skip
        major.withdrawn_at, major.withdraw_reason = at, reason
        writing.dated(major, by=by, at=at, verb="withdraw_major")
        major.save()
        row.is_major, row.update_due_at = False, None
        writing.save(row, by=by, at=at, verb="withdraw_major")
        recording.record(events.MajorWithdrawn(subject=row, by=by, at=at, reason=reason))
    return row


def _declared(
    row: Ticket, *, by: Actor, at: dt.datetime, title: str, reach: str, lead: User | None
) -> MajorIncident:
    """The detail row, new or taken up again: one that was withdrawn may be declared once more."""
    in_force = queries.procedure()
    old = MajorIncident.objects.filter(pk=row.pk, customer_id=row.customer_id).first()
    major = MajorIncident(
        ticket=row, customer_id=row.customer_id, compartment=row.compartment,
        title=(title or queries.title_for(row))[:200], stage=Stage.DECLARED, reach=reach,
        procedure_version=in_force.version, interval_seconds=in_force.interval_seconds,
        declared_at=at, declared_by=by.label[:200],
        lead_due_at=at + dt.timedelta(seconds=in_force.lead_seconds), lead=lead,
    )  # fmt: skip
    writing.dated(major, by=by, at=at, verb="declare_major")
    major.save(force_insert=old is None, force_update=old is not None)
    return major
