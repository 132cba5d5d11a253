"""What every page of agreements asks first: which ones this person may see, whether he may write, and who is whose."""

import datetime as dt
import zoneinfo
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from core import errors
from core.actor import Actor
from customers.models import Customer
from slas import documents
from slas.choices import Phase
from slas.models import Agreement

READ, WRITE = "agreement.read", "agreement.write"
CHIPS = {
    Phase.DRAFT: "line", Phase.OFFERED: "warn", Phase.DECLINED: "danger", Phase.WITHDRAWN: "line",
    Phase.SUPERSEDED: "line", Phase.APPROVED: "info", Phase.ACTIVE: "ok", Phase.ENDED: "line",
}  # fmt: skip


def require_reader(request: HttpRequest) -> None:
    """Raises Forbidden where this person may read no agreement at all."""
    if not request.actor.may(READ):
        raise errors.Forbidden(_("Agreements open with a role of the desk; an administrator grants it."))


def get(request: HttpRequest, key: int) -> Agreement:
    """An agreement that this person may see. Raises Forbidden, NotFound."""
    require_reader(request)
    found = documents.agreements(request.actor).filter(pk=key).first()
    if found is None or not request.actor.may(READ, found.customer_id or provider_id()):
        raise errors.NotFound(_("There is no such agreement, or it is not yours to see."))
    return found


def may_write(actor: Actor, customer_id: int | None) -> bool:
    """Whether he may write agreements with this customer; None: what the provider has with its teams and suppliers."""
    return actor.may(WRITE, customer_id or provider_id())


def require_writer(request: HttpRequest, customer_id: int | None) -> None:
    """Raises Forbidden."""
    if not may_write(request.actor, customer_id):
        raise errors.Forbidden(
            _("To change agreements you need the role Service level manager or Administrator.")
        )


def provider_id() -> int:
    """The customer that stands for the provider itself; 0 before there is one."""
    return Customer.objects.filter(is_provider=True).values_list("id", flat=True).first() or 0


def today(agreement: Agreement, at: dt.datetime, zone: str) -> dt.date:
    """The local day by which its dates count; `zone` is the provider's."""
    own = agreement.customer.time_zone if agreement.customer else zone
    return at.astimezone(zoneinfo.ZoneInfo(own)).date()


def provider_zone() -> str:
    """The provider's time zone."""
    zone = Customer.objects.filter(is_provider=True).values_list("time_zone", flat=True).first()
    return zone or "UTC"


def with_whom(agreement: Agreement) -> str:
    """The other side by name."""
    other = agreement.team or agreement.supplier or agreement.customer
    return str(other) if other else _("Everybody (no agreement of their own)")


def phase_of(phase: str) -> dict[str, Any]:
    """A phase as a chip."""
    return {"text": Phase(phase).label, "kind": CHIPS[Phase(phase)]}


def url(agreement: Agreement, tail: str = "") -> str:
    """Where an agreement is."""
    return reverse("desk:agreement", args=[agreement.pk]) + tail


def crumb() -> dict[str, str]:
    """The way up to the list."""
    return {"url": reverse("desk:agreements"), "label": _("Agreements")}
