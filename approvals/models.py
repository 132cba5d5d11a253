"""What was asked of whom, and the answer: one row for one side and one version of one thing."""

from django.db import models
from django.db.models import Q

from approvals.choices import Side, Verdict
from customers.models import ReferenceModel

DECIDED = (Verdict.APPROVED, Verdict.DECLINED)


class Approval(ReferenceModel):
    """One side's consent to one version of one thing, asked and answered (5.2.2, 8.3.3, 8.5.1).

    `subject_kind` is the subject's journal kind, `subject_id` its key. `evidence` says where it was given if not here:
    a signed page, minutes. `decided_label` names the person as he was called then.
    """

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_version = models.PositiveIntegerField()
    side = models.CharField(max_length=8, choices=Side)
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.PENDING)
    asked_at = models.DateTimeField()
    asked_by_label = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_label = models.CharField(max_length=200, blank=True)
    comment = models.TextField(blank=True)
    evidence = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "subject_kind", "subject_id", "subject_version", "side"],
                nulls_distinct=False,
                name="each_side_is_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=DECIDED, decided_at__isnull=False) & ~Q(decided_label="")
                | (~Q(verdict__in=DECIDED) & Q(decided_at=None, decided_by=None, decided_label="")),
                name="decision_says_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} on {self.subject_kind} {self.subject_id} version {self.subject_version}"
