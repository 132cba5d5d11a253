"""Named reads of approvals."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from approvals.choices import Verdict
from approvals.models import Approval


def of(subject: Any, version: int) -> "QuerySet[Approval]":
    """What was asked about one version of a subject, in the order of asking."""
    return of_subjects(subject.journal_kind, [subject.pk]).filter(
        subject_version=version, customer_id=subject.customer_id
    )


def of_subjects(kind: str, ids: Iterable[int]) -> "QuerySet[Approval]":
    """What was asked about some subjects of one kind, whichever version."""
    return Approval.objects.filter(subject_kind=kind, subject_id__in=list(ids)).order_by("id")


def is_complete(rows: Iterable[Approval]) -> bool:
    """Whether every side that was asked has approved."""
    known = list(rows)
    return bool(known) and all(one.verdict == Verdict.APPROVED for one in known)
