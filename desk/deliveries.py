"""Deliveries that were given up: what a reader of the journal still lacks, why, and a Retry."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import errors, pagination
from desk import doors, shell
from journal import relay
from journal.models import Delivery, DeliveryState

PAGE = 50
ORDER = pagination.keys("id")


@require_GET
@doors.page
def deliveries(request: HttpRequest) -> HttpResponse:
    """What was parked as dead, oldest first, and how much waits."""
    _require(request, "delivery.read")
    rows = _visible(request)
    dead = rows.filter(state=DeliveryState.DEAD).select_related("entry", "customer")
    page = pagination.paginate(dead, ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    url = reverse("desk:deliveries")
    return shell.render(
        request, "desk/deliveries.html", current="deliveries", title=_("Deliveries"),
        waiting=rows.filter(state=DeliveryState.OPEN).count(), rows=[_row(request, one) for one in page.items],
        pager={
            "newer_url": f"{url}?cursor={page.previous}" if page.previous else "",
            "older_url": f"{url}?cursor={page.next}" if page.next else "",
        },
    )  # fmt: skip


@require_POST
@doors.page
def retry(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Take a dead delivery up again."""
    found = _visible(request).filter(pk=delivery_id, state=DeliveryState.DEAD).first()
    if found is None:
        raise errors.NotFound(_("There is no such delivery, or it is taken up again already."))
    _require(request, "delivery.retry", found.customer_id)
    relay.retry(found, at=request.at)
    messages.success(request, _("The delivery is tried again."))
    return redirect(reverse("desk:deliveries"))


def _visible(request: HttpRequest) -> Any:
    rows = Delivery.objects.of_customers(request.actor)
    return rows.filter(compartment__in=request.actor.compartments)


def _require(request: HttpRequest, permission: str, customer_id: int | None = None) -> None:
    if not request.actor.may(permission, customer_id):
        raise errors.Forbidden(
            _(
                "Deliveries open with the role Administrator or Auditor; a retry needs Administrator or Team lead."
            )
        )


def _row(request: HttpRequest, one: Delivery) -> dict[str, Any]:
    may_retry = request.actor.may("delivery.retry", one.customer_id)
    return {
        "reader": one.reader,
        "entry": one.entry,
        "customer": one.customer.name,
        "attempts": one.attempts,
        "error": one.last_error,
        "retry_url": reverse("desk:delivery-retry", args=[one.pk]) if may_retry else "",
    }
