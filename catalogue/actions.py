"""Verbs about services as the catalogue shows them: a configuration item, how it is supported, who takes it (8.2.4)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts import settings
from catalogue.models import Category, ServiceProfile
from cmdb import actions as cmdb
from cmdb.models import SERVICE, ConfigurationItem, ItemType, Subscription
from core import errors
from core.actor import Actor
from customers.models import Customer
from journal.events import plain

PROFILE = ("summary", "criticality", "owner", "support_team", "default_category")


def create_service(
    service: ConfigurationItem,
    *,
    by: Actor,
    at: dt.datetime,
    profile: dict[str, Any],
    customers: Iterable[Customer] = (),
) -> ConfigurationItem:
    """Offer a service (8.2.4): its configuration item, its profile, its first customers.

    Raises Forbidden, Conflict, Invalid. Records configuration_item.created, and .changed per customer.
    """
    service.type = ItemType.objects.get(slug=SERVICE)
    made = cmdb.create_item(service, by=by, at=at)
    ServiceProfile.objects.create(service=made, **profile)
    for customer in customers:
        cmdb.subscribe(made, by=by, at=at, customer=customer)
    return made


def change_service(
    service: ConfigurationItem,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    customers: Iterable[Customer] = (),
    version: int | None = None,
) -> ConfigurationItem:
    """Change a service or how it is supported, and let more customers take it. One version counts both halves.

    Raises Forbidden, Conflict, Stale. Records configuration_item.changed; nothing where nothing differs.
    """
    own = {name: value for name, value in fields.items() if name not in PROFILE}
    row = cmdb.change_item(service, by=by, at=at, fields=own, version=version)
    _change_profile(row, {name: fields[name] for name in fields.keys() & set(PROFILE)}, by=by, at=at)
    taken = set(Subscription.objects.filter(service=row).values_list("customer_id", flat=True))
    for customer in customers:
        if customer.pk not in taken:
            cmdb.subscribe(row, by=by, at=at, customer=customer)
    return row


def provider() -> Customer:
    """Who owns services. Raises Forbidden where the actor does not see the provider."""
    found = Customer.objects.filter(is_provider=True).first()
    if found is None:
        raise errors.Forbidden(_("Services belong to the provider: only his people offer them."))
    return found


def _change_profile(row: ConfigurationItem, fields: dict[str, Any], *, by: Actor, at: dt.datetime) -> None:
    profile, _is_new = ServiceProfile.objects.get_or_create(service=row)
    before = {name: plain(getattr(profile, name)) for name in fields}
    for name, value in fields.items():
        setattr(profile, name, value)
    after = {name: plain(getattr(profile, name)) for name in fields}
    changes = {name: [before[name], after[name]] for name in fields if before[name] != after[name]}
    if not changes:
        return
    profile.version += 1
    settings.save(profile)
    row.version += 1
    settings.dated(row, by, at, "change")
    settings.save(row)
    settings.note_change(row, by=by, at=at, changes=changes)


def create_category(category: Category, *, by: Actor, at: dt.datetime, reason: str = "") -> Category:
    """Add a category of work. Raises Forbidden, Conflict (the slug is taken). Records category.created."""
    settings.require(by, "category.write", category.customer_id)
    return settings.create(category, by=by, at=at, reason=reason)


def change_category(
    category: Category,
    *,
    by: Actor,
    at: dt.datetime,
    fields: dict[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Category:
    """Change a category's name, place in the tree, or whether it is still chosen.
    Raises Forbidden, Invalid (a circle), Stale. Records category.changed."""
    settings.require(by, "category.write", category.customer_id)
    above, seen = fields.get("parent"), set()
    while above is not None and above.pk not in seen:
        if above.pk == category.pk:
            raise errors.required("parent", _("A category cannot lie below itself."))
        seen.add(above.pk)
        above = above.parent
    return settings.change(category, by=by, at=at, fields=fields, version=version, reason=reason)
