"""The verbs about agreements and clocks. Each edit is a version with a reason and an entry (8.1, 8.3.3)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts import settings
from core import errors
from core.actor import Actor
from customers.models import Customer
from slas import drafts, matching, queries
from slas.choices import AT_OPENING, Cause
from slas.clocks import Clocks
from slas.drafts import AgreementDraft, TargetDraft
from slas.models import Agreement, AgreementService, Step, Target
from tickets import locking
from tickets.models import Ticket


def create_agreement(draft: AgreementDraft, *, by: Actor, at: dt.datetime, reason: str = "") -> Agreement:
    """Agree on service levels (8.3.3), for tickets opened from now on.

    Raises Forbidden, Invalid (a wrong field; a target as specific as another agreement's for the same tickets),
    Conflict (the name is taken, a service the customer does not take). Records agreement.created.
    """
    _require(by, draft.customer.pk if draft.customer else None)
    drafts.check(draft)
    agreement = Agreement(
        customer=draft.customer, kind=draft.kind, is_default=draft.customer is None, **_columns(draft)
    )
    settings.save(agreement)
    _write_parts(agreement, draft)
    _check_unambiguous(agreement, draft)
    settings.note_creation(agreement, by=by, at=at, values=queries.values_of(draft), reason=reason)
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
    """Give an agreement a new version: `fields` of an AgreementDraft, but customer and kind, replace the present ones.

    Clocks that run keep the version they were started by; they move when something about their ticket does
    (docs/clocks.md). Raises Forbidden, Malformed, Invalid, Conflict, Stale. Records agreement.changed; nothing where
    nothing differs.
    """
    row = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    _require(by, row.customer_id)
    if version is not None and row.version != version:
        raise errors.Stale(_("“%(name)s” has changed since you read it.") % {"name": row}, record=row)
    _check_known(fields)
    before = queries.draft_of(row)
    draft = AgreementDraft(**{**vars(before), **fields})
    drafts.check(draft)
    old, new = queries.values_of(before), queries.values_of(draft)
    changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
    if not changes:
        return row
    for name, value in _columns(draft).items():
        setattr(row, name, value)
    row.version += 1
    settings.save(row)
    _write_parts(row, draft)
    _check_unambiguous(row, draft)
    settings.note_change(row, by=by, at=at, changes=changes, reason=reason)
    return row


def start_clocks(ticket: Ticket, *, by: Actor, at: dt.datetime) -> Ticket:
    """Start the clocks of an open ticket that has none, from `at`: imported work that goes on here.

    Does nothing for a ticket that is not open or has clocks. Records nothing.
    """
    with locking.locked(ticket) as row:
        clocks = Clocks(row, by=by)
        if row.is_open and not clocks.timers:
            for choice in matching.choose(row, at, AT_OPENING).values():
                clocks.start(choice, at=at, cause=Cause.LIVE)
            clocks.write()
    return row


def _require(by: Actor, customer_id: int | None) -> None:
    """The best effort of the installation is the provider's to write."""
    provider = Customer.objects.filter(is_provider=True).values_list("id", flat=True)
    settings.require(by, "agreement.write", customer_id or provider.first() or 0)


def _check_known(fields: Mapping[str, Any]) -> None:
    unknown = sorted(fields.keys() - set(drafts.FIELDS))
    if unknown:
        raise errors.Malformed(
            _("An agreement has no such field to change: %(names)s.") % {"names": ", ".join(unknown)},
            errors={name: [_("There is no such field to change.")] for name in unknown},
        )


def _columns(draft: AgreementDraft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "calendar": draft.calendar,
        "covers_all": draft.services is None,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
        "based_on": draft.based_on,
    }


def _write_parts(agreement: Agreement, draft: AgreementDraft) -> None:
    """Insert the targets and steps of this version, and make exactly the named services the listed ones."""
    AgreementService.objects.filter(agreement=agreement).delete()
    for service in draft.services or ():
        settings.save(
            AgreementService(customer_id=agreement.customer_id, agreement=agreement, service=service)
        )
    targets = Target.objects.bulk_create(_target(agreement, one) for one in draft.targets)
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


def _target(agreement: Agreement, one: TargetDraft) -> Target:
    return Target(
        customer_id=agreement.customer_id,
        agreement=agreement,
        version=agreement.version,
        metric=one.metric,
        ticket_kind=one.ticket_kind,
        priority=one.priority,
        category=one.category,
        seconds=one.seconds,
        calendar=one.calendar,
        pauses_on=list(one.pauses_on),
    )


def _check_unambiguous(agreement: Agreement, draft: AgreementDraft) -> None:
    """Refuses a target that is as specific as another agreement's for the same tickets in the same period."""
    with connection.cursor() as cursor:  # two savers of one customer's agreements see each other
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('slas.agreement'), %s)",
            [(agreement.customer_id or 0) % 2**31],
        )
    cases = {one.case for one in draft.targets}
    for other in queries.rivals_of(agreement):
        clash = sorted(cases & {one.case for one in queries.targets_of(other)}, key=str)
        if clash and _share_services(agreement, other):
            raise errors.Invalid(
                _(
                    "“%(other)s” has a target for %(metric)s of the same tickets: make one of the two more specific."
                )
                % {"other": other.name, "metric": clash[0][0]},
                errors={"targets": [_("As specific as “%(other)s”.") % {"other": other.name}]},
            )


def _share_services(one: Agreement, other: Agreement) -> bool:
    if one.covers_all or other.covers_all:
        return one.covers_all and other.covers_all
    return bool(queries.service_ids(one) & queries.service_ids(other))
