"""The verbs about agreements as texts, and about clocks. Each edit is a version with reason and entry (8.1, 8.3.3).

What both sides say to a version is in `slas.agreeing`.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from core import errors
from core.actor import Actor
from slas import documents, drafts, force, matching, metrics
from slas.choices import Cause, VersionState
from slas.clocks import Clocks
from slas.drafts import AgreementDraft, TargetDraft
from slas.models import (
    Agreement,
    AgreementService,
    AgreementVersion,
    AnsweredRequirement,
    Step,
    Target,
    WorkloadLimit,
)
from tickets import locking
from tickets.models import Ticket


def create_agreement(draft: AgreementDraft, *, by: Actor, at: dt.datetime, reason: str = "") -> Agreement:
    """Write down an agreement (8.3.3, 8.3.4): a draft until both sides approve it. The best effort has no other side.

    Raises Forbidden, Invalid (a wrong field; a target as specific as another agreement's for the same tickets),
    Conflict (the name is taken, a service the customer does not take). Records agreement.created.
    """
    force.require_writer(by, draft.customer.pk if draft.customer else None)
    drafts.check(draft)
    head = {name: getattr(draft, name) for name in drafts.HEAD}
    agreement = Agreement(name=draft.name.strip(), is_default=draft.is_default, **head)
    settings.save(agreement)
    document = _write(agreement, draft)
    settings.note_creation(agreement, by=by, at=at, values=documents.values_of(draft), reason=reason)
    if draft.is_default:
        force.put_in_force(document, at=at)
    return agreement


def change_agreement(
    agreement: Agreement,
    *,
    by: Actor,
    at: dt.datetime,
    fields: Mapping[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Agreement:
    """Give an agreement a new version: `fields` of an AgreementDraft, but with whom it is, replace the latest ones.

    The new version is a draft (the best effort's holds at once); one that was a draft or offered is withdrawn. What is
    in force stays so until the new one is agreed. Raises Forbidden, Malformed, Invalid, Conflict, Stale. Records
    agreement.changed; nothing where nothing differs.
    """
    row = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    force.require_writer(by, row.customer_id)
    if version is not None and row.version != version:
        raise errors.Stale(_("“%(name)s” has changed since you read it.") % {"name": row}, record=row)
    _check_known(fields)
    before = documents.draft_of(row)
    draft = AgreementDraft(**{**vars(before), **fields})
    drafts.check(draft)
    old, new = documents.values_of(before), documents.values_of(draft)
    changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if not changes:
        return row
    force.drop_unagreed(row)
    row.name, row.version = draft.name.strip(), row.version + 1
    settings.save(row)
    document = _write(row, draft)
    settings.note_change(row, by=by, at=at, changes=changes, reason=reason)
    if row.is_default:
        force.put_in_force(document, at=at)
    return row


def start_clocks(ticket: Ticket, *, by: Actor, at: dt.datetime) -> Ticket:
    """Start the clocks of an open ticket that has none, from `at`: imported work that goes on here.

    Does nothing for a ticket that is not open or has clocks. Records nothing.
    """
    with locking.locked(ticket) as row:
        clocks = Clocks(row, by=by)
        if row.is_open and not clocks.timers:
            for choice in matching.choose(row, at, metrics.at_opening(row.kind)).values():
                clocks.start(choice, at=at, cause=Cause.LIVE)
            clocks.write()
    return row


def _check_known(fields: Mapping[str, Any]) -> None:
    unknown = sorted(fields.keys() - set(drafts.FIELDS))
    if unknown:
        raise errors.Malformed(
            _("An agreement has no such field to change: %(names)s.") % {"names": ", ".join(unknown)},
            errors={name: [_("There is no such field to change.")] for name in unknown},
        )


def _write(agreement: Agreement, draft: AgreementDraft) -> AgreementVersion:
    """Insert a version with all that it says, and refuse one that an agreed one of another agreement rules out."""
    document = AgreementVersion(
        customer_id=agreement.customer_id,
        agreement=agreement,
        number=agreement.version,
        state=VersionState.DRAFT,
        covers_all=draft.services is None,
        **{name: getattr(draft, name) for name in drafts.DOCUMENT},
    )
    settings.save(document)
    _write_parts(agreement, draft)
    force.check_unambiguous(document)
    return document


def _write_parts(agreement: Agreement, draft: AgreementDraft) -> None:
    own = {"customer_id": agreement.customer_id, "agreement": agreement, "version": agreement.version}
    for service in draft.services or ():
        settings.save(AgreementService(service=service, **own))
    WorkloadLimit.objects.bulk_create(WorkloadLimit(**own, **vars(one)) for one in draft.limits)
    AnsweredRequirement.objects.bulk_create(
        AnsweredRequirement(requirement=one, **own) for one in draft.requirements
    )
    targets = Target.objects.bulk_create(_target(own, one) for one in draft.targets)
    Step.objects.bulk_create(
        Step(
            customer_id=agreement.customer_id,
            target=target,
            position=position,
            percent=step.percent,
            offset_seconds=step.offset_seconds,
            counting=step.counting,
            notify=list(step.notify),
            reassign_to=step.reassign_to,
        )
        for target, one in zip(targets, draft.targets, strict=True)
        for position, step in enumerate(one.steps, start=1)
    )


def _target(own: Mapping[str, Any], one: TargetDraft) -> Target:
    return Target(
        metric=one.metric,
        ticket_kind=one.ticket_kind,
        priority=one.priority,
        category=one.category,
        item_type=one.item_type,
        seconds=one.seconds,
        calendar=one.calendar,
        pauses_on=list(one.pauses_on),
        **own,
    )
