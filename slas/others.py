"""What the other side of an agreement may read of it: only what was offered to it or agreed, never a draft."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from core.actor import Actor
from slas.choices import SUPPLIED, AgreementKind, VersionState
from slas.documents import SHOWN
from slas.models import Agreement, AgreementVersion


def of_customers(actor: Actor, customers: Collection[int]) -> "QuerySet[Agreement]":
    """The service level agreements that a customer's people may read: who approves for one of these customers."""
    own = [one for one in customers if not actor.is_inside and actor.may("agreement.approve", one)]
    return _shown(actor).filter(kind=AgreementKind.SLA, customer_id__in=own)


def of_supplier(actor: Actor) -> "QuerySet[Agreement]":
    """The contracts with the suppliers that this person works for."""
    return _shown(actor).filter(kind__in=SUPPLIED, supplier_id__in=actor.parties)


def is_waiting(agreement: Agreement) -> bool:
    """Whether its newest version waits for an answer; of what these reads brought along."""
    return bool(agreement.is_offered)  # type: ignore[attr-defined]


def _shown(actor: Actor) -> "QuerySet[Agreement]":
    """With `shown_number`, the newest version that may be read, and `is_offered`: whether both sides are asked now."""
    rows = Agreement.objects.visible_to(actor).select_related("customer", "team", "supplier")
    own = AgreementVersion.objects.filter(agreement=OuterRef("pk"), state__in=SHOWN)
    newest = Subquery(own.order_by("-number").values("number")[:1])
    offered = AgreementVersion.objects.filter(
        agreement=OuterRef("pk"), number=OuterRef("version"), state=VersionState.OFFERED
    )
    return rows.annotate(shown_number=newest, is_offered=Exists(offered)).filter(shown_number__isnull=False)
