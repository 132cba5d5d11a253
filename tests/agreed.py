"""Agreements as tests need them: complete, and signed by both sides, so that they hold from the first day on."""

import dataclasses
import datetime as dt
from typing import Any

from catalogue import requirements
from catalogue.models import ServiceRequirement
from core.actor import Actor
from customers.models import Customer
from slas import actions, agreeing
from slas.drafts import AgreementDraft
from slas.models import Agreement
from tests.places import NOON, SYSTEM

SIGNED = {"signed_by": "Mara Voss", "evidence": "Minutes of 2 November"}


def need(customer: Customer, **more: Any) -> ServiceRequirement:
    """What the customer needs: the first requirement there is, or one made now."""
    found = ServiceRequirement.objects.filter(customer=customer).order_by("id").first()
    if found is not None and not more:
        return found
    row = ServiceRequirement(**{"customer": customer, "title": "Answers within the hour", **more})
    return requirements.create_requirement(row, by=SYSTEM, at=NOON)


def complete(draft: AgreementDraft) -> AgreementDraft:
    """The draft with all that the standard wants beside targets."""
    if draft.customer is None:
        return draft
    return dataclasses.replace(
        draft,
        no_limits_reason=draft.no_limits_reason or "Counted, not limited",
        no_exceptions_reason=draft.no_exceptions_reason or "None agreed",
        requirements=draft.requirements or (need(draft.customer),),
    )


def agree(
    draft: AgreementDraft, *, by: Actor = SYSTEM, at: dt.datetime = NOON, reason: str = ""
) -> Agreement:
    """Write it down and let both sides sign."""
    agreement = actions.create_agreement(complete(draft), by=by, at=at, reason=reason)
    agreeing.settle(agreement, by=by, at=at, **SIGNED)
    return agreement


def agree_anew(
    agreement: Agreement, *, by: Actor = SYSTEM, at: dt.datetime = NOON, reason: str = "", **fields: Any
) -> Agreement:
    """Change an agreement, and let both sides sign the new version where there is another side."""
    changed = actions.change_agreement(agreement, by=by, at=at, fields=fields, reason=reason)
    if not changed.is_default:
        agreeing.settle(changed, by=by, at=at, **SIGNED)
    return changed
