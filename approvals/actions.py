"""Ask for consent, and take the answer. The room that asks says who may answer, and records the entry."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from approvals import queries
from approvals.choices import Verdict
from approvals.models import Approval
from core import errors
from core.actor import Actor, ActorKind


def ask(subject: Any, version: int, sides: Iterable[str], *, by: Actor, at: dt.datetime) -> list[Approval]:
    """Ask each side about this version of a subject. Raises nothing that its caller has not refused."""
    return Approval.objects.bulk_create(
        Approval(
            customer_id=subject.customer_id, subject_kind=subject.journal_kind, subject_id=subject.pk,
            subject_version=version, side=side, asked_at=at, asked_by_label=by.label[:200],
        )
        for side in sides
    )  # fmt: skip


def decide(
    asked: Approval,
    *,
    by: Actor,
    at: dt.datetime,
    is_approved: bool,
    comment: str = "",
    signed_by: str = "",
    evidence: str = "",
) -> Approval:
    """Take one side's answer. `signed_by` and `evidence`: given elsewhere, and written down by `by`.

    Raises Invalid (a decline says why; a signature says where it is), Conflict (it was answered or is no longer asked).
    """
    _check(is_approved, comment, signed_by, evidence)
    row = Approval.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if row.verdict != Verdict.PENDING:
        raise errors.Conflict(_("This side has answered already, or is no longer asked: nothing was saved."))
    row.verdict = Verdict.APPROVED if is_approved else Verdict.DECLINED
    row.decided_at = at
    row.decided_by_id = by.id if by.kind == ActorKind.USER and not signed_by else None
    row.decided_label = (signed_by or by.label)[:200]
    row.comment, row.evidence = comment.strip(), evidence.strip()
    row.save()
    return row


def withdraw(subject: Any, version: int) -> None:
    """What is still asked about this version is asked no longer."""
    queries.of(subject, version).filter(verdict=Verdict.PENDING).update(verdict=Verdict.VOID)


def _check(is_approved: bool, comment: str, signed_by: str, evidence: str) -> None:
    if not is_approved and not comment.strip():
        raise errors.required("comment", _("Say why you decline: the other side has to know what to change."))
    if signed_by.strip() and not evidence.strip():
        raise errors.required(
            "evidence", _("Say where the signature is: a document, the minutes of a meeting, a mail.")
        )
    if evidence.strip() and not signed_by.strip():
        raise errors.required("signed_by", _("Say who signed."))
