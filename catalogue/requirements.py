"""The verbs about what customers need of services (8.2.2): each edit a version with a reason and an entry."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from catalogue.models import RequirementState, ServiceRequirement
from cmdb.models import Subscription
from core import errors
from core.actor import Actor

WRITE = "agreement.write"


def create_requirement(
    requirement: ServiceRequirement, *, by: Actor, at: dt.datetime, reason: str = ""
) -> ServiceRequirement:
    """Write down what a customer needs. Without a key it gets the next REQ-n of the customer.

    Raises Forbidden, Invalid, Conflict (the key is taken). Records service_requirement.created.
    """
    settings.require(by, WRITE, requirement.customer_id)
    requirement.key = requirement.key.strip() or _next_key(requirement.customer_id)
    _check(requirement)
    return settings.create(requirement, by=by, at=at, reason=reason)


def change_requirement(
    requirement: ServiceRequirement,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> ServiceRequirement:
    """Change, retire or take up again what a customer needs. Raises Forbidden, Stale, Invalid. Records
    service_requirement.changed."""
    settings.require(by, WRITE, requirement.customer_id)
    changed = settings.change(requirement, by=by, at=at, fields=fields, version=version, reason=reason)
    _check(changed)
    return changed


def _check(requirement: ServiceRequirement) -> None:
    if not requirement.title.strip():
        raise errors.required("title", _("Say in one line what is needed."))
    if requirement.state not in RequirementState.values:
        raise errors.required("state", _("A requirement is current or retired."))
    service = requirement.service_id
    taken = Subscription.objects.filter(customer_id=requirement.customer_id, service_id=service)
    if service is not None and not taken.exists():
        raise errors.required("service", _("The customer does not take this service."))


def _next_key(customer_id: int) -> str:
    taken = set(ServiceRequirement.objects.filter(customer_id=customer_id).values_list("key", flat=True))
    return next(key for number in range(1, len(taken) + 2) if (key := f"REQ-{number}") not in taken)
